import { isBounded, type LeafBounds, UNBOUNDED } from '../../kernels/leaf-bounds.js';
import type { LeafSums, Scales } from '../../kernels/tree-arena.js';
import { CATEGORICAL, type Division, enabledByte, type SearchedLeaf } from '../../kernels/tree-engine.js';
import { BIN_WORDS } from '../../kernels/tree-kernels.js';
import { pause } from '../data.js';
import type { BinnedRows } from './binned-rows.js';
import { childBounds, splitWithin } from './bounded-split.js';
import { tableOfColumn } from './bundles.js';
import { categoricalSplit, setSplit } from './categorical-split.js';
import type { EligibleFeatures } from './eligible-features.js';
import { type GrownTree, splitTable } from './grown-tree.js';
import { LeafQueue } from './leaf-queue.js';
import { numericSplit } from './numeric-split.js';
import type { Split, SplitRules } from './split.js';

/** Updates of histograms, some twenty milliseconds of work, after which the event loop turns: what else runs in the process stays alive. */
const LONGEST_WORK = 20_000_000;

export interface GrowthLimits {
  readonly leaves: number;
  /** Most splits above a leaf; 0 is no limit. */
  readonly maxDepth: number;
  /** Whether the leaf with the largest gain is split next, or that of the lowest level first. */
  readonly growth: 'leafwise' | 'depthwise';
}

/** Rows of a leaf: a range of the row list. */
export interface LeafRows {
  readonly node: number;
  readonly begin: number;
  readonly count: number;
  /** L2 penalty of its value. */
  readonly l2: number;
  readonly bounds: LeafBounds;
}

/** Finds a split of a leaf by other means than the best of all thresholds. */
export interface SplitSearch {
  /**
   * Leaves of up to so many rows get no histogram of all features, only those of the features that are looked at: of many small leaves
   * that is far less work.
   */
  readonly smallRows: number;
  /** `histogramOf` gives the first word of a feature's histogram in the leaf, among the 32-bit words of the memory. */
  find(histogramOf: (feature: number) => number, sums: LeafSums, scales: Scales): Split | undefined;
}

interface Leaf {
  node: number;
  begin: number;
  count: number;
  depth: number;
  l2: number;
  bounds: LeafBounds;
  /** Features of the splits above it. */
  path: readonly number[];
  sums: LeafSums;
  /** Place of its histogram in the pool, -1 when dropped. */
  slot: number;
  split: Split | undefined;
}

/**
 * Grows trees over binned rows, best leaf first or level by level. Of two children the smaller one's histogram is built and the larger one's is the
 * difference to the parent's. Histograms are integers, so the tree does not depend on the order of any sum.
 */
export class TreeGrower {
  readonly #data: BinnedRows;
  readonly #rules: SplitRules;
  readonly #limits: GrowthLimits;
  readonly #monotone: Int8Array | null;
  #scales: Scales = { gradient: 1, hessian: 1 };
  #categorical: readonly number[] = [];
  #ownSearch: SplitSearch | undefined;
  #eligible: EligibleFeatures | undefined;
  /** Unused places of the histogram pool. */
  #free: number[] = [];
  /** The place where a small leaf has the histograms of the features that are looked at. */
  #spare = -1;
  /** Updates of histograms since the event loop has turned. */
  #work = 0;

  /** `monotone` is 1 for each feature along which predictions may not fall, -1 where they may not rise. */
  constructor(data: BinnedRows, rules: SplitRules, limits: GrowthLimits, monotone: Int8Array | null = null) {
    this.#data = data;
    this.#rules = rules;
    this.#limits = limits;
    this.#monotone = monotone;
  }

  /**
   * A tree for the first rows of the row list, whose quantized gradients stand in the memory and have these sums; `scales` turn sums
   * back into real ones. Leaf values are left at 0; the row list ends up sorted by leaf, as `leaves` tells. With `search` given, the
   * features are its business. With `eligible` given, the features of each node are those it says.
   */
  async grow(
    sums: LeafSums,
    scales: Scales,
    features: readonly number[],
    search?: SplitSearch,
    eligible?: EligibleFeatures,
  ): Promise<{ tree: GrownTree; leaves: LeafRows[] }> {
    this.#scales = scales;
    this.#ownSearch = search;
    this.#eligible = eligible;
    const tree: GrownTree = { splits: [undefined], tables: [undefined], left: [0], value: [0], cover: [sums.count] };
    this.#free = [];
    for (let slot = this.#data.arena.histograms - 1; slot >= 1; slot--) this.#free.push(slot);
    if (search) this.#spare = this.#free.shift() as number;
    const root: Leaf = {
      node: 0,
      begin: 0,
      count: sums.count,
      depth: 0,
      l2: this.#rules.l2,
      bounds: UNBOUNDED,
      path: [],
      sums,
      slot: 0,
      split: undefined,
    };
    this.#data.engine.choose(features);
    this.#enable(search ? [] : eligible ? eligible(-1, []) : features);
    const leaves = [root];
    const queue = new LeafQueue();
    this.#search(root);
    this.#consider(root, 0, queue);
    while (leaves.length < this.#limits.leaves) {
      const chosen = queue.pop();
      if (chosen < 0) break;
      const parent = leaves[chosen];
      const [left, right] = this.#apply(tree, parent);
      leaves[chosen] = left;
      leaves.push(right);
      this.#searchChildren(parent, left, right, leaves);
      if (this.#work > LONGEST_WORK) {
        this.#work = 0;
        await pause(undefined);
      }
      this.#consider(left, chosen, queue);
      this.#consider(right, leaves.length - 1, queue);
    }
    return { tree, leaves };
  }

  #apply(tree: GrownTree, parent: Leaf): [Leaf, Leaf] {
    const { memory, arena, bins } = this.#data;
    const split = parent.split as Split;
    const table = splitTable(split, bins[split.feature]);
    memory.u8.set(tableOfColumn(table, split.feature, arena.bundles), arena.tableAt);
    const goLeft = split.left.count;
    const node = tree.left.length;
    tree.splits[parent.node] = split;
    tree.tables[parent.node] = table;
    tree.left[parent.node] = node;
    for (const sums of [split.left, split.right]) {
      tree.splits.push(undefined);
      tree.tables.push(undefined);
      tree.left.push(0);
      tree.value.push(0);
      tree.cover.push(sums.count);
    }
    const { feature, left, right, l2 } = split;
    const path = !this.#eligible || parent.path.includes(feature) ? parent.path : [...parent.path, feature];
    const [below, above] = this.#monotone
      ? childBounds(split, this.#monotone[feature], parent.bounds, this.#scales, this.#rules.l1)
      : [parent.bounds, parent.bounds];
    const shared = { depth: parent.depth + 1, l2, path, slot: -1, split: undefined };
    const { begin, count } = parent;
    return [
      { ...shared, node, begin, count: goLeft, sums: left, bounds: below },
      { ...shared, node: node + 1, begin: begin + goLeft, count: count - goLeft, sums: right, bounds: above },
    ];
  }

  /** Carries out the split of a leaf, and searches its children unless they can never be split. */
  #searchChildren(parent: Leaf, left: Leaf, right: Leaf, leaves: readonly Leaf[]): void {
    const { engine } = this.#data;
    const [smaller, larger] = left.count <= right.count ? [left, right] : [right, left];
    const { feature } = parent.split as Split;
    const division = { feature, begin: parent.begin, count: parent.count };
    const last = leaves.length === this.#limits.leaves;
    if (last || (!this.#splittable(larger) && !this.#splittable(smaller))) {
      engine.partition(feature, parent.begin, parent.count);
      if (parent.slot >= 0) this.#free.push(parent.slot);
      return;
    }
    if (this.#ownSearch && larger.count <= this.#ownSearch.smallRows) {
      engine.partition(feature, parent.begin, parent.count);
      if (parent.slot >= 0) this.#free.push(parent.slot);
      for (const leaf of [smaller, larger]) this.#searchSmall(leaf, this.#ownSearch);
      return;
    }
    if (this.#eligible) this.#enable(this.#eligible(parent.node, left.path));
    smaller.slot = this.#slot(leaves);
    if (parent.slot < 0) {
      this.#search(smaller, undefined, division);
      larger.slot = this.#slot(leaves, smaller);
      this.#search(larger);
      return;
    }
    larger.slot = parent.slot;
    this.#search(smaller, larger, division);
  }

  /** A place in the pool; when it is full, that of the leaf which is likely to be split last. */
  #slot(leaves: readonly Leaf[], keep?: Leaf): number {
    const place = this.#free.pop();
    if (place !== undefined) return place;
    let victim: Leaf | undefined;
    for (const leaf of leaves) {
      if (leaf.slot < 0 || leaf === keep) continue;
      if (!victim || (leaf.split?.gain ?? -1) < (victim.split?.gain ?? -1)) victim = leaf;
    }
    const slot = (victim as Leaf).slot;
    (victim as Leaf).slot = -1;
    return slot;
  }

  #splittable(leaf: Leaf): boolean {
    return leaf.count >= 2 * this.#rules.minRows && (this.#limits.maxDepth === 0 || leaf.depth < this.#limits.maxDepth);
  }

  #consider(leaf: Leaf, index: number, queue: LeafQueue): void {
    if (leaf.split) {
      queue.push(index, leaf.split.gain, this.#limits.growth === 'depthwise' ? leaf.depth : 0);
      return;
    }
    if (leaf.slot >= 0) this.#free.push(leaf.slot);
    leaf.slot = -1;
  }

  /** Searches a leaf without a histogram of its own. */
  #searchSmall(leaf: Leaf, search: SplitSearch): void {
    if (!this.#splittable(leaf)) return;
    const { memory, arena, firstBin, bins } = this.#data;
    const { i32, u8, u32 } = memory;
    const base = (arena.histogramsAt + this.#spare * arena.histogramBytes) >>> 2;
    const first = (arena.entriesAt >>> 2) + 2 * leaf.begin;
    const end = first + 2 * leaf.count;
    this.#work += leaf.count;
    leaf.split = search.find(
      (feature) => {
        const at = base + firstBin[feature] * BIN_WORDS;
        const column = arena.columnsAt + feature * arena.rows;
        i32.fill(0, at, at + bins[feature].bins * BIN_WORDS);
        for (let entry = first; entry < end; entry += 2) {
          const word = at + u8[column + u32[entry]] * BIN_WORDS;
          const quantized = i32[entry + 1];
          i32[word] += quantized >> 16;
          i32[word + 1] += quantized & 0xffff;
          i32[word + 2] += 1;
        }
        return at;
      },
      leaf.sums,
      this.#scales,
    );
  }

  /** Builds the histogram of `small`, makes its parent's that of `large`, and finds the best splits of both. */
  #search(small: Leaf, large?: Leaf, division?: Division): void {
    const { engine, arena } = this.#data;
    this.#work += small.count * arena.columns + arena.totalBins;
    const found = engine.search(
      small.begin,
      small.count,
      this.#searched(small),
      large && this.#searched(large),
      this.#scales,
      this.#rules,
      division,
    );
    [small, large].forEach((leaf, k) => {
      const best = found[k];
      if (!leaf || !this.#splittable(leaf)) return;
      if (this.#ownSearch) {
        const base = this.#at(leaf) >>> 2;
        const { firstBin } = this.#data;
        leaf.split = this.#ownSearch.find((feature) => base + firstBin[feature] * BIN_WORDS, leaf.sums, this.#scales);
        return;
      }
      if (!best) leaf.split = undefined;
      else if (best.bin < 0) leaf.split = setSplit(best, leaf.sums, this.#scales, this.#rules);
      else leaf.split = numericSplit(best, leaf.sums, this.#scales, this.#rules, leaf.bounds);
      if (isBounded(leaf.bounds)) this.#searchCategories(leaf);
    });
  }

  #searched(leaf: Leaf): SearchedLeaf {
    return { histogramAt: this.#at(leaf), sums: leaf.sums, wanted: this.#splittable(leaf), bounds: leaf.bounds };
  }

  /** Searches the categories of a leaf whose value is held within bounds, which the engine leaves out. */
  #searchCategories(leaf: Leaf): void {
    const { memory, bins, firstBin } = this.#data;
    const base = this.#at(leaf) >>> 2;
    for (const feature of this.#categorical) {
      const at = base + firstBin[feature] * BIN_WORDS;
      const free = categoricalSplit(memory.i32, at, bins[feature].bins, feature, leaf.sums, this.#scales, this.#rules);
      const split = free && splitWithin(free, leaf.sums, leaf.bounds, this.#scales, this.#rules);
      if (split && (!leaf.split || better(split, leaf.split))) leaf.split = split;
    }
  }

  /** Tells the engine which features to search. */
  #enable(features: readonly number[]): void {
    const { memory, arena, bins } = this.#data;
    memory.u8.fill(0, arena.enabledAt, arena.enabledAt + arena.features);
    this.#categorical = features.filter((feature) => bins[feature].kind === 'categorical');
    for (const feature of features)
      memory.u8[arena.enabledAt + feature] =
        bins[feature].kind === 'categorical' ? CATEGORICAL : enabledByte(this.#monotone ? this.#monotone[feature] : 0);
  }

  #at(leaf: Leaf): number {
    const { histogramsAt, histogramBytes } = this.#data.arena;
    return histogramsAt + leaf.slot * histogramBytes;
  }
}

/** Of equal scores that of the first feature wins, whatever the order of the search. */
function better(split: Split, than: Split): boolean {
  return split.score > than.score || (split.score === than.score && split.feature < than.feature);
}
