import type { Metric } from './metric.js';
import { type ClassMeasure, perClass, perClassEstimate } from './per-class.js';

const MEASURE: ClassMeasure = {
  of: (tp, fp) => (tp + fp === 0 ? 0 : tp / (tp + fp)),
  gradient: (tp, fp) => [fp / (tp + fp) ** 2, -tp / (tp + fp) ** 2, 0],
  mistakes: { fp: true, fn: false },
};

export const precision: Metric = {
  name: 'precision',
  doc: 'Share of rows decided positive that are, 0 when none is decided so; multiclass: mean over the classes that occur.',
  tasks: ['binary', 'multiclass'],
  better: 'higher',
  ofDecisions: true,
  overClasses: true,
  scale: 'share',
  compute: (input) => perClass(input, MEASURE),
  estimate: (input) => perClassEstimate(input, MEASURE),
};
