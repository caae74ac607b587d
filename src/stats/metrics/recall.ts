import type { Metric } from './metric.js';
import { perClass } from './rows.js';

export const recall: Metric = {
  name: 'recall',
  doc: 'Share of positive rows that are decided so, not defined when there is none; multiclass: mean over the classes that occur.',
  tasks: ['binary', 'multiclass'],
  better: 'higher',
  ofDecisions: true,
  compute: (input) => perClass(input, (tp, _fp, fn) => tp / (tp + fn)),
};
