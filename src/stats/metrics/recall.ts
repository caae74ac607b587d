import type { Metric } from './metric.js';
import { type ClassMeasure, perClass, perClassEstimate } from './per-class.js';

const MEASURE: ClassMeasure = {
  of: (tp, _fp, fn) => tp / (tp + fn),
  gradient: (tp, _fp, fn) => [fn / (tp + fn) ** 2, 0, -tp / (tp + fn) ** 2],
  mistakes: { fp: false, fn: true },
};

export const recall: Metric = {
  name: 'recall',
  doc: 'Share of positive rows that are decided so, not defined when there is none; multiclass: mean over the classes that occur.',
  tasks: ['binary', 'multiclass'],
  better: 'higher',
  ofDecisions: true,
  overClasses: true,
  scale: 'share',
  compute: (input) => perClass(input, MEASURE),
  estimate: (input) => perClassEstimate(input, MEASURE),
};
