import { fail } from '../base/error.js';
import { emptyRecord } from '../base/record.js';
import type { Column } from '../frame/column.js';
import type { Frame } from '../frame/frame.js';
import { type BinLayout, binCount, binRows, layOut } from './bin-layout.js';
import { type DaysOfRows, daysOfRows, type ReferenceDays, referenceDays } from './reference-days.js';

/** How a model version's inputs and scores were distributed when it was trained. Plain data: stored as JSON with the version. */
export interface ReferenceProfile {
  readonly kind: 'referenceProfile';
  /**
   * 1 knew neither days nor where the reference has no values, and counted frequent categories on the rows that chose them; it is judged
   * by what it knows, and the judgement says so.
   */
  readonly format: 1 | 2;
  readonly version: string;
  readonly rows: number;
  /** By feature name; the model's own score is under 'score'. */
  readonly features: Readonly<Record<string, ReferenceBins>>;
}

/**
 * Counts of the reference rows. A number bin that holds none is a place where the reference has no values: below the least, above the
 * largest, beside a value that makes up a large part.
 */
export type ReferenceBins = BinLayout & {
  readonly counts: readonly number[];
  /** How days differ; null where it is not known which day a row is of. */
  readonly days: ReferenceDays | null;
};

export const SCORE = 'score';
const FORMATS: readonly unknown[] = [1, 2];

/** When the rows of a profile happened, epoch ms; null where that is not known. */
export interface ProfileTimes {
  readonly table: Float64Array | null;
  readonly scores: Float64Array | null;
}

/** The profile of a version from the feature values of its training rows and the scores of rows it did not learn from. */
export function buildProfile(
  version: string,
  table: Frame,
  scores: Float64Array,
  times: ProfileTimes = { table: null, scores: null },
): ReferenceProfile {
  const features = emptyRecord<ReferenceBins>();
  const days = times.table && daysOfRows(times.table);
  for (const [name, column] of Object.entries(table.columns)) features[name] = profileColumn(column, days);
  features[SCORE] = profileColumn({ kind: 'number', values: scores }, times.scores && daysOfRows(times.scores));
  return { kind: 'referenceProfile', format: 2, version, rows: table.rows, features };
}

function profileColumn(column: Column, days: DaysOfRows | null): ReferenceBins {
  const { layout, counted } = layOut(column);
  const bins = binRows(column, layout);
  if (counted) for (let row = 0; row < bins.length; row++) if (counted[row] === 0) bins[row] = -1;
  const counts = Array.from({ length: binCount(layout) }, () => 0);
  for (const bin of bins) if (bin >= 0) counts[bin]++;
  return { ...layout, counts, days: days && referenceDays(layout, bins, days) };
}

/**
 * A stored profile, checked. One of an earlier format is read as what it knows.
 * @throws MW_MONITOR_PROFILE_INVALID
 */
export function readProfile(data: unknown): ReferenceProfile {
  const profile = data as ReferenceProfile | null;
  const sound =
    profile?.kind === 'referenceProfile' &&
    FORMATS.includes(profile.format) &&
    typeof profile.version === 'string' &&
    Number.isInteger(profile.rows) &&
    Object.values(profile.features ?? { none: null }).every((bins) => soundBins(bins, profile.format));
  if (!sound)
    fail('MW_MONITOR_PROFILE_INVALID', { what: 'A stored reference profile has not the form that this version reads.' });
  if (profile.format === 2) return profile;
  const features = Object.entries(profile.features).map(([name, bins]) => [name, { ...bins, days: null }] as const);
  return { ...profile, features: Object.fromEntries(features) };
}

function soundBins(data: unknown, format: number): boolean {
  const bins = data as ReferenceBins | null;
  if (!bins || !Array.isArray(bins.counts) || !bins.counts.every((count) => Number.isInteger(count) && count >= 0))
    return false;
  if (format === 2 && !soundDays(bins.days)) return false;
  if (bins.kind === 'categoryBins') return bins.counts.length === bins.categories?.length + 2;
  return (
    bins.kind === 'numberBins' &&
    Array.isArray(bins.edges) &&
    bins.counts.length === bins.edges.length + 2 &&
    bins.edges.every((edge, i) => Number.isFinite(edge) && (i === 0 || edge > bins.edges[i - 1]))
  );
}

function soundDays(data: unknown): boolean {
  const days = data as ReferenceDays | null | undefined;
  if (days === null) return true;
  return (
    Number.isInteger(days?.days) &&
    [days?.spread?.values, days?.spread?.missing, days?.spread?.unlisted].every(
      (known) => known && [known.plain, known.weekly].every((each) => each === null || soundSpread(each)),
    )
  );
}

const soundSpread = (spread: unknown): boolean =>
  ['days', 'excess', 'rank', 'persistence', 'freedom'].every((name) =>
    Number.isFinite((spread as Record<string, unknown>)?.[name]),
  );
