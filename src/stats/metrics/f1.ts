import type { Metric } from './metric.js';
import { type ClassMeasure, perClass, perClassEstimate } from './per-class.js';

const MEASURE: ClassMeasure = {
  of: (tp, fp, fn) => (2 * tp) / (2 * tp + fp + fn),
  gradient: (tp, fp, fn) => {
    const all = (2 * tp + fp + fn) ** 2;
    return [(2 * (fp + fn)) / all, (-2 * tp) / all, (-2 * tp) / all];
  },
  mistakes: { fp: true, fn: true },
};

export const f1: Metric = {
  name: 'f1',
  doc: 'Harmonic mean of precision and recall, 0 when nothing is decided right; multiclass: mean over the classes that occur.',
  tasks: ['binary', 'multiclass'],
  better: 'higher',
  ofDecisions: true,
  overClasses: true,
  scale: 'share',
  compute: (input) => perClass(input, MEASURE),
  estimate: (input) => perClassEstimate(input, MEASURE),
};
