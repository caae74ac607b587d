import { meanEstimate } from './estimate.js';
import type { Metric } from './metric.js';

export const mape: Metric = {
  name: 'mape',
  doc: 'Mean absolute error as a share of the truth, over the rows whose truth is not zero.',
  tasks: ['regression'],
  better: 'lower',
  ofDecisions: false,
  overClasses: false,
  scale: 'size',
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
  estimate({ predictions, target }) {
    const rows = Array.from(target.keys()).filter((i) => target[i] !== 0);
    return meanEstimate(rows.length, (i) => Math.abs((predictions[rows[i]] - target[rows[i]]) / target[rows[i]]));
  },
};
