import { type LeafBounds, neededWithin, UNBOUNDED } from '../../kernels/leaf-bounds.js';
import type { Found, LeafSums, Scales } from '../../kernels/tree-arena.js';
import type { Split, SplitRules } from './split.js';

/** The split that a threshold found by the engine stands for, of a leaf with these sums and bounds. */
export function numericSplit(
  found: Found,
  total: LeafSums,
  scales: Scales,
  rules: SplitRules,
  bounds: LeafBounds = UNBOUNDED,
): Split {
  const { score, feature, bin, missingLeft, left } = found;
  return {
    feature,
    gain: score - (neededWithin(total, scales, rules, bounds) - rules.minGain),
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
