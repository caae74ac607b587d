import type { MetricInput } from './metric.js';
import { sortedScores } from './rows.js';

/** The mean over classes that have rows on both sides, or the one figure of a binary problem. */
export function oneAgainstRest(
  input: MetricInput,
  figure: (positives: Float64Array, negatives: Float64Array) => number,
): number {
  if (input.task === 'binary') {
    const { positives, negatives } = sortedScores(input, 0, 1);
    return figure(positives, negatives);
  }
  let sum = 0;
  let defined = 0;
  for (let k = 0; k < input.outputs; k++) {
    const { positives, negatives } = sortedScores(input, k, k);
    const value = figure(positives, negatives);
    if (Number.isNaN(value)) continue;
    sum += value;
    defined++;
  }
  return defined === 0 ? Number.NaN : sum / defined;
}

/** What one more row of each score would add to a figure, beside the sorted scores. */
export interface Influences {
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
}

/**
 * Standard error of `oneAgainstRest` of independent rows from the influence of each: the root of the sum of their squares, a row's
 * influence on a mean over classes being its mean over the classes.
 */
export function oneAgainstRestError(
  input: MetricInput,
  influences: (positives: Float64Array, negatives: Float64Array) => Influences,
): number {
  const { task, outputs, predictions, target } = input;
  if (task === 'binary') {
    const { positives, negatives } = sortedScores(input, 0, 1);
    const { positives: a, negatives: b } = influences(positives, negatives);
    return Math.sqrt(sumOfSquares(a) + sumOfSquares(b));
  }
  const ofRow = new Float64Array(target.length);
  let classes = 0;
  for (let k = 0; k < outputs; k++) {
    const { positives, negatives } = sortedScores(input, k, k);
    if (positives.length === 0 || negatives.length === 0) continue;
    const found = influences(positives, negatives);
    classes++;
    for (let i = 0; i < ofRow.length; i++) {
      const score = predictions[i * outputs + k];
      ofRow[i] += target[i] === k ? found.positives[indexOf(positives, score)] : found.negatives[indexOf(negatives, score)];
    }
  }
  return Math.sqrt(sumOfSquares(ofRow)) / classes;
}

/** Where a score that is there lies in sorted scores. */
function indexOf(sorted: Float64Array, score: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < score) low = middle + 1;
    else high = middle;
  }
  return low;
}

function sumOfSquares(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}
