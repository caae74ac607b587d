import { type WindowSpread, windowSpread } from '../stats/day-spread.js';
import { exceedanceTest } from '../stats/distances/exceedance-test.js';
import { LEAST_ROWS, type PsiTest, psiTest } from '../stats/distances/psi-test.js';
import { shareTest } from '../stats/distances/share-test.js';
import { type PartsOf, partsOf } from './bin-parts.js';
import { spreadOfWindow } from './reference-days.js';
import type { ReferenceBins } from './reference-profile.js';

/** What a test of a distribution looks at: one of its parts, or the share of values that lie where the reference has none. */
export type DriftAspect = PartsOf | 'beyond';

export interface DriftTest extends PsiTest {
  readonly aspect: DriftAspect;
  readonly rows: number;
  /** Shares of the rows; null of values. */
  readonly shares: { readonly reference: number; readonly live: number } | null;
  /** Whether what days differ by adds to what chance gives. */
  readonly daysDiffer: boolean;
  /** Independent comparisons of days behind that; infinite where days do not differ or are not known. */
  readonly comparisons: number;
}

/** Live rows of a window: counts by the bins of the reference, and of how many days (UTC) they are. */
export interface LiveCounts {
  readonly counts: ArrayLike<number>;
  readonly days: number;
}

/**
 * The tests that one distribution is given. Its parts are told apart, so that each change is called by its name: how many values are
 * missing, how many of the others are categories that the profile does not list, or lie where the reference has no values, and how the
 * rest is distributed. A part with too few rows on either side has no test. Each is judged against what rows and days of the reference
 * differ by among themselves.
 */
export function driftTests(bins: ReferenceBins, live: LiveCounts): DriftTest[] {
  const reference = partsOf(bins, bins.counts);
  const current = partsOf(bins, live.counts);
  const spread = (of: PartsOf) => spreadOfWindow(bins.days, of, live.days);
  const tests: DriftTest[] = [];
  const [n, m] = [sum(reference.values), sum(current.values)];
  const enough = n >= LEAST_ROWS && m >= LEAST_ROWS;
  if (enough) {
    const days = spread('values');
    const values = psiTest(occupied(reference.values, reference.values), occupied(reference.values, current.values), days);
    if (values) tests.push({ aspect: 'values', rows: m, shares: null, ...behind(days), ...values });
  }
  const share = (aspect: 'missing' | 'unlisted') => {
    const [hits, others] = reference[aspect];
    const [liveHits, liveOthers] = current[aspect];
    const rows = [hits + others, liveHits + liveOthers] as const;
    if (Math.min(...rows) < LEAST_ROWS || hits + liveHits === 0) return;
    const shares = { reference: hits / rows[0], live: liveHits / rows[1] };
    const days = spread(aspect);
    tests.push({ aspect, rows: rows[1], shares, ...behind(days), ...shareTest(hits, rows[0], liveHits, rows[1], days) });
  };
  share('missing');
  share('unlisted');
  if (enough && bins.kind === 'numberBins') {
    const test = beyondTest(bins, reference.values, live, current.values);
    if (test) tests.push(test);
  }
  return tests;
}

/** Values where the reference has none; what makes days differ makes rows of a day alike, and so fewer. */
function beyondTest(bins: ReferenceBins, reference: number[], live: LiveCounts, current: number[]): DriftTest | null {
  const gaps = reference.filter((count) => count === 0).length;
  const hits = sum(current.filter((_, b) => reference[b] === 0));
  if (gaps === 0 || hits === 0) return null;
  const [n, m] = [sum(reference), sum(current)];
  const known = bins.days?.spread.values.plain ?? null;
  const freedom = Math.max(1, reference.length - gaps - 1);
  const alike = (rows: number, excess: number) => 1 + ((rows - 1) * excess) / freedom;
  const inWindow = known && windowSpread(known, Math.max(1, live.days));
  // A spread between a reference and its own like counts both.
  const effect = known &&
    inWindow && {
      reference: alike(n, windowSpread(known, known.days).excess / 2),
      live: alike(m, inWindow.excess),
    };
  const shares = { reference: 0, live: hits / m };
  return { aspect: 'beyond', rows: m, shares, ...behind(inWindow), ...exceedanceTest(gaps, n, hits, m, effect ?? undefined) };
}

/** What is known of the days behind a test. */
function behind(days: WindowSpread | null): Pick<DriftTest, 'daysDiffer' | 'comparisons'> {
  const daysDiffer = days !== null && days.excess > 0;
  return { daysDiffer, comparisons: daysDiffer ? days.freedom / days.rank : Number.POSITIVE_INFINITY };
}

/** Counts without the bins where the reference has no values: what fell there is counted with the next bin that has some, or the last. */
function occupied(reference: readonly number[], counts: readonly number[]): number[] {
  const kept: number[] = [];
  let waiting = 0;
  reference.forEach((held, b) => {
    if (held === 0) {
      waiting += counts[b];
      return;
    }
    kept.push(counts[b] + waiting);
    waiting = 0;
  });
  if (kept.length > 0) kept[kept.length - 1] += waiting;
  return kept;
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
