import { boundedValue, gainOfValue, type LeafBounds } from './leaf-bounds.js';
import { leastHessian } from './numeric-scan.js';
import type { Found, LeafSums, Scales, ScanRules } from './tree-arena.js';
import { BIN_WORDS } from './tree-kernels.js';

/** Which way predictions may go along a feature. */
export type Monotone = -1 | 0 | 1;

/**
 * Best threshold of a numeric feature in a leaf whose value is held within bounds: as `scanNumeric`, but the gain of a side is that of
 * its value within the bounds, and along a monotone feature the left value may not be above (1) or below (-1) the right one.
 */
export function scanBounded(
  histogram: Int32Array,
  at: number,
  bins: number,
  feature: number,
  total: LeafSums,
  scales: Scales,
  rules: ScanRules,
  needed: number,
  monotone: Monotone,
  bounds: LeafBounds,
): Found | undefined {
  const { minRows, l1, l2 } = rules;
  const minHessian = leastHessian(rules);
  const missing = at + (bins - 1) * BIN_WORDS;
  const missingCount = histogram[missing + 2];
  let score = needed;
  let found: Omit<Found, 'score'> | undefined;
  for (let pass = 0; pass < (missingCount > 0 ? 2 : 1); pass++) {
    let g = pass === 1 ? histogram[missing] : 0;
    let h = pass === 1 ? histogram[missing + 1] : 0;
    let c = pass === 1 ? missingCount : 0;
    const thresholds = pass === 0 && missingCount > 0 ? bins - 1 : bins - 2;
    for (let bin = 0, word = at; bin < thresholds; bin++, word += BIN_WORDS) {
      if (histogram[word + 2] === 0) continue;
      g += histogram[word];
      h += histogram[word + 1];
      c += histogram[word + 2];
      if (c < minRows) continue;
      if (total.count - c < minRows) break;
      const hessian = h * scales.hessian;
      if (hessian < minHessian) continue;
      const otherHessian = (total.hessian - h) * scales.hessian;
      if (otherHessian < minHessian) break;
      const gradient = g * scales.gradient;
      const otherGradient = (total.gradient - g) * scales.gradient;
      const left = boundedValue(gradient, hessian, l1, l2, bounds);
      const right = boundedValue(otherGradient, otherHessian, l1, l2, bounds);
      if ((monotone > 0 && left > right) || (monotone < 0 && left < right)) continue;
      const tried = gainOfValue(gradient, hessian, left, l1, l2) + gainOfValue(otherGradient, otherHessian, right, l1, l2);
      if (!(tried > score)) continue;
      score = tried;
      const missingLeft = missingCount > 0 ? pass === 1 : c * 2 >= total.count;
      found = { feature, bin, missingLeft, left: { gradient: g, hessian: h, count: c } };
    }
  }
  return found && { score, ...found };
}
