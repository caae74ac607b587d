import type { Metric } from './metric.js';

export const mae: Metric = {
  name: 'mae',
  doc: 'Mean absolute error, in units of the target.',
  tasks: ['regression'],
  better: 'lower',
  compute({ predictions, target }) {
    let sum = 0;
    for (let i = 0; i < target.length; i++) sum += Math.abs((predictions[i] as number) - (target[i] as number));
    return sum / target.length;
  },
};
