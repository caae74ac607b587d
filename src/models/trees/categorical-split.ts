import { leastHessian } from '../../kernels/numeric-scan.js';
import { type LeafSums, leafGain, neededScore, type Scales } from '../../kernels/tree-arena.js';
import { BIN_WORDS } from '../../kernels/tree-kernels.js';
import { minus } from './numeric-split.js';
import type { Split, SplitRules } from './split.js';

/**
 * Best split of a categorical feature, the missing bin being one more category. Few categories: one against the rest. Many: they are
 * sorted by gradient / (hessian + smoothing) and the best prefix of either end is taken (Fisher 1958; limits as in LightGBM).
 */
export function categoricalSplit(
  histogram: Int32Array,
  at: number,
  bins: number,
  feature: number,
  total: LeafSums,
  scales: Scales,
  rules: SplitRules,
): Split | undefined {
  const present: number[] = [];
  for (let bin = 0; bin < bins; bin++) if (histogram[at + bin * BIN_WORDS + 2] > 0) present.push(bin);
  const few = present.length <= rules.oneHotCategories;
  const l2 = few ? rules.l2 : rules.l2 + rules.categoryL2;
  const gs = scales.gradient;
  const hs = scales.hessian;
  const minHessian = leastHessian(rules);
  const needed = neededScore(total, scales, rules);
  let best = needed;
  let chosen: number[] | undefined;
  let left: LeafSums = total;

  const gainOf = (g: number, h: number): number =>
    leafGain(g * gs, h * hs, rules.l1, l2) + leafGain((total.gradient - g) * gs, (total.hessian - h) * hs, rules.l1, l2);

  if (few) {
    for (const bin of present) {
      const word = at + bin * BIN_WORDS;
      const h = histogram[word + 1];
      const c = histogram[word + 2];
      if (c < rules.minRows || total.count - c < rules.minRows) continue;
      if (h * hs < minHessian || (total.hessian - h) * hs < minHessian) continue;
      const gain = gainOf(histogram[word], h);
      if (!(gain > best)) continue;
      best = gain;
      chosen = [bin];
      left = { gradient: histogram[word], hessian: h, count: c };
    }
  } else {
    const keyOf = new Float64Array(bins);
    const sorted = present.filter((bin) => histogram[at + bin * BIN_WORDS + 2] >= rules.categorySmoothing);
    for (const bin of sorted) {
      const word = at + bin * BIN_WORDS;
      keyOf[bin] = (histogram[word] * gs) / (histogram[word + 1] * hs + rules.categorySmoothing);
    }
    sorted.sort((a, b) => keyOf[a] - keyOf[b] || a - b);
    const most = Math.min(rules.maxSplitCategories, (sorted.length + 1) >> 1);
    for (const fromEnd of [false, true]) {
      let g = 0;
      let h = 0;
      let c = 0;
      let sinceTried = 0;
      for (let i = 0; i < most; i++) {
        const word = at + sorted[fromEnd ? sorted.length - 1 - i : i] * BIN_WORDS;
        g += histogram[word];
        h += histogram[word + 1];
        c += histogram[word + 2];
        sinceTried += histogram[word + 2];
        if (c < rules.minRows || h * hs < minHessian) continue;
        const others = total.count - c;
        if (others < rules.minRows || others < rules.minCategoryRows || (total.hessian - h) * hs < minHessian) break;
        if (sinceTried < rules.minCategoryRows) continue;
        sinceTried = 0;
        const gain = gainOf(g, h);
        if (!(gain > best)) continue;
        best = gain;
        chosen = fromEnd ? sorted.slice(sorted.length - 1 - i) : sorted.slice(0, i + 1);
        left = { gradient: g, hessian: h, count: c };
      }
    }
  }
  if (!chosen) return undefined;
  chosen.sort((a, b) => a - b);
  return {
    feature,
    gain: best - (needed - rules.minGain),
    score: best,
    bin: -1,
    missingLeft: chosen.includes(bins - 1),
    categories: chosen,
    l2,
    left,
    right: minus(total, left),
  };
}
