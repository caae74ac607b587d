import { type Monotone, scanBounded } from './bounded-scan.js';
import { scanCategories } from './category-scan.js';
import type { Memory } from './layout.js';
import { isBounded, type LeafBounds, neededWithin, within } from './leaf-bounds.js';
import { exp } from './math.js';
import { scanNumeric } from './numeric-scan.js';
import {
  chunkRows,
  type Found,
  type LeafSums,
  leafValue,
  NO_LEAF,
  type Scales,
  type ScanRules,
  type TreeArena,
} from './tree-arena.js';
import { BIN_WORDS, plainTreeKernels } from './tree-kernels.js';

/** A leaf whose thresholds are searched; `wanted` is false when only its histogram is needed. */
export interface SearchedLeaf {
  readonly histogramAt: number;
  readonly sums: LeafSums;
  readonly wanted: boolean;
  readonly bounds: LeafBounds;
}

/** A split to be carried out: the range of entries that the table of `arena.tableAt` parts by the column of a feature. */
export interface Division {
  readonly feature: number;
  readonly begin: number;
  readonly count: number;
}

/** A range of the row list that became a leaf, with the L2 penalty and the bounds of its value. */
export interface LeafRange {
  readonly begin: number;
  readonly count: number;
  readonly l2: number;
  readonly bounds: LeafBounds;
}

/** Losses whose gradients the engine computes itself. */
export type EngineLoss = 'binary' | 'squared' | 'poisson' | 'softmax';

/** Factor of Poisson hessians: a score raised by 0.7, which keeps steps small. */
export const POISSON_CAUTION = exp(0.7);

/** The steps of tree learning over one memory: what threads share the work of. Results never depend on their number. */
export interface TreeEngine {
  readonly memory: Memory;
  /**
   * Bytes of a column for a numeric feature: how many of the ascending bounds (at most 255) are below each value, `missing` for NaN. Uses the room
   * of the scores.
   */
  binColumn(column: number, values: Float64Array, bounds: Float64Array, missing: number): void;
  /** Copies the columns of bytes into rows of bytes. */
  turn(): void;
  /** From now on histograms need to hold these features only, in ascending order. */
  choose(features: readonly number[]): void;
  /** Gets ready for the gradients of the present scores, of every output; false where the objective must compute them itself. */
  prepare(loss: EngineLoss): boolean;
  /**
   * Writes the pairs of all rows for one output, by the scores at the last `prepare` (or the present ones of a single output); returns
   * the largest absolute gradient and the largest hessian. Undefined where the objective must do it itself.
   */
  gradients(loss: EngineLoss, output: number): { gradient: number; hessian: number } | undefined;
  /** Sets the row list: ascending numbers of rows. */
  list(rows: Uint32Array): void;
  /** Quantizes the pairs of the first `count` entries, as TreeKernels says; returns their sums. */
  quantize(count: number, gradientScale: number, hessianScale: number, key: number): LeafSums;
  /** Sorts a range of entries by the table and the column of a feature; returns how many go left. */
  partition(feature: number, begin: number, count: number): number;
  /**
   * Builds the histogram of the `small` leaf from its range of entries, subtracts it from that of `large` (that of their parent) when
   * there is one, and finds the best splits of both among the enabled features; the sets of categories only of a leaf
   * without bounds. With a division given, that is carried out first.
   */
  search(
    begin: number,
    count: number,
    small: SearchedLeaf,
    large: SearchedLeaf | undefined,
    scales: Scales,
    rules: ScanRules,
    division?: Division,
  ): [Found | undefined, Found | undefined];
  /**
   * Values of leaves from the exact gradients of their rows, added to an output of the rows' scores. Every listed row must be in one of
   * the leaves; other rows stay as they are.
   */
  settleLeaves(leaves: readonly LeafRange[], learningRate: number, l1: number, output: number): Float64Array;
  /** Ends the work; the memory stays readable. */
  close(): void;
}

/** The byte of a feature whose categories are searched. */
export const CATEGORICAL = 4;
/** What the byte of another feature means for its thresholds: not searched, free, rising, falling. */
const MONOTONE: readonly Monotone[] = [0, 0, 1, -1];

/** The byte of a feature whose thresholds are searched. */
export function enabledByte(monotone: number): number {
  return monotone === 0 ? 1 : monotone > 0 ? 2 : 3;
}

/** Writes the numbers of rows into a row list. */
export function listRows({ u32 }: Memory, entriesAt: number, rows: Uint32Array): void {
  for (let i = 0, entry = entriesAt >>> 2; i < rows.length; i++, entry += 2) u32[entry] = rows[i];
}

/** The engine in plain TypeScript: the specification of the threaded one. */
export function plainTreeEngine(memory: Memory, arena: TreeArena): TreeEngine {
  const kernels = plainTreeKernels(memory);
  const { f32, f64, u8, u32, i32 } = memory;

  const scanAll = (leaf: SearchedLeaf, scales: Scales, rules: ScanRules): Found | undefined => {
    let best: Found | undefined;
    const { bounds } = leaf;
    const bounded = isBounded(bounds);
    let needed = neededWithin(leaf.sums, scales, rules, bounds);
    for (let feature = 0; feature < arena.features; feature++) {
      const enabled = u8[arena.enabledAt + feature];
      if (!enabled) continue;
      const monotone = MONOTONE[enabled];
      const first = i32[(arena.offsetsAt >>> 2) + feature];
      const bins = i32[(arena.offsetsAt >>> 2) + feature + 1] - first;
      const at = (leaf.histogramAt >>> 2) + first * BIN_WORDS;
      if (enabled === CATEGORICAL && bounded) continue;
      const found =
        enabled === CATEGORICAL
          ? scanCategories(i32, at, bins, feature, leaf.sums, scales, rules, needed)
          : bounded || monotone !== 0
            ? scanBounded(i32, at, bins, feature, leaf.sums, scales, rules, needed, monotone, bounds)
            : scanNumeric(i32, at, bins, feature, leaf.sums, scales, rules, needed);
      if (!found) continue;
      best = found;
      needed = found.score;
    }
    return best;
  };

  const partition = (feature: number, begin: number, count: number): number => {
    const column = arena.columnsAt + feature * arena.rows;
    return kernels.partition(column, arena.tableAt, arena.entriesAt + 8 * begin, count, arena.scratchAt);
  };

  return {
    memory,
    binColumn(feature, values, bounds, missing) {
      const column = arena.columnsAt + feature * arena.rows;
      for (let i = 0; i < values.length; i++) {
        let low = 0;
        let high = bounds.length;
        while (low < high) {
          const middle = (low + high) >> 1;
          if (values[i] > bounds[middle]) low = middle + 1;
          else high = middle;
        }
        u8[column + i] = values[i] === values[i] ? low : missing;
      }
    },
    turn() {
      const { rows, features, rowMajorAt, rowBytes, columnsAt } = arena;
      for (let j = 0; j < features; j++)
        for (let i = 0; i < rows; i++) u8[rowMajorAt + i * rowBytes + j] = u8[columnsAt + j * rows + i];
    },
    choose() {},
    list(rows) {
      listRows(memory, arena.entriesAt, rows);
    },
    prepare: () => false,
    gradients: () => undefined,
    quantize(count, gradientScale, hessianScale, key) {
      const { pairsAt, entriesAt, largestAt } = arena;
      kernels.quantize(pairsAt, entriesAt, count, gradientScale, hessianScale, key, largestAt);
      return { gradient: f64[largestAt >>> 3], hessian: f64[(largestAt >>> 3) + 1], count };
    },
    partition,
    search(begin, count, small, large, scales, rules, division) {
      if (division) partition(division.feature, division.begin, division.count);
      const { rowMajorAt, rowBytes, features, offsetsAt, totalBins, entriesAt, workAt } = arena;
      const listAt = entriesAt + 8 * begin;
      kernels.histogram(rowMajorAt, rowBytes, features, 0, offsetsAt, totalBins, listAt, count, workAt, small.histogramAt);
      if (large) kernels.subtract(large.histogramAt, small.histogramAt, large.histogramAt, totalBins);
      return [
        small.wanted ? scanAll(small, scales, rules) : undefined,
        large?.wanted ? scanAll(large, scales, rules) : undefined,
      ];
    },
    settleLeaves(leaves, learningRate, l1, output) {
      const { rows, entriesAt, pairsAt, scoresAt, outputs } = arena;
      const leafOf = new Uint16Array(rows).fill(NO_LEAF);
      leaves.forEach(({ begin, count }, leaf) => {
        for (let i = begin; i < begin + count; i++) leafOf[u32[(entriesAt >>> 2) + 2 * i]] = leaf;
      });
      const size = chunkRows(rows);
      const sums = new Float64Array(Math.ceil(rows / size) * leaves.length * 2);
      for (let row = 0; row < rows; row++) {
        if (leafOf[row] === NO_LEAF) continue;
        const at = 2 * (Math.floor(row / size) * leaves.length + leafOf[row]);
        sums[at] += f32[(pairsAt >>> 2) + 2 * row];
        sums[at + 1] += f32[(pairsAt >>> 2) + 2 * row + 1];
      }
      const values = leafValues(leaves, sums, learningRate, l1);
      for (let row = 0; row < rows; row++)
        if (leafOf[row] !== NO_LEAF) f64[(scoresAt >>> 3) + row * outputs + output] += values[leafOf[row]];
      return values;
    },
    close() {},
  };
}

/** Values of leaves from their sums in each chunk. */
export function leafValues(leaves: readonly LeafRange[], sums: Float64Array, learningRate: number, l1: number): Float64Array {
  return Float64Array.from(leaves, ({ l2, bounds }, leaf) => {
    let gradient = 0;
    let hessian = 0;
    for (let at = 2 * leaf; at < sums.length; at += 2 * leaves.length) {
      gradient += sums[at];
      hessian += sums[at + 1];
    }
    return learningRate * within(leafValue(gradient, hessian, l1, l2), bounds);
  });
}
