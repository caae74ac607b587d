import { meanEstimate } from './estimate.js';
import type { Metric } from './metric.js';

export const r2: Metric = {
  name: 'r2',
  doc: 'Share of the variance explained; not defined when the truth does not vary.',
  tasks: ['regression'],
  better: 'higher',
  ofDecisions: false,
  overClasses: false,
  scale: 'atMostOne',
  compute({ predictions, target }) {
    let mean = 0;
    for (let i = 0; i < target.length; i++) mean += (target[i] - mean) / (i + 1);
    // Once more around it: far from 0 a running mean is off by as much as the values differ.
    let off = 0;
    for (let i = 0; i < target.length; i++) off += target[i] - mean;
    off /= target.length;
    let residual = 0;
    let total = 0;
    for (let i = 0; i < target.length; i++) {
      residual += (predictions[i] - target[i]) ** 2;
      total += (target[i] - mean - off) ** 2;
    }
    return total === 0 ? Number.NaN : 1 - residual / total;
  },
  /** By the influence of each row on the ratio of the two sums of squares. */
  estimate({ predictions, target }, value) {
    const rows = target.length;
    const { value: mean, error: spread } = meanEstimate(rows, (i) => target[i]);
    const variance = spread * spread * (rows - 1);
    const influence = (i: number) => (predictions[i] - target[i]) ** 2 - (1 - value) * (target[i] - mean) ** 2;
    return { value, error: meanEstimate(rows, influence).error / variance };
  },
};
