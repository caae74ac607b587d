import { logGamma } from '../distributions/gamma.js';
import { meanEstimate } from './estimate.js';
import type { Metric, MetricInput } from './metric.js';

const BINS = 10;

interface CalibrationBins {
  readonly rows: Float64Array;
  readonly predicted: Float64Array;
  readonly true: Float64Array;
}

/** Ten bins of equal width by probability: rows, sum of probabilities, and how many came true. */
export function calibrationBins(input: MetricInput): CalibrationBins {
  const bins = { rows: new Float64Array(BINS), predicted: new Float64Array(BINS), true: new Float64Array(BINS) };
  for (let i = 0; i < input.target.length; i++) {
    const output = claimedOutput(input, i);
    const probability = input.predictions[i * input.outputs + output];
    const bin = binOf(probability);
    bins.rows[bin] = bins.rows[bin] + 1;
    bins.predicted[bin] = bins.predicted[bin] + probability;
    if (cameTrue(input, i, output)) bins.true[bin] = bins.true[bin] + 1;
  }
  return bins;
}

/** How far the mean probability of each bin that has rows is from the share that came true, as a part of all rows, with its error. */
export function calibrationGaps(input: MetricInput): readonly { readonly gap: number; readonly error: number }[] {
  const rows = input.target.length;
  const sums = Array.from({ length: BINS }, () => ({ rows: 0, gap: 0, chance: 0 }));
  for (let i = 0; i < rows; i++) {
    const output = claimedOutput(input, i);
    const probability = input.predictions[i * input.outputs + output];
    const sum = sums[binOf(probability)];
    sum.rows++;
    sum.gap += probability - (cameTrue(input, i, output) ? 1 : 0);
    sum.chance += probability;
  }
  return sums
    .filter((sum) => sum.rows > 0)
    .map((sum) => {
      // Half a row on either side, so that few rows that all came true do not look certain.
      const share = (sum.chance - sum.gap + 0.5) / (sum.rows + 1);
      return { gap: sum.gap / rows, error: Math.sqrt(sum.rows * share * (1 - share)) / rows };
    });
}

/** The output whose probability is judged: the only one, or the most probable class. */
function claimedOutput({ task, outputs, predictions }: MetricInput, row: number): number {
  let best = 0;
  if (task === 'multiclass')
    for (let c = 1; c < outputs; c++) if (predictions[row * outputs + c] > predictions[row * outputs + best]) best = c;
  return best;
}

const cameTrue = ({ task, target }: MetricInput, row: number, output: number): boolean =>
  target[row] === (task === 'multiclass' ? output : 1);
const binOf = (probability: number): number => Math.min(BINS - 1, Math.floor(probability * BINS));

/** What the ECE of these rows is expected to be when every probability is right: chance alone moves each bin off its probability. */
function chanceOf({ rows, predicted }: CalibrationBins): number {
  let sum = 0;
  let all = 0;
  rows.forEach((count, b) => {
    sum += meanDeviation(count, predicted[b] / count);
    all += count;
  });
  return sum / all;
}

/** Mean distance of a binomial count from its expectation (De Moivre, 1730). */
function meanDeviation(rows: number, probability: number): number {
  if (!(rows > 0 && probability > 0 && probability < 1)) return 0;
  const v = Math.floor(rows * probability) + 1;
  const logChoose = logGamma(rows + 1) - logGamma(v + 1) - logGamma(rows - v + 1);
  return 2 * v * Math.exp(logChoose + v * Math.log(probability) + (rows - v + 1) * Math.log(1 - probability));
}

export const ece: Metric = {
  name: 'ece',
  doc: 'Expected calibration error: mean distance of probability and frequency over ten bins of equal width, weighted by rows; multiclass: of the most probable class.',
  tasks: ['binary', 'multiclass'],
  better: 'lower',
  ofDecisions: false,
  overClasses: false,
  // Freed of what chance adds, it may be below 0.
  scale: 'any',
  compute(input) {
    const bins = calibrationBins(input);
    let sum = 0;
    for (let b = 0; b < BINS; b++) sum += Math.abs(bins.predicted[b] - bins.true[b]);
    return sum / input.target.length;
  },
  estimate(input, value) {
    const bins = calibrationBins(input);
    const sides = bins.predicted.map((predicted, b) => Math.sign(predicted - bins.true[b]));
    const { error } = meanEstimate(input.target.length, (i) => {
      const output = claimedOutput(input, i);
      const probability = input.predictions[i * input.outputs + output];
      return sides[binOf(probability)] * (probability - (cameTrue(input, i, output) ? 1 : 0));
    });
    // Of a model that is off by far chance adds nothing: then all of the figure counts.
    return { value: value - chanceOf(bins), error, atMost: value };
  },
};
