import { BIN_WORDS } from '../../kernels/tree-kernels.js';
import { type LeafSums, leafGain, type Scales, type Split, type SplitRules } from './split.js';

/**
 * Best threshold of a numeric feature: its histogram is scanned with missing rows on the right and, when there are any, with them on
 * the left. `at` is the index of the feature's first word, `bins` counts the missing bin at the end. Undefined when no split is allowed.
 */
export function numericSplit(
  histogram: Int32Array,
  at: number,
  bins: number,
  feature: number,
  total: LeafSums,
  scales: Scales,
  rules: SplitRules,
): Split | undefined {
  const { minRows, l1, l2 } = rules;
  const gs = scales.gradient;
  const hs = scales.hessian;
  const minHessian = Math.max(rules.minChildWeight, Number.MIN_VALUE);
  const missing = at + (bins - 1) * BIN_WORDS;
  const missingCount = histogram[missing + 2];
  const parent = leafGain(total.gradient * gs, total.hessian * hs, l1, l2);
  const needed = parent + rules.minGain;
  let best = needed;
  let bestBin = -1;
  let bestMissingLeft = false;
  let bestGradient = 0;
  let bestHessian = 0;
  let bestCount = 0;
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
      const hessian = h * hs;
      if (hessian < minHessian) continue;
      const otherHessian = (total.hessian - h) * hs;
      if (otherHessian < minHessian) break;
      const gain = leafGain(g * gs, hessian, l1, l2) + leafGain((total.gradient - g) * gs, otherHessian, l1, l2);
      if (!(gain > best)) continue;
      best = gain;
      bestBin = bin;
      bestMissingLeft = pass === 1;
      bestGradient = g;
      bestHessian = h;
      bestCount = c;
    }
  }
  if (bestBin < 0) return undefined;
  return {
    feature,
    gain: best - parent,
    bin: bestBin,
    missingLeft: missingCount > 0 ? bestMissingLeft : bestCount * 2 >= total.count,
    categories: [],
    l2,
    left: { gradient: bestGradient, hessian: bestHessian, count: bestCount },
    right: {
      gradient: total.gradient - bestGradient,
      hessian: total.hessian - bestHessian,
      count: total.count - bestCount,
    },
  };
}
