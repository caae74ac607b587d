import type { Metric } from './metric.js';
import { oneAgainstRest } from './rows.js';

/** Average precision: precision at each distinct score, weighted by the recall it adds, from sorted scores. */
export function averagePrecision(positives: Float64Array, negatives: Float64Array): number {
  if (positives.length === 0) return Number.NaN;
  let p = positives.length - 1;
  let n = negatives.length - 1;
  let tp = 0;
  let fp = 0;
  let area = 0;
  while (p >= 0) {
    const score = Math.max(positives[p], n >= 0 ? negatives[n] : Number.NEGATIVE_INFINITY);
    const before = tp;
    while (p >= 0 && positives[p] === score) {
      tp++;
      p--;
    }
    while (n >= 0 && negatives[n] === score) {
      fp++;
      n--;
    }
    area += ((tp - before) / positives.length) * (tp / (tp + fp));
  }
  return area;
}

export const prauc: Metric = {
  name: 'prauc',
  doc: 'Average precision, the area under the precision-recall curve by steps; multiclass: mean of each class against the rest.',
  tasks: ['binary', 'multiclass'],
  better: 'higher',
  ofDecisions: false,
  compute: (input) => oneAgainstRest(input, averagePrecision),
};
