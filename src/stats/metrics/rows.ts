import type { MetricInput } from './metric.js';

/** The decided class of each row: by threshold (binary) or the most probable one, the first of equals. */
export function decisions({ task, outputs, predictions, target, threshold }: MetricInput): Int32Array {
  const decided = new Int32Array(target.length);
  for (let i = 0; i < decided.length; i++) {
    if (task === 'binary') {
      decided[i] = (predictions[i] as number) >= threshold ? 1 : 0;
      continue;
    }
    let best = 0;
    for (let c = 1; c < outputs; c++)
      if ((predictions[i * outputs + c] as number) > (predictions[i * outputs + best] as number)) best = c;
    decided[i] = best;
  }
  return decided;
}

/** Rows by true class and decided class: `counts[truth * classes + decided]`. */
export function confusionCounts(input: MetricInput): { readonly classes: number; readonly counts: Float64Array } {
  const classes = input.task === 'binary' ? 2 : input.outputs;
  const counts = new Float64Array(classes * classes);
  const decided = decisions(input);
  for (let i = 0; i < decided.length; i++) {
    const cell = (input.target[i] as number) * classes + (decided[i] as number);
    counts[cell] = (counts[cell] as number) + 1;
  }
  return { classes, counts };
}

/**
 * A measure of each class against the rest, from its true positives, false positives and false negatives: of class 1 in a binary
 * problem, else the mean over the classes that occur.
 */
export function perClass(input: MetricInput, measure: (tp: number, fp: number, fn: number) => number): number {
  if (input.target.length === 0) return Number.NaN;
  const { classes, counts } = confusionCounts(input);
  const of = (k: number) => {
    let fp = 0;
    let fn = 0;
    for (let other = 0; other < classes; other++) {
      if (other === k) continue;
      fp += counts[other * classes + k] as number;
      fn += counts[k * classes + other] as number;
    }
    return { tp: counts[k * classes + k] as number, fp, fn };
  };
  if (input.task === 'binary') {
    const { tp, fp, fn } = of(1);
    return measure(tp, fp, fn);
  }
  let sum = 0;
  let occurring = 0;
  for (let k = 0; k < classes; k++) {
    const { tp, fp, fn } = of(k);
    if (tp + fn === 0) continue;
    sum += measure(tp, fp, fn);
    occurring++;
  }
  return occurring === 0 ? Number.NaN : sum / occurring;
}

/** Scores of the rows of one class and of all others, each sorted. `output` is the column of predictions that speaks of the class. */
export function sortedScores(
  { outputs, predictions, target }: MetricInput,
  output: number,
  positive: number,
): { readonly positives: Float64Array; readonly negatives: Float64Array } {
  let count = 0;
  for (let i = 0; i < target.length; i++) if (target[i] === positive) count++;
  const positives = new Float64Array(count);
  const negatives = new Float64Array(target.length - count);
  for (let i = 0, p = 0, n = 0; i < target.length; i++) {
    const score = predictions[i * outputs + output] as number;
    if (target[i] === positive) positives[p++] = score;
    else negatives[n++] = score;
  }
  return { positives: positives.sort(), negatives: negatives.sort() };
}

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
