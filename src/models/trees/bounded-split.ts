import { boundedGain, boundedValue, type LeafBounds, neededWithin } from '../../kernels/leaf-bounds.js';
import type { LeafSums, Scales } from '../../kernels/tree-arena.js';
import type { Split, SplitRules } from './split.js';

/**
 * Bounds of the two children. Along a monotone feature (1 rising, -1 falling) they part midway between the values of the two sides, so
 * that whatever grows below them stays on its side: the basic method of LightGBM.
 */
export function childBounds(
  split: Split,
  monotone: number,
  bounds: LeafBounds,
  scales: Scales,
  l1: number,
): readonly [LeafBounds, LeafBounds] {
  if (monotone === 0) return [bounds, bounds];
  const valueOf = ({ gradient, hessian }: LeafSums): number =>
    boundedValue(gradient * scales.gradient, hessian * scales.hessian, l1, split.l2, bounds);
  const middle = (valueOf(split.left) + valueOf(split.right)) / 2;
  const low = { lower: bounds.lower, upper: middle };
  const high = { lower: middle, upper: bounds.upper };
  return monotone > 0 ? [low, high] : [high, low];
}

/** A split that was found without the bounds of its leaf, scored with them; undefined when it then improves too little. */
export function splitWithin(
  split: Split,
  total: LeafSums,
  bounds: LeafBounds,
  scales: Scales,
  rules: SplitRules,
): Split | undefined {
  const gainOf = ({ gradient, hessian }: LeafSums): number =>
    boundedGain(gradient * scales.gradient, hessian * scales.hessian, rules.l1, split.l2, bounds);
  const score = gainOf(split.left) + gainOf(split.right);
  const needed = neededWithin(total, scales, rules, bounds);
  return score > needed ? { ...split, score, gain: score - (needed - rules.minGain) } : undefined;
}
