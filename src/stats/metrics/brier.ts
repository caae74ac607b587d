import type { Metric } from './metric.js';

export const brier: Metric = {
  name: 'brier',
  doc: 'Mean squared difference of probability and truth; multiclass: summed over the classes.',
  tasks: ['binary', 'multiclass'],
  better: 'lower',
  ofDecisions: false,
  compute({ task, outputs, predictions, target }) {
    let sum = 0;
    for (let i = 0; i < target.length; i++) {
      if (task === 'binary') sum += (predictions[i] - target[i]) ** 2;
      else for (let c = 0; c < outputs; c++) sum += (predictions[i * outputs + c] - (target[i] === c ? 1 : 0)) ** 2;
    }
    return sum / target.length;
  },
};
