import type { Metric } from './metric.js';
import { perClass } from './rows.js';

export const precision: Metric = {
  name: 'precision',
  doc: 'Share of rows decided positive that are, 0 when none is decided so; multiclass: mean over the classes that occur.',
  tasks: ['binary', 'multiclass'],
  better: 'higher',
  ofDecisions: true,
  compute: (input) => perClass(input, (tp, fp) => (tp + fp === 0 ? 0 : tp / (tp + fp))),
};
