import type { Metric } from './metric.js';

export const mape: Metric = {
  name: 'mape',
  doc: 'Mean absolute error as a share of the truth, over the rows whose truth is not zero.',
  tasks: ['regression'],
  better: 'lower',
  ofDecisions: false,
  compute({ predictions, target }) {
    let sum = 0;
    let rows = 0;
    for (let i = 0; i < target.length; i++) {
      const truth = target[i];
      if (truth === 0) continue;
      sum += Math.abs((predictions[i] - truth) / truth);
      rows++;
    }
    return sum / rows;
  },
};
