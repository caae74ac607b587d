import type { Metric } from './metric.js';

export const r2: Metric = {
  name: 'r2',
  doc: 'Share of the variance explained; not defined when the truth does not vary.',
  tasks: ['regression'],
  better: 'higher',
  ofDecisions: false,
  compute({ predictions, target }) {
    let mean = 0;
    for (let i = 0; i < target.length; i++) mean += (target[i] - mean) / (i + 1);
    let residual = 0;
    let total = 0;
    for (let i = 0; i < target.length; i++) {
      residual += (predictions[i] - target[i]) ** 2;
      total += (target[i] - mean) ** 2;
    }
    return total === 0 ? Number.NaN : 1 - residual / total;
  },
};
