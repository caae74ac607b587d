import { leastHessian } from './numeric-scan.js';
import { type Found, type LeafSums, leafGain, type Scales, type ScanRules } from './tree-arena.js';
import { BIN_WORDS } from './tree-kernels.js';

/**
 * Best set of categories of a feature, the missing bin being one more category. Few categories: one against the rest. Many: they are
 * sorted by gradient / (hessian + smoothing) and the best prefix of either end is taken (Fisher 1958; limits as in LightGBM). Arguments as
 * in scanNumeric; undefined unless the score is more than `needed`.
 */
export function scanCategories(
  histogram: Int32Array,
  at: number,
  bins: number,
  feature: number,
  total: LeafSums,
  scales: Scales,
  rules: ScanRules,
  needed: number,
): Found | undefined {
  const present: number[] = [];
  for (let bin = 0; bin < bins; bin++) if (histogram[at + bin * BIN_WORDS + 2] > 0) present.push(bin);
  const ordered = present.length > rules.oneHotCategories;
  const l2 = ordered ? rules.l2 + rules.categoryL2 : rules.l2;
  const gs = scales.gradient;
  const hs = scales.hessian;
  const minHessian = leastHessian(rules);
  let best = needed;
  let chosen: number[] | undefined;
  let left: LeafSums = total;

  const gainOf = (g: number, h: number): number =>
    leafGain(g * gs, h * hs, rules.l1, l2) + leafGain((total.gradient - g) * gs, (total.hessian - h) * hs, rules.l1, l2);

  if (!ordered) {
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
      const key = (histogram[word] * gs) / (histogram[word + 1] * hs + rules.categorySmoothing);
      keyOf[bin] = key === key ? key : 0;
    }
    sorted.sort((a, b) => (keyOf[a] < keyOf[b] ? -1 : keyOf[a] > keyOf[b] ? 1 : a - b));
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
  return { score: best, feature, bin: -1, missingLeft: chosen.includes(bins - 1), left, categories: chosen, ordered };
}
