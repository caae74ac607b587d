import { random } from '../../base/random.js';
import { pause } from '../data.js';
import type { FitContext, TrainingData } from '../estimator.js';
import { usableRows } from '../gbdt/boost.js';
import type { Objective } from '../gbdt/objective.js';
import { binColumn, clamp, type FeatureBins, fitBins } from '../trees/binning.js';
import type { Forest } from '../trees/forest.js';
import { LeafQueue } from '../trees/leaf-queue.js';
import { addRow, type ExactSplit, ExactSplits, emptySums, type Sums, type Targets } from './exact-splits.js';
import { orderOf, partition } from './sorted-columns.js';

export interface TreeLimits {
  readonly leaves: number;
  readonly maxDepth: number;
  readonly minRows: number;
  readonly minGain: number;
  readonly l2: number;
}

/** Part of the whole squared error that a split must take away to be more than rounding. */
const ROUNDING = 1e-12;

/** Thresholds of numbers are found without bins. */
const UNBINNED: FeatureBins = { kind: 'numeric', bounds: new Float64Array(0), bins: 2, hasMissing: false };

interface Node {
  readonly begin: number;
  readonly end: number;
  readonly depth: number;
  readonly sums: Sums;
  split: ExactSplit | null;
  /** Left child, the right one comes after it; 0 in leaves. */
  left: number;
}

/**
 * Grows one tree (CART, Breiman et al. 1984), the best leaf first, over every threshold between two neighbouring values. Each feature's
 * rows are sorted once and stay so within every leaf. With several outputs the leaves hold one value for each, and a split is as good
 * as the sum over them.
 */
export async function growExact(data: TrainingData, objective: Objective, limits: TreeLimits, context: FitContext) {
  const growth = new ExactGrowth(data, objective, limits);
  const nodes = await growth.grow(context);
  return growth.result(nodes);
}

class ExactGrowth {
  /** The means of the targets, which sums are taken from for the sake of their digits. */
  readonly #means: Float64Array;
  readonly #data: TrainingData;
  readonly #limits: TreeLimits;
  readonly #rows: Uint32Array;
  readonly #targets: Targets;
  readonly #bins: readonly FeatureBins[];
  /** Rows by each numeric feature; those of all categorical ones in one order. */
  readonly #orders: readonly (Uint32Array | null)[];
  /** Bins of each categorical feature, row by row. */
  readonly #bytes: readonly (Uint8Array | null)[];
  readonly #splits: ExactSplits;
  readonly #least: number;
  readonly #goesLeft: Uint8Array;
  readonly #spare: Uint32Array;

  constructor(data: TrainingData, objective: Objective, limits: TreeLimits) {
    const { matrix, target, weight } = data;
    this.#data = data;
    this.#limits = limits;
    this.#means = objective.start(data);
    this.#rows = usableRows(data).slice();
    const outputs = objective.outputs;
    this.#targets = {
      values: Array.from({ length: outputs }, (_, k) =>
        target.map((y) => (outputs === 1 ? y : Number(y === k)) - this.#means[k]),
      ),
      weight: weight ?? new Float64Array(matrix.rows).fill(1),
    };
    const categorical = matrix.features.map(({ categories }) => categories > 0);
    const coded = {
      rows: matrix.rows,
      columns: matrix.columns.filter((_, j) => categorical[j]),
      features: matrix.features.filter((_, j) => categorical[j]),
    };
    const binned = fitBins(coded, { bins: 255, minBinRows: 1 }, random(0));
    this.#bins = categorical.map((isCategorical) => (isCategorical ? (binned.shift() as FeatureBins) : UNBINNED));
    this.#orders = matrix.columns.map((column, j) => (categorical[j] ? null : orderOf(column, this.#rows)));
    this.#bytes = matrix.columns.map((column, j) => {
      if (!categorical[j]) return null;
      const bytes = new Uint8Array(matrix.rows);
      binColumn(column, this.#bins[j], bytes, 0, 1);
      return bytes;
    });
    this.#splits = new ExactSplits(this.#targets, limits);
    this.#goesLeft = new Uint8Array(matrix.rows);
    this.#spare = new Uint32Array(this.#rows.length);
    let squares = 0;
    for (const row of this.#rows)
      for (const values of this.#targets.values) squares += this.#targets.weight[row] * values[row] * values[row];
    this.#least = Math.max(limits.minGain, ROUNDING * squares);
  }

  async grow({ signal, onProgress }: FitContext): Promise<Node[]> {
    const nodes: Node[] = [this.#node(0, this.#rows.length, 0)];
    const queue = new LeafQueue();
    this.#search(nodes[0], 0, queue);
    for (let leaves = 1; leaves < this.#limits.leaves; leaves++) {
      const at = queue.pop();
      if (at < 0) break;
      await pause(signal);
      onProgress?.({ step: 'fit', done: leaves, total: this.#limits.leaves });
      const node = nodes[at];
      const middle = this.#divide(node, node.split as ExactSplit);
      node.left = nodes.length;
      nodes.push(this.#node(node.begin, middle, node.depth + 1), this.#node(middle, node.end, node.depth + 1));
      this.#search(nodes[node.left], node.left, queue);
      this.#search(nodes[node.left + 1], node.left + 1, queue);
    }
    return nodes;
  }

  /** The tree as a forest, with one of the same shape for each output, and what each feature has gained. */
  result(nodes: readonly Node[]): { forest: Forest; start: Float64Array; gain: Float64Array; leaves: number } {
    const { features } = this.#data.matrix;
    const outputs = this.#means.length;
    const all = nodes.length * outputs;
    const slot = new Int32Array(all);
    const threshold = new Float64Array(all);
    const left = new Int32Array(all);
    const value = new Float64Array(all);
    const cover = new Uint32Array(all);
    const sets: number[] = [];
    const gain = new Float64Array(features.length);
    for (let k = 0; k < outputs; k++)
      nodes.forEach((node, i) => {
        const at = k * nodes.length + i;
        const { split, sums } = node;
        cover[at] = sums.rows;
        if (node.left === 0 || split === null) {
          left[at] = at;
          threshold[at] = Infinity;
          value[at] = this.#valueOf(node, k);
          return;
        }
        left[at] = k * nodes.length + node.left;
        if (k === 0) gain[split.feature] += split.gain;
        slot[at] = split.categories ? -1 - split.feature : 2 * split.feature + (split.missingLeft ? 0 : 1);
        threshold[at] = split.categories ? sets.length / 8 : split.threshold;
        if (split.categories) sets.push(...wordsOf(split.categories));
      });
    const categories = this.#bins.map((bins) => (bins.kind === 'numeric' ? null : { binOf: bins.binOf, other: bins.other }));
    const roots = Int32Array.from({ length: outputs + 1 }, (_, k) => k * nodes.length);
    const forest = { features: categories, roots, slot, threshold, left, value, cover, sets: Uint32Array.from(sets) };
    return { forest, start: new Float64Array(outputs), gain, leaves: nodes.filter((node) => node.left === 0).length };
  }

  /** The mean of a leaf, shrunk to that of all rows; of equal targets their value, to the bit. */
  #valueOf({ begin, end, sums }: Node, k: number): number {
    const values = this.#targets.values[k];
    const rows = this.#rows.subarray(begin, end);
    const first = rows[0];
    if (this.#limits.l2 > 0 || rows.some((row) => values[row] !== values[first]))
      return this.#means[k] + sums.of[k] / (sums.weight + this.#limits.l2);
    const { target } = this.#data;
    return this.#means.length === 1 ? target[first] : Number(target[first] === k);
  }

  #node(begin: number, end: number, depth: number): Node {
    const sums = emptySums(this.#means.length);
    for (let i = begin; i < end; i++) addRow(sums, this.#targets, this.#rows[i]);
    return { begin, end, depth, sums, split: null, left: 0 };
  }

  #search(node: Node, at: number, queue: LeafQueue): void {
    const { begin, end, depth, sums } = node;
    const { maxDepth, minRows } = this.#limits;
    if (sums.rows < 2 * minRows || (maxDepth > 0 && depth >= maxDepth)) return;
    const { columns } = this.#data.matrix;
    let best: ExactSplit | null = null;
    for (let j = 0; j < columns.length; j++) {
      const order = this.#orders[j];
      best = order
        ? this.#splits.numeric(j, columns[j], order, begin, end, sums, best)
        : this.#splits.categorical(j, this.#bytes[j] as Uint8Array, this.#bins[j], this.#rows, begin, end, sums, best);
    }
    if (best === null || !(best.gain > this.#least)) return;
    node.split = best;
    queue.push(at, best.gain, 0);
  }

  /** Puts the rows of the left side first in all orders; returns where the right side begins. */
  #divide({ begin, end }: Node, { feature, threshold, categories, missingLeft }: ExactSplit): number {
    const column = this.#data.matrix.columns[feature];
    const bytes = this.#bytes[feature];
    let middle = begin;
    for (let i = begin; i < end; i++) {
      const row = this.#rows[i];
      const value = clamp(column[row]);
      const left = categories
        ? categories.includes((bytes as Uint8Array)[row])
        : value === value
          ? value <= threshold
          : missingLeft;
      this.#goesLeft[row] = left ? 1 : 0;
      if (left) middle++;
    }
    partition(this.#rows, begin, end, this.#goesLeft, this.#spare);
    for (const order of this.#orders) if (order) partition(order, begin, end, this.#goesLeft, this.#spare);
    return middle;
  }
}

/** A set of bins, 8 words of 32 bits. */
function wordsOf(bins: readonly number[]): Uint32Array {
  const words = new Uint32Array(8);
  for (const bin of bins) words[bin >> 5] |= 1 << (bin & 31);
  return words;
}
