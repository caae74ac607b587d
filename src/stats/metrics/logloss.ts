import { meanEstimate } from './estimate.js';
import type { Metric, MetricInput } from './metric.js';

/** Smallest probability that counts: a certain mistake costs 34.5 and not infinity. */
const TINY = 1e-15;

/** Negative log of the probability given to what came true, of a row. */
export function lossOfRow({ task, outputs, predictions, target }: Omit<MetricInput, 'threshold'>, row: number): number {
  const truth = target[row];
  const given =
    task === 'multiclass' ? predictions[row * outputs + truth] : truth === 1 ? predictions[row] : 1 - predictions[row];
  return -Math.log(Math.max(TINY, given));
}

export const logloss: Metric = {
  name: 'logloss',
  doc: 'Mean negative log of the probability given to what came true.',
  tasks: ['binary', 'multiclass'],
  better: 'lower',
  ofDecisions: false,
  overClasses: false,
  scale: 'size',
  compute(input) {
    let sum = 0;
    for (let i = 0; i < input.target.length; i++) sum += lossOfRow(input, i);
    return sum / input.target.length;
  },
  estimate: (input) => meanEstimate(input.target.length, (i) => lossOfRow(input, i)),
};
