import type { Metric } from './metric.js';
import { type Influences, oneAgainstRest, oneAgainstRestError } from './one-against-rest.js';

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

/** The share of the others that each score is above, ties at half; both sorted. */
function wins(scores: Float64Array, others: Float64Array): Float64Array {
  let below = 0;
  let notAbove = 0;
  return scores.map((score) => {
    while (below < others.length && others[below] < score) below++;
    notAbove = Math.max(notAbove, below);
    while (notAbove < others.length && others[notAbove] <= score) notAbove++;
    return (below + notAbove) / 2 / others.length;
  });
}

/** DeLong, DeLong and Clarke-Pearson (1988): how far each score's own share of won pairs is from that of all. */
function aucInfluences(positives: Float64Array, negatives: Float64Array): Influences {
  const area = rankAuc(positives, negatives);
  const [p, n] = [positives.length, negatives.length];
  const [ofPositive, ofNegative] = [Math.sqrt(p * Math.max(1, p - 1)), Math.sqrt(n * Math.max(1, n - 1))];
  return {
    positives: wins(positives, negatives).map((won) => (won - area) / ofPositive),
    negatives: wins(negatives, positives).map((lost) => (1 - lost - area) / ofNegative),
  };
}

export const auc: Metric = {
  name: 'auc',
  doc: 'Area under the ROC curve; multiclass: mean of each class against the rest.',
  tasks: ['binary', 'multiclass'],
  better: 'higher',
  ofDecisions: false,
  overClasses: true,
  scale: 'share',
  compute: (input) => oneAgainstRest(input, rankAuc),
  estimate: (input, value) => ({ value, error: oneAgainstRestError(input, aucInfluences) }),
};
