import type { Metric } from './metric.js';
import { type Influences, oneAgainstRest, oneAgainstRestError } from './one-against-rest.js';

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

/**
 * How far each row moves average precision (infinitesimal jackknife; Jaeckel, 1972): a positive by its own precision, and every row by
 * what it does to the precision at the positives that score no higher.
 */
function precisionInfluences(positives: Float64Array, negatives: Float64Array): Influences {
  const [p, n] = [positives.length, negatives.length];
  const area = averagePrecision(positives, negatives);
  const precision = new Float64Array(p);
  const gain = new Float64Array(p + 1);
  const loss = new Float64Array(p + 1);
  for (let i = 0, group = 0, lower = 0; i < p; i++) {
    if (i === 0 || positives[i] !== positives[i - 1]) {
      group = i;
      while (lower < n && negatives[lower] < positives[i]) lower++;
    }
    const hits = p - group;
    const taken = hits + n - lower;
    precision[i] = hits / taken;
    gain[i + 1] = gain[i] + (taken - hits) / (taken * taken);
    loss[i + 1] = loss[i] + hits / (taken * taken);
  }
  const notAbove = (scores: Float64Array, sums: Float64Array) => {
    let count = 0;
    return scores.map((score) => {
      while (count < p && positives[count] <= score) count++;
      return sums[count];
    });
  };
  return {
    positives: notAbove(positives, gain).map((sum, i) => (precision[i] - area + sum) / p),
    negatives: notAbove(negatives, loss).map((sum) => -sum / p),
  };
}

export const prauc: Metric = {
  name: 'prauc',
  doc: 'Average precision, the area under the precision-recall curve by steps; multiclass: mean of each class against the rest.',
  tasks: ['binary', 'multiclass'],
  better: 'higher',
  ofDecisions: false,
  overClasses: true,
  scale: 'share',
  compute: (input) => oneAgainstRest(input, averagePrecision),
  estimate: (input, value) => ({ value, error: oneAgainstRestError(input, precisionInfluences) }),
};
