import { type Found, type LeafSums, leafGain, type Scales, type ScanRules } from './tree-arena.js';
import { BIN_WORDS } from './tree-kernels.js';

/**
 * Best threshold of a numeric feature: its histogram is scanned with missing rows on the right and, when there are any, with them on
 * the left. `at` is the index of the feature's first word, `bins` counts the missing bin at the end. Undefined unless the score is
 * more than `needed`.
 */
export function scanNumeric(
  histogram: Int32Array,
  at: number,
  bins: number,
  feature: number,
  total: LeafSums,
  scales: Scales,
  rules: ScanRules,
  needed: number,
): Found | undefined {
  const { minRows, l1, l2 } = rules;
  const gs = scales.gradient;
  const hs = scales.hessian;
  const minHessian = leastHessian(rules);
  const missing = at + (bins - 1) * BIN_WORDS;
  const missingCount = histogram[missing + 2];
  let score = needed;
  let found = -1;
  let foundMissingLeft = false;
  let gradient = 0;
  let hessian = 0;
  let count = 0;
  for (let pass = 0; pass < (missingCount > 0 ? 2 : 1); pass++) {
    let g = pass === 1 ? histogram[missing] : 0;
    let h = pass === 1 ? histogram[missing + 1] : 0;
    let c = pass === 1 ? missingCount : 0;
    // With missing rows on the right, all others may go left; without any, the last threshold would leave nothing on the right.
    const thresholds = pass === 0 && missingCount > 0 ? bins - 1 : bins - 2;
    for (let bin = 0, word = at; bin < thresholds; bin++, word += BIN_WORDS) {
      if (histogram[word + 2] === 0) continue;
      g += histogram[word];
      h += histogram[word + 1];
      c += histogram[word + 2];
      if (c < minRows) continue;
      if (total.count - c < minRows) break;
      const leftHessian = h * hs;
      if (leftHessian < minHessian) continue;
      const rightHessian = (total.hessian - h) * hs;
      if (rightHessian < minHessian) break;
      const tried = leafGain(g * gs, leftHessian, l1, l2) + leafGain((total.gradient - g) * gs, rightHessian, l1, l2);
      if (!(tried > score)) continue;
      score = tried;
      found = bin;
      foundMissingLeft = pass === 1;
      gradient = g;
      hessian = h;
      count = c;
    }
  }
  if (found < 0) return undefined;
  return {
    score,
    feature,
    bin: found,
    missingLeft: missingCount > 0 ? foundMissingLeft : count * 2 >= total.count,
    left: { gradient, hessian, count },
  };
}

/** A side must have a hessian above zero even when no weight is asked for. */
export function leastHessian(rules: ScanRules): number {
  return Math.max(rules.minChildWeight, Number.MIN_VALUE);
}
