import type { Metric } from './metric.js';

export const rmse: Metric = {
  name: 'rmse',
  doc: 'Square root of the mean squared error, in units of the target.',
  tasks: ['regression'],
  better: 'lower',
  ofDecisions: false,
  compute({ predictions, target }) {
    let sum = 0;
    for (let i = 0; i < target.length; i++) sum += (predictions[i] - target[i]) ** 2;
    return Math.sqrt(sum / target.length);
  },
};
