import type { Random } from '../../base/random.js';
import type { Matrix } from '../estimator.js';
import type { BinCache } from './bin-cache.js';
import { quantileBounds } from './quantile-bounds.js';

/**
 * How a feature's values become bytes. The last bin of every feature is for missing values, also when training had none.
 * Numeric: bin b holds values in (bounds[b - 1], bounds[b]], the last but one is open. Categorical: a byte for each known code;
 * `other` is the bin of codes that are too rare or were never seen.
 */
export type FeatureBins =
  | { readonly kind: 'numeric'; readonly bounds: Float64Array; readonly bins: number; readonly hasMissing: boolean }
  | {
      readonly kind: 'categorical';
      readonly binOf: Uint8Array;
      readonly other: number;
      readonly bins: number;
      readonly hasMissing: boolean;
    };

export interface BinningParams {
  readonly bins: number;
  readonly minBinRows: number;
}

const SAMPLE = 100_000;

/** Bins of each feature of a matrix, from a sample of its rows when there are many. Infinities count as the largest numbers. */
export function fitBins(matrix: Matrix, params: BinningParams, source: Random, shared?: BinCache): FeatureBins[] {
  const key = `${params.bins} ${params.minBinRows} ${matrix.rows > SAMPLE ? source.fork('key').uint32() : 0}`;
  const sample = sampleRows(matrix.rows, SAMPLE, source);
  return matrix.features.map(({ categories }, j) => {
    const column = matrix.columns[j];
    const fit = () => (categories > 0 ? categoricalBins(column, params) : numericBins(column, sample, params));
    return shared ? shared.bins(column, `${categories > 0} ${key}`, fit) : fit();
  });
}

/** Up to `most` distinct row numbers in ascending order: selection sampling (Knuth, TAOCP 2, algorithm S). Null is every row. */
function sampleRows(rows: number, most: number, source: Random): Uint32Array | null {
  if (rows <= most) return null;
  const chosen = new Uint32Array(most);
  let found = 0;
  for (let i = 0; found < most; i++) if ((rows - i) * source.next() < most - found) chosen[found++] = i;
  return chosen;
}

function numericBins(column: Float64Array, sample: Uint32Array | null, params: BinningParams): FeatureBins {
  let hasMissing = false;
  for (let i = 0; i < column.length && !hasMissing; i++) hasMissing = column[i] !== column[i];
  const taken = new Float64Array(sample ? sample.length : column.length);
  let found = 0;
  let zeros = 0;
  for (let i = 0; i < taken.length; i++) {
    const value = column[sample ? sample[i] : i];
    if (value === value) taken[found++] = clamp(value);
    if (value === 0) zeros++;
  }
  const sorted = taken.subarray(0, found).sort();
  const bounds = zeros > 0 ? boundsAroundZero(sorted, zeros, params) : quantileBounds(sorted, params.bins, params.minBinRows);
  return { kind: 'numeric', bounds: Float64Array.from(bounds), bins: bounds.length + 2, hasMissing };
}

/** Zeros get a bin of their own, since they are often an absence rather than a measurement; the two sides share the other bins. */
function boundsAroundZero(sorted: Float64Array, zeros: number, params: BinningParams): number[] {
  const negatives = lowerBound(sorted, 0);
  const positives = sorted.length - negatives - zeros;
  const others = negatives + positives;
  const { minBinRows } = params;
  if (others === 0 || params.bins < 3) return quantileBounds(sorted, params.bins, minBinRows);
  const room = params.bins - 1;
  const left =
    negatives === 0 ? 0 : Math.min(room - (positives > 0 ? 1 : 0), Math.max(1, Math.round((room * negatives) / others)));
  const bounds: number[] = [];
  if (negatives > 0) {
    bounds.push(...quantileBounds(sorted.subarray(0, negatives), left, minBinRows));
    bounds.push(-Number.MIN_VALUE);
  }
  if (positives > 0) {
    bounds.push(0);
    bounds.push(...quantileBounds(sorted.subarray(negatives + zeros), room - left, minBinRows));
  }
  return bounds;
}

function categoricalBins(column: Float64Array, params: BinningParams): FeatureBins {
  let largest = -1;
  let hasMissing = false;
  for (let i = 0; i < column.length; i++) {
    if (column[i] > largest) largest = column[i];
    if (column[i] !== column[i]) hasMissing = true;
  }
  const counts = new Uint32Array(largest + 1);
  for (let i = 0; i < column.length; i++) if (column[i] === column[i]) counts[column[i]]++;
  const kept: number[] = [];
  for (let code = 0; code < counts.length; code++) if (counts[code] >= params.minBinRows) kept.push(code);
  kept.sort((a, b) => counts[b] - counts[a] || a - b);
  kept.length = Math.min(kept.length, params.bins - 1);
  const binOf = new Uint8Array(kept.reduce((most, code) => Math.max(most, code + 1), 0)).fill(kept.length);
  for (let bin = 0; bin < kept.length; bin++) binOf[kept[bin]] = bin;
  return { kind: 'categorical', binOf, other: kept.length, bins: kept.length + 2, hasMissing };
}

/** Writes the byte of each value of a column at `out[offset + i * stride]`. */
export function binColumn(column: Float64Array, bins: FeatureBins, out: Uint8Array, offset: number, stride: number): void {
  if (bins.kind === 'categorical') {
    for (let i = 0, at = offset; i < column.length; i++, at += stride) out[at] = categoryBin(column[i], bins.binOf, bins.other);
    return;
  }
  const missing = bins.bins - 1;
  const { bounds } = bins;
  let top = 1;
  while (top * 2 <= bounds.length) top *= 2;
  if (bounds.length === 0) top = 0;
  for (let i = 0, at = offset; i < column.length; i++, at += stride) {
    const value = column[i];
    let below = 0;
    for (let step = top; step > 0; step >>= 1)
      if (below + step <= bounds.length && value > bounds[below + step - 1]) below += step;
    out[at] = value !== value ? missing : below;
  }
}

/** The byte of a category code; anything that is not a known code is `other`, and NaN the missing bin after it. */
export function categoryBin(code: number, binOf: Uint8Array, other: number): number {
  if (code >= 0 && code < binOf.length) return binOf[Math.trunc(code)];
  return code !== code ? other + 1 : other;
}

/** Infinities as the largest numbers, so that thresholds stay finite and leave room for missing beyond them. */
export function clamp(value: number): number {
  return value > Number.MAX_VALUE ? Number.MAX_VALUE : value < -Number.MAX_VALUE ? -Number.MAX_VALUE : value;
}

function lowerBound(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
