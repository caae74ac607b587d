import { BIN_WORDS, type TreeKernels } from '../../kernels/tree-kernels.js';
import type { BinnedRows } from './binned-rows.js';
import { categoricalSplit } from './categorical-split.js';
import { type GrownTree, splitTable } from './grown-tree.js';
import { LeafQueue } from './leaf-queue.js';
import { numericSplit } from './numeric-split.js';
import type { LeafSums, Scales, Split, SplitRules } from './split.js';

export interface GrowthLimits {
  readonly leaves: number;
  /** Most splits above a leaf; 0 is no limit. */
  readonly maxDepth: number;
}

/** Rows of a leaf: a range of the row list. */
export interface LeafRows {
  readonly node: number;
  readonly begin: number;
  readonly count: number;
  /** L2 penalty of its value. */
  readonly l2: number;
}

interface Leaf {
  node: number;
  begin: number;
  count: number;
  depth: number;
  l2: number;
  sums: LeafSums;
  /** Place of its histogram in the pool, -1 when dropped. */
  slot: number;
  split: Split | undefined;
}

/**
 * Grows trees best leaf first over binned rows. Of two children the smaller one's histogram is built and the larger one's is the
 * difference to the parent's. Histograms are integers, so the tree does not depend on the order of any sum.
 */
export class TreeGrower {
  readonly #data: BinnedRows;
  readonly #kernels: TreeKernels;
  readonly #rules: SplitRules;
  readonly #limits: GrowthLimits;
  #scales: Scales = { gradient: 1, hessian: 1 };
  #features: readonly number[] = [];
  /** Unused places of the histogram pool. */
  #free: number[] = [];

  constructor(data: BinnedRows, rules: SplitRules, limits: GrowthLimits) {
    this.#data = data;
    this.#kernels = data.kernels;
    this.#rules = rules;
    this.#limits = limits;
  }

  /**
   * A tree for the first `count` rows of the row list, whose quantized gradients stand in the memory; `scales` turn their sums back
   * into real ones. Leaf values are left at 0; the row list ends up sorted by leaf, as `leaves` tells.
   */
  grow(count: number, scales: Scales, features: readonly number[]): { tree: GrownTree; leaves: LeafRows[] } {
    this.#scales = scales;
    this.#features = features;
    const tree: GrownTree = { splits: [undefined], tables: [undefined], left: [0], value: [0], cover: [count] };
    this.#free = [];
    for (let slot = this.#data.histograms - 1; slot >= 1; slot--) this.#free.push(slot);
    const root: Leaf = {
      node: 0,
      begin: 0,
      count,
      depth: 0,
      l2: this.#rules.l2,
      sums: { gradient: 0, hessian: 0, count },
      slot: 0,
      split: undefined,
    };
    this.#build(root);
    root.sums = this.#totals(root);
    const leaves = [root];
    const queue = new LeafQueue();
    this.#consider(root, 0, queue);
    while (leaves.length < this.#limits.leaves) {
      const chosen = queue.pop();
      if (chosen < 0) break;
      const parent = leaves[chosen];
      const [left, right] = this.#apply(tree, parent);
      leaves[chosen] = left;
      leaves.push(right);
      this.#childHistograms(parent, left, right, leaves);
      this.#consider(left, chosen, queue);
      this.#consider(right, leaves.length - 1, queue);
    }
    return { tree, leaves };
  }

  #apply(tree: GrownTree, parent: Leaf): [Leaf, Leaf] {
    const { memory, columnsAt, rows, tableAt, entriesAt, scratchAt, bins } = this.#data;
    const split = parent.split as Split;
    const table = splitTable(split, bins[split.feature]);
    memory.u8.set(table, tableAt);
    const goLeft = this.#kernels.partition(
      columnsAt + split.feature * rows,
      tableAt,
      entriesAt + parent.begin * 8,
      parent.count,
      scratchAt,
    );
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
    const shared = { depth: parent.depth + 1, l2: split.l2, slot: -1, split: undefined };
    return [
      { ...shared, node, begin: parent.begin, count: goLeft, sums: split.left },
      { ...shared, node: node + 1, begin: parent.begin + goLeft, count: parent.count - goLeft, sums: split.right },
    ];
  }

  #childHistograms(parent: Leaf, left: Leaf, right: Leaf, leaves: readonly Leaf[]): void {
    const [smaller, larger] = left.count <= right.count ? [left, right] : [right, left];
    const splittable = this.#splittable(larger);
    if (!splittable && !this.#splittable(smaller)) {
      if (parent.slot >= 0) this.#free.push(parent.slot);
      return;
    }
    smaller.slot = this.#slot(leaves);
    this.#build(smaller);
    if (parent.slot < 0) {
      larger.slot = this.#slot(leaves, smaller);
      this.#build(larger);
      return;
    }
    larger.slot = parent.slot;
    this.#kernels.subtract(this.#at(parent), this.#at(smaller), this.#at(larger), this.#data.totalBins);
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
    if (leaf.slot < 0) return;
    if (this.#splittable(leaf)) this.#findSplit(leaf);
    if (leaf.split) {
      queue.push(index, leaf.split.gain);
      return;
    }
    this.#free.push(leaf.slot);
    leaf.slot = -1;
  }

  #findSplit(leaf: Leaf): void {
    const { memory, bins, firstBin } = this.#data;
    const base = this.#at(leaf) >>> 2;
    for (const feature of this.#features) {
      const find = bins[feature].kind === 'numeric' ? numericSplit : categoricalSplit;
      const at = base + firstBin[feature] * BIN_WORDS;
      const split = find(memory.i32, at, bins[feature].bins, feature, leaf.sums, this.#scales, this.#rules);
      if (split && (!leaf.split || split.gain > leaf.split.gain)) leaf.split = split;
    }
  }

  #at(leaf: Leaf): number {
    return this.#data.histogramsAt + leaf.slot * this.#data.histogramBytes;
  }

  #build(leaf: Leaf): void {
    const d = this.#data;
    this.#kernels.histogram(
      d.rowMajorAt,
      d.bins.length,
      d.offsetsAt,
      d.totalBins,
      d.entriesAt + leaf.begin * 8,
      leaf.count,
      d.workAt,
      this.#at(leaf),
    );
  }

  /** Sums over the bins of the first feature are those of the leaf. */
  #totals(leaf: Leaf): LeafSums {
    const { memory, bins } = this.#data;
    const base = this.#at(leaf) >>> 2;
    let gradient = 0;
    let hessian = 0;
    for (let bin = 0; bin < (bins[0]?.bins ?? 0); bin++) {
      gradient += memory.i32[base + bin * BIN_WORDS];
      hessian += memory.i32[base + bin * BIN_WORDS + 1];
    }
    return { gradient, hessian, count: leaf.count };
  }
}
