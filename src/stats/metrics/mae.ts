import { meanEstimate } from './estimate.js';
import type { Metric } from './metric.js';

export const mae: Metric = {
  name: 'mae',
  doc: 'Mean absolute error, in units of the target.',
  tasks: ['regression'],
  better: 'lower',
  ofDecisions: false,
  overClasses: false,
  scale: 'size',
  compute({ predictions, target }) {
    let sum = 0;
    for (let i = 0; i < target.length; i++) sum += Math.abs(predictions[i] - target[i]);
    return sum / target.length;
  },
  estimate: ({ predictions, target }) => meanEstimate(target.length, (i) => Math.abs(predictions[i] - target[i])),
};
