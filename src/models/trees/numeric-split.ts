import { type Found, type LeafSums, neededScore, type Scales } from '../../kernels/tree-arena.js';
import type { Split, SplitRules } from './split.js';

/** The split that a threshold found by the engine stands for. */
export function numericSplit(found: Found, total: LeafSums, scales: Scales, rules: SplitRules): Split {
  const { score, feature, bin, missingLeft, left } = found;
  return {
    feature,
    gain: score - (neededScore(total, scales, rules) - rules.minGain),
    score,
    bin,
    missingLeft,
    categories: [],
    l2: rules.l2,
    left,
    right: minus(total, left),
  };
}

/** The sums of the other side. */
export function minus(total: LeafSums, part: LeafSums): LeafSums {
  return {
    gradient: total.gradient - part.gradient,
    hessian: total.hessian - part.hessian,
    count: total.count - part.count,
  };
}
