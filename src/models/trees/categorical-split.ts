import { scanCategories } from '../../kernels/category-scan.js';
import { type Found, type LeafSums, neededScore, type Scales } from '../../kernels/tree-arena.js';
import { minus } from './numeric-split.js';
import type { Split, SplitRules } from './split.js';

/** Best split of a categorical feature in a leaf whose value is free, as scanCategories says. */
export function categoricalSplit(
  histogram: Int32Array,
  at: number,
  bins: number,
  feature: number,
  total: LeafSums,
  scales: Scales,
  rules: SplitRules,
): Split | undefined {
  const needed = neededScore(total, scales, rules);
  const found = scanCategories(histogram, at, bins, feature, total, scales, rules, needed);
  return found && setSplit(found, total, scales, rules);
}

/** The split that a set of categories found by the engine stands for. */
export function setSplit(found: Found, total: LeafSums, scales: Scales, rules: SplitRules): Split {
  const { score, feature, missingLeft, left, categories, ordered } = found;
  return {
    feature,
    gain: score - (neededScore(total, scales, rules) - rules.minGain),
    score,
    bin: -1,
    missingLeft,
    categories: categories ?? [],
    l2: ordered ? rules.l2 + rules.categoryL2 : rules.l2,
    left,
    right: minus(total, left),
  };
}
