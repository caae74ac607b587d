import { meanEstimate } from './estimate.js';
import type { Metric, MetricInput } from './metric.js';

function squaredDistance({ task, outputs, predictions, target }: MetricInput, row: number): number {
  if (task === 'binary') return (predictions[row] - target[row]) ** 2;
  let sum = 0;
  for (let c = 0; c < outputs; c++) sum += (predictions[row * outputs + c] - (target[row] === c ? 1 : 0)) ** 2;
  return sum;
}

export const brier: Metric = {
  name: 'brier',
  doc: 'Mean squared difference of probability and truth; multiclass: summed over the classes.',
  tasks: ['binary', 'multiclass'],
  better: 'lower',
  ofDecisions: false,
  overClasses: false,
  scale: 'size',
  compute(input) {
    const rows = input.target.length;
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += squaredDistance(input, i);
    return sum / rows;
  },
  estimate: (input) => meanEstimate(input.target.length, (i) => squaredDistance(input, i)),
};
