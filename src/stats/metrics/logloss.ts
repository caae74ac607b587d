import type { Metric, MetricInput } from './metric.js';

/** Smallest probability that counts: a certain mistake costs 34.5 and not infinity. */
const TINY = 1e-15;

/** Probability given to what came true, by row. */
export function probabilityOfTruth({ task, outputs, predictions, target }: MetricInput, row: number): number {
  if (task === 'multiclass') return predictions[row * outputs + target[row]];
  return target[row] === 1 ? predictions[row] : 1 - predictions[row];
}

export const logloss: Metric = {
  name: 'logloss',
  doc: 'Mean negative log of the probability given to what came true.',
  tasks: ['binary', 'multiclass'],
  better: 'lower',
  ofDecisions: false,
  compute(input) {
    let sum = 0;
    for (let i = 0; i < input.target.length; i++) sum -= Math.log(Math.max(TINY, probabilityOfTruth(input, i)));
    return sum / input.target.length;
  },
};
