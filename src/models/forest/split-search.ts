import type { Random } from '../../base/random.js';
import { leastHessian, scanNumeric } from '../../kernels/numeric-scan.js';
import { type LeafSums, leafGain, neededScore, type Scales } from '../../kernels/tree-arena.js';
import { BIN_WORDS } from '../../kernels/tree-kernels.js';
import type { BinnedRows } from '../trees/binned-rows.js';
import { categoricalSplit } from '../trees/categorical-split.js';
import type { SplitSearch } from '../trees/grow.js';
import { minus, numericSplit } from '../trees/numeric-split.js';
import type { Split, SplitRules } from '../trees/split.js';

/** The split of one feature, or undefined when it has none that improves; `at` is the first word of its histogram. */
export type FeatureSplit = (at: number, feature: number, sums: LeafSums, scales: Scales) => Split | undefined;

/**
 * The best split among `wanted` features drawn for each leaf. When none of them can split it, further features are drawn until one
 * can.
 */
export function drawnSearch(
  data: BinnedRows,
  features: readonly number[],
  wanted: number,
  splitOf: FeatureSplit,
  source: Random,
): SplitSearch {
  const order = Uint32Array.from(features);
  // Where looking at a few features of all rows costs no more than a histogram of all features.
  const smallRows = Math.floor(data.arena.totalBins / (2 * wanted));
  const find: SplitSearch['find'] = (histogramOf, sums, scales) => {
    let best: Split | undefined;
    for (let k = 0; k < order.length && (k < wanted || !best); k++) {
      const other = k + source.below(order.length - k);
      const feature = order[other];
      order[other] = order[k];
      order[k] = feature;
      const split = splitOf(histogramOf(feature), feature, sums, scales);
      if (split && (!best || split.score > best.score || (split.score === best.score && feature < best.feature))) best = split;
    }
    return best;
  };
  return { smallRows, find };
}

/** The best split of a feature. */
export function bestSplit({ memory, bins }: BinnedRows, rules: SplitRules): FeatureSplit {
  return (at, feature, sums, scales) => {
    if (bins[feature].kind === 'categorical')
      return categoricalSplit(memory.i32, at, bins[feature].bins, feature, sums, scales, rules);
    const needed = neededScore(sums, scales, rules);
    const found = scanNumeric(memory.i32, at, bins[feature].bins, feature, sums, scales, rules, needed);
    return found && numericSplit(found, sums, scales, rules);
  };
}

/**
 * A split of a feature by chance: a threshold drawn evenly among the bins that the leaf has rows in, or a random half of its
 * categories. Missing values go to a random side.
 */
export function randomSplit({ memory, bins }: BinnedRows, rules: SplitRules, source: Random): FeatureSplit {
  const histogram = memory.i32;
  return (at, feature, total, scales) => {
    const { kind, bins: count } = bins[feature];
    const numeric = kind === 'numeric';
    const missing = count - 1;
    const present: number[] = [];
    for (let bin = 0; bin < count; bin++) if (histogram[at + bin * BIN_WORDS + 2] > 0) present.push(bin);
    if (present.length < 2) return undefined;
    const hasMissing = present[present.length - 1] === missing;
    const missingLeft = hasMissing && source.below(2) === 1;
    const known = hasMissing ? present.length - 1 : present.length;
    const first = present[0];
    const threshold = known < 2 ? first : first + source.below(present[known - 1] - first);
    const chosen = present.filter((bin) =>
      bin === missing ? missingLeft : numeric ? bin <= threshold : source.below(2) === 1,
    );
    let gradient = 0;
    let hessian = 0;
    let rows = 0;
    for (const bin of chosen) {
      const word = at + bin * BIN_WORDS;
      gradient += histogram[word];
      hessian += histogram[word + 1];
      rows += histogram[word + 2];
    }
    const left = { gradient, hessian, count: rows };
    const right = minus(total, left);
    const least = leastHessian(rules);
    if (Math.min(left.count, right.count) < rules.minRows) return undefined;
    if (Math.min(left.hessian, right.hessian) * scales.hessian < least) return undefined;
    const gainOf = (side: LeafSums): number =>
      leafGain(side.gradient * scales.gradient, side.hessian * scales.hessian, rules.l1, rules.l2);
    const score = gainOf(left) + gainOf(right);
    const needed = neededScore(total, scales, rules);
    if (!(score > needed)) return undefined;
    return {
      feature,
      gain: score - (needed - rules.minGain),
      score,
      bin: numeric ? threshold : -1,
      missingLeft: hasMissing ? missingLeft : left.count * 2 >= total.count,
      categories: numeric ? [] : chosen,
      l2: rules.l2,
      left,
      right,
    };
  };
}
