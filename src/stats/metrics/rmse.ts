import { meanEstimate } from './estimate.js';
import type { Metric } from './metric.js';

export const rmse: Metric = {
  name: 'rmse',
  doc: 'Square root of the mean squared error, in units of the target.',
  tasks: ['regression'],
  better: 'lower',
  ofDecisions: false,
  overClasses: false,
  scale: 'size',
  compute({ predictions, target }) {
    let sum = 0;
    for (let i = 0; i < target.length; i++) sum += (predictions[i] - target[i]) ** 2;
    return Math.sqrt(sum / target.length);
  },
  estimate({ predictions, target }, value) {
    const { error } = meanEstimate(target.length, (i) => (predictions[i] - target[i]) ** 2);
    return { value, error: value === 0 ? 0 : error / (2 * value) };
  },
};
