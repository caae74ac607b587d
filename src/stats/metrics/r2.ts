import type { Metric } from './metric.js';

export const r2: Metric = {
  name: 'r2',
  doc: 'Share of the variance explained; not defined when the truth does not vary.',
  tasks: ['regression'],
  better: 'higher',
  compute({ predictions, target }) {
    let mean = 0;
    for (let i = 0; i < target.length; i++) mean += ((target[i] as number) - mean) / (i + 1);
    let residual = 0;
    let total = 0;
    for (let i = 0; i < target.length; i++) {
      residual += ((predictions[i] as number) - (target[i] as number)) ** 2;
      total += ((target[i] as number) - mean) ** 2;
    }
    return total === 0 ? Number.NaN : 1 - residual / total;
  },
};
