import { clamp, type FeatureBins } from '../trees/binning.js';
import { between } from '../trees/quantile-bounds.js';

/** Number of rows, their weight, and the weighted sums of each target. */
export interface Sums {
  rows: number;
  weight: number;
  readonly of: Float64Array;
}

export interface SplitLimits {
  readonly minRows: number;
  readonly l2: number;
}

/** A split that lowers the squared error by `gain`. */
export interface ExactSplit {
  readonly feature: number;
  readonly gain: number;
  /** Numeric: values up to this go left. */
  readonly threshold: number;
  /** Categorical: the bins that go left, the one for missing among them; null for a numeric split. */
  readonly categories: readonly number[] | null;
  readonly missingLeft: boolean;
}

/** What the rows are learnt from: targets less their mean, output by output, and weights. */
export interface Targets {
  readonly values: readonly Float64Array[];
  readonly weight: Float64Array;
}

export const emptySums = (outputs: number): Sums => ({ rows: 0, weight: 0, of: new Float64Array(outputs) });

export function addRow(sums: Sums, { values, weight }: Targets, row: number): void {
  const w = weight[row];
  sums.rows++;
  sums.weight += w;
  for (let k = 0; k < values.length; k++) sums.of[k] += w * values[k][row];
}

/** What the squared error is lowered by where rows with these sums get their mean instead of 0, `more` rows counted in. */
export function scoreOf(sums: Sums, l2: number): number {
  let squares = 0;
  for (const sum of sums.of) squares += sum * sum;
  return sums.rows === 0 ? 0 : squares / (sums.weight + l2);
}

function difference(total: Sums, part: Sums, out: Sums): void {
  out.rows = total.rows - part.rows;
  out.weight = total.weight - part.weight;
  for (let k = 0; k < out.of.length; k++) out.of[k] = total.of[k] - part.of[k];
}

/** Searches the splits of one leaf after the other; holds the sums that this takes. */
export class ExactSplits {
  readonly #targets: Targets;
  readonly #limits: SplitLimits;
  readonly #left: Sums;
  readonly #right: Sums;
  readonly #missing: Sums;
  readonly #present: Sums;

  constructor(targets: Targets, limits: SplitLimits) {
    const outputs = targets.values.length;
    this.#targets = targets;
    this.#limits = limits;
    this.#left = emptySums(outputs);
    this.#right = emptySums(outputs);
    this.#missing = emptySums(outputs);
    this.#present = emptySums(outputs);
  }

  /**
   * The best threshold between two neighbouring values of a feature, of the rows [begin, end) of its order; `best` unless there is a better
   * one. Rows where it is missing go to the better side, or by themselves.
   */
  numeric(
    feature: number,
    column: Float64Array,
    order: Uint32Array,
    begin: number,
    end: number,
    total: Sums,
    best: ExactSplit | null,
  ): ExactSplit | null {
    const missing = clear(this.#missing);
    let last = end;
    while (last > begin && column[order[last - 1]] !== column[order[last - 1]]) addRow(missing, this.#targets, order[--last]);
    difference(total, missing, this.#present);
    const left = clear(this.#left);
    const { minRows } = this.#limits;
    const most = total.rows - minRows;
    const before = scoreOf(total, this.#limits.l2);
    let found = best;
    const consider = (side: Sums, threshold: number, missingLeft: boolean): void => {
      if (side.rows < minRows || side.rows > most || side.rows === total.rows) return;
      difference(total, side, this.#right);
      const gain = scoreOf(side, this.#limits.l2) + scoreOf(this.#right, this.#limits.l2) - before;
      if (found === null || gain > found.gain) found = { feature, gain, threshold, categories: null, missingLeft };
    };
    for (let i = begin; i + 1 < last; i++) {
      const row = order[i];
      addRow(left, this.#targets, row);
      const value = clamp(column[row]);
      const next = clamp(column[order[i + 1]]);
      if (value === next || left.rows + missing.rows < minRows || left.rows > most) continue;
      const threshold = between(value, next);
      consider(left, threshold, missing.rows === 0 && 2 * left.rows >= total.rows);
      if (missing.rows === 0) continue;
      difference(total, left, this.#right);
      difference(this.#right, missing, this.#right);
      const rest = this.#right;
      if (rest.rows < minRows || rest.rows > most) continue;
      const withMissing = scoreOf(rest, this.#limits.l2);
      difference(total, rest, this.#right);
      const gain = withMissing + scoreOf(this.#right, this.#limits.l2) - before;
      if (found === null || gain > found.gain) found = { feature, gain, threshold, categories: null, missingLeft: true };
    }
    if (missing.rows > 0) consider(this.#present, Number.MAX_VALUE, false);
    return found;
  }

  /**
   * The best set of categories of a feature for the rows [begin, end): with one output the categories in the order of their means need be
   * looked at alone (Fisher 1958); with several the order of each.
   */
  categorical(
    feature: number,
    bytes: Uint8Array,
    bins: FeatureBins,
    rows: Uint32Array,
    begin: number,
    end: number,
    total: Sums,
    best: ExactSplit | null,
  ): ExactSplit | null {
    const sums = Array.from({ length: bins.bins }, () => emptySums(total.of.length));
    for (let i = begin; i < end; i++) addRow(sums[bytes[rows[i]]], this.#targets, rows[i]);
    const used = [...sums.keys()].filter((bin) => sums[bin].rows > 0);
    const { minRows, l2 } = this.#limits;
    const before = scoreOf(total, l2);
    let found = best;
    for (let k = 0; k < total.of.length; k++) {
      const order = used.toSorted((a, b) => sums[a].of[k] / sums[a].weight - sums[b].of[k] / sums[b].weight || a - b);
      const left = clear(this.#left);
      for (let i = 0; i + 1 < order.length; i++) {
        const part = sums[order[i]];
        left.rows += part.rows;
        left.weight += part.weight;
        for (let o = 0; o < left.of.length; o++) left.of[o] += part.of[o];
        if (left.rows < minRows || total.rows - left.rows < minRows) continue;
        difference(total, left, this.#right);
        const gain = scoreOf(left, l2) + scoreOf(this.#right, l2) - before;
        if (found !== null && gain <= found.gain) continue;
        const categories = order.slice(0, i + 1);
        found = { feature, gain, threshold: 0, categories, missingLeft: categories.includes(bins.bins - 1) };
      }
    }
    return found;
  }
}

function clear(sums: Sums): Sums {
  sums.rows = 0;
  sums.weight = 0;
  sums.of.fill(0);
  return sums;
}
