import type { Metric, MetricInput } from './metric.js';

const BINS = 10;

/** Ten bins of equal width by probability: rows, sum of probabilities, and how many came true. */
export function calibrationBins(input: MetricInput): {
  readonly rows: Float64Array;
  readonly predicted: Float64Array;
  readonly true: Float64Array;
} {
  const { task, outputs, predictions, target } = input;
  const bins = { rows: new Float64Array(BINS), predicted: new Float64Array(BINS), true: new Float64Array(BINS) };
  for (let i = 0; i < target.length; i++) {
    let probability = predictions[i * outputs];
    let hit = target[i] === 1;
    if (task === 'multiclass') {
      let best = 0;
      for (let c = 1; c < outputs; c++) if (predictions[i * outputs + c] > predictions[i * outputs + best]) best = c;
      probability = predictions[i * outputs + best];
      hit = target[i] === best;
    }
    const bin = Math.min(BINS - 1, Math.floor(probability * BINS));
    bins.rows[bin] = bins.rows[bin] + 1;
    bins.predicted[bin] = bins.predicted[bin] + probability;
    if (hit) bins.true[bin] = bins.true[bin] + 1;
  }
  return bins;
}

export const ece: Metric = {
  name: 'ece',
  doc: 'Expected calibration error: mean distance of probability and frequency over ten bins of equal width, weighted by rows; multiclass: of the most probable class.',
  tasks: ['binary', 'multiclass'],
  better: 'lower',
  ofDecisions: false,
  compute(input) {
    const bins = calibrationBins(input);
    let sum = 0;
    for (let b = 0; b < BINS; b++) sum += Math.abs(bins.predicted[b] - bins.true[b]);
    return sum / input.target.length;
  },
};
