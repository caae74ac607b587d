import type { Metric } from './metric.js';
import { perClass } from './rows.js';

export const f1: Metric = {
  name: 'f1',
  doc: 'Harmonic mean of precision and recall, 0 when nothing is decided right; multiclass: mean over the classes that occur.',
  tasks: ['binary', 'multiclass'],
  better: 'higher',
  ofDecisions: true,
  compute: (input) => perClass(input, (tp, fp, fn) => (2 * tp) / (2 * tp + fp + fn)),
};
