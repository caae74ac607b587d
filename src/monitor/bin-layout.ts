import { random } from '../base/random.js';
import { type Column, MISSING_BOOLEAN, type Scalar } from '../frame/column.js';
import { nextUp } from '../frame/windows/event-order.js';
import { SPARSE } from '../stats/distances/psi-test.js';

/** Where the values of a column are counted. The last count is always of missing values; of categories the last but one is of all others. */
export type BinLayout =
  /** A value x is in the first bin b with x <= edges[b], or in the one after the last edge. */
  | { readonly kind: 'numberBins'; readonly edges: readonly number[] }
  | { readonly kind: 'categoryBins'; readonly categories: readonly string[] };

const NUMBER_BINS = 10;
const CATEGORY_BINS = 20;
/** Enough for quantile edges; more rows do not move them. */
const EDGE_SAMPLE = 100_000;
/** Rows that choose which of many categories are listed, of every so many, and at most. They are not counted. */
const CHOOSING_SHARE = 5;
const MOST_CHOOSING = 10_000;

export interface LaidOut {
  readonly layout: BinLayout;
  /** 1 for the rows that may be counted into the bins; null for all. */
  readonly counted: Uint8Array | null;
}

/** The bins of a column. */
export function layOut(column: Column): LaidOut {
  if (column.kind === 'number' || column.kind === 'timestamp')
    return { layout: { kind: 'numberBins', edges: numberEdges(column.values) }, counted: null };
  if (column.kind === 'boolean') return { layout: { kind: 'categoryBins', categories: ['false', 'true'] }, counted: null };
  return categoryLayout(column.codes, column.dictionary);
}

/** Number of counts of a layout. */
export const binCount = (layout: BinLayout): number =>
  (layout.kind === 'numberBins' ? layout.edges.length : layout.categories.length) + 2;

/** Finds the bin of a value. */
export type Binner = (value: Scalar) => number;

export function binnerOf(layout: BinLayout): Binner {
  const missing = binCount(layout) - 1;
  if (layout.kind === 'categoryBins') {
    const positions = new Map(layout.categories.map((category, index) => [category, index]));
    return (value) => (value === null ? missing : (positions.get(String(value)) ?? missing - 1));
  }
  const edges = Float64Array.from(layout.edges);
  return (value) => {
    const number = Number(value);
    return value === null || number !== number ? missing : firstAtLeast(edges, number);
  };
}

/** The bin of each row of a column. */
export function binRows(column: Column, layout: BinLayout): Int32Array {
  const bin = binnerOf(layout);
  if (column.kind === 'string') {
    const ofCode = Int32Array.from(column.dictionary, bin);
    const missing = binCount(layout) - 1;
    return column.codes.map((code) => (code < 0 ? missing : ofCode[code]));
  }
  if (column.kind === 'boolean')
    return Int32Array.from(column.values, (value) => bin(value === MISSING_BOOLEAN ? null : value === 1));
  return Int32Array.from(column.values, bin);
}

/**
 * Edges of ten parts of about the same size; a value that makes up a tenth by itself is a part of its own; and outermost the least and the
 * largest value, beyond which there is nothing.
 */
function numberEdges(values: Float64Array): number[] {
  const stride = Math.max(1, Math.floor(values.length / EDGE_SAMPLE));
  const sample = new Float64Array(Math.ceil(values.length / stride));
  let size = 0;
  for (let i = 0; i < values.length; i += stride) if (Number.isFinite(values[i])) sample[size++] = values[i];
  if (size === 0) return [];
  const sorted = sample.subarray(0, size).sort();
  let [least, largest] = [sorted[0], sorted[size - 1]];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < least) least = value;
    if (value > largest) largest = value;
  }
  const edges = [before(least)];
  const add = (edge: number) => {
    if (edge > edges[edges.length - 1] && edge <= largest) edges.push(edge);
  };
  for (let b = 1; b <= NUMBER_BINS; b++) {
    const edge = sorted[Math.ceil((b * size) / NUMBER_BINS) - 1];
    const rows = firstAtLeast(sorted, nextUp(edge)) - firstAtLeast(sorted, edge);
    if (rows * NUMBER_BINS >= size) add(before(edge));
    if (b < NUMBER_BINS || rows * NUMBER_BINS >= size) add(edge);
  }
  add(largest);
  return edges.filter(Number.isFinite);
}

/**
 * All categories of a column that has few and none rare. Otherwise the most frequent each have a bin, and those are chosen by some of the
 * rows and counted on the others: what is frequent in a sample looks more frequent in it than it is, and what is rare is never all seen.
 * Ties by name, so that the profile does not depend on the order of rows.
 */
function categoryLayout(codes: Int32Array, dictionary: readonly string[]): LaidOut {
  const all = frequencies(codes, dictionary, null);
  if (all.length <= CATEGORY_BINS && all.every(({ count }) => count >= SPARSE)) return { layout: listed(all), counted: null };
  const source = random(codes.length).fork('choosing rows');
  const share = Math.min(1 / CHOOSING_SHARE, MOST_CHOOSING / codes.length);
  const counted = Uint8Array.from(codes, () => (source.next() < share ? 0 : 1));
  const chosen = frequencies(codes, dictionary, (row) => counted[row] === 0).slice(0, CATEGORY_BINS);
  return { layout: listed(chosen), counted };
}

const listed = (categories: readonly { readonly name: string }[]): BinLayout => ({
  kind: 'categoryBins',
  categories: categories.map(({ name }) => name),
});

function frequencies(codes: Int32Array, dictionary: readonly string[], only: ((row: number) => boolean) | null) {
  const frequency = new Uint32Array(dictionary.length);
  codes.forEach((code, row) => {
    if (code >= 0 && (only === null || only(row))) frequency[code]++;
  });
  return dictionary
    .map((name, code) => ({ name, count: frequency[code] }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
}

/** The largest number below. */
const before = (value: number): number => -nextUp(-value);

/** Index of the first edge not below x; the number of edges when all are below. */
function firstAtLeast(edges: Float64Array, x: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (edges[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low;
}
