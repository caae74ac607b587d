import type { Metric } from './metric.js';
import { oneAgainstRest } from './rows.js';

/** Share of (positive, negative) pairs in which the positive scores higher, ties at half, from sorted scores. */
export function rankAuc(positives: Float64Array, negatives: Float64Array): number {
  if (positives.length === 0 || negatives.length === 0) return Number.NaN;
  let below = 0;
  let notAbove = 0;
  let sum = 0;
  for (let i = 0; i < positives.length; i++) {
    const score = positives[i];
    while (below < negatives.length && negatives[below] < score) below++;
    if (notAbove < below) notAbove = below;
    while (notAbove < negatives.length && negatives[notAbove] <= score) notAbove++;
    sum += (below + notAbove) / 2;
  }
  return sum / positives.length / negatives.length;
}

export const auc: Metric = {
  name: 'auc',
  doc: 'Area under the ROC curve; multiclass: mean of each class against the rest.',
  tasks: ['binary', 'multiclass'],
  better: 'higher',
  ofDecisions: false,
  compute: (input) => oneAgainstRest(input, rankAuc),
};
