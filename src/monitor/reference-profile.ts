import { fail } from '../base/error.js';
import { type Column, MISSING_BOOLEAN, type Scalar } from '../frame/column.js';
import type { Frame } from '../frame/frame.js';

/** How a model version's inputs and scores were distributed when it was trained. Plain data: stored as JSON with the version. */
export interface ReferenceProfile {
  readonly kind: 'referenceProfile';
  readonly format: 1;
  readonly version: string;
  readonly rows: number;
  /** By feature name; the model's own score is under 'score'. */
  readonly features: Readonly<Record<string, ReferenceBins>>;
}

/** Counts of the reference rows. The last count is always of missing values; of categories the last but one is of all others. */
export type ReferenceBins =
  /** A value x is in the first bin b with x <= edges[b], or in the one after the last edge. */
  | { readonly kind: 'numberBins'; readonly edges: readonly number[]; readonly counts: readonly number[] }
  | { readonly kind: 'categoryBins'; readonly categories: readonly string[]; readonly counts: readonly number[] };

export const SCORE = 'score';
const NUMBER_BINS = 10;
const CATEGORY_BINS = 20;
/** Enough for quantile edges; more rows do not move them. */
const EDGE_SAMPLE = 100_000;

/** The profile of a version from the feature values of its training or validation rows and its scores for them. */
export function buildProfile(version: string, table: Frame, scores: Float64Array): ReferenceProfile {
  const features: Record<string, ReferenceBins> = {};
  for (const [name, column] of Object.entries(table.columns)) features[name] = profileColumn(column);
  features[SCORE] = numberBins(scores);
  return { kind: 'referenceProfile', format: 1, version, rows: table.rows, features };
}

/**
 * A stored profile, checked.
 * @throws MW_MONITOR_PROFILE_INVALID
 */
export function readProfile(data: unknown): ReferenceProfile {
  const profile = data as Partial<ReferenceProfile> | null;
  const sound =
    profile?.kind === 'referenceProfile' &&
    profile.format === 1 &&
    typeof profile.version === 'string' &&
    Number.isInteger(profile.rows) &&
    Object.values(profile.features ?? { none: null }).every(soundBins);
  if (!sound)
    fail('MW_MONITOR_PROFILE_INVALID', { what: 'A stored reference profile has not the form that this version reads.' });
  return profile as ReferenceProfile;
}

function soundBins(data: unknown): boolean {
  const bins = data as ReferenceBins | null;
  if (!bins || !Array.isArray(bins.counts) || !bins.counts.every((count) => Number.isInteger(count) && count >= 0))
    return false;
  if (bins.kind === 'categoryBins') return bins.counts.length === bins.categories?.length + 2;
  return (
    bins.kind === 'numberBins' &&
    Array.isArray(bins.edges) &&
    bins.counts.length === bins.edges.length + 2 &&
    bins.edges.every((edge, i) => Number.isFinite(edge) && (i === 0 || edge > bins.edges[i - 1]))
  );
}

/** Finds the bin of a value. */
export type Binner = (value: Scalar) => number;

export function binnerOf(bins: ReferenceBins): Binner {
  const missing = bins.counts.length - 1;
  if (bins.kind === 'categoryBins') {
    const positions = new Map(bins.categories.map((category, index) => [category, index]));
    return (value) => (value === null ? missing : (positions.get(String(value)) ?? missing - 1));
  }
  const edges = Float64Array.from(bins.edges);
  return (value) => {
    const number = Number(value);
    return value === null || number !== number ? missing : firstAtLeast(edges, number);
  };
}

function profileColumn(column: Column): ReferenceBins {
  if (column.kind === 'number' || column.kind === 'timestamp') return numberBins(column.values);
  if (column.kind === 'boolean') {
    const counts = [0, 0, 0, 0];
    for (const value of column.values) {
      const bin = value === MISSING_BOOLEAN ? 3 : value;
      counts[bin]++;
    }
    return { kind: 'categoryBins', categories: ['false', 'true'], counts };
  }
  return categoryBins(column.codes, column.dictionary);
}

function numberBins(values: Float64Array): ReferenceBins {
  const stride = Math.max(1, Math.floor(values.length / EDGE_SAMPLE));
  const sample = new Float64Array(Math.ceil(values.length / stride));
  let size = 0;
  for (let i = 0; i < values.length; i += stride) if (Number.isFinite(values[i])) sample[size++] = values[i];
  const sorted = sample.subarray(0, size).sort();
  const edges: number[] = [];
  const bins = size > 0 ? NUMBER_BINS : 0;
  for (let b = 1; b < bins; b++) {
    const edge = sorted[Math.ceil((b * size) / bins) - 1];
    if (edge > (edges.at(-1) ?? Number.NEGATIVE_INFINITY) && edge < sorted[size - 1]) edges.push(edge);
  }
  const search = Float64Array.from(edges);
  const counts = Array.from({ length: edges.length + 2 }, () => 0);
  for (const value of values) {
    const bin = value !== value ? edges.length + 1 : firstAtLeast(search, value);
    counts[bin]++;
  }
  return { kind: 'numberBins', edges, counts };
}

/** The most frequent categories each have a bin; ties by name, so that the profile does not depend on the order of rows. */
function categoryBins(codes: Int32Array, dictionary: readonly string[]): ReferenceBins {
  const frequency = new Uint32Array(dictionary.length);
  let missing = 0;
  for (const code of codes) {
    if (code < 0) missing++;
    else frequency[code]++;
  }
  const byFrequency = dictionary
    .map((name, code) => ({ name, count: frequency[code] }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  const kept = byFrequency.slice(0, CATEGORY_BINS);
  const other = byFrequency.slice(CATEGORY_BINS).reduce((total, { count }) => total + count, 0);
  return {
    kind: 'categoryBins',
    categories: kept.map(({ name }) => name),
    counts: [...kept.map(({ count }) => count), other, missing],
  };
}

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
