import { LEAST_ROWS, type PsiTest, psiTest } from '../stats/distances/psi-test.js';
import { shareTest } from '../stats/distances/share-test.js';
import type { ReferenceBins } from './reference-profile.js';

/** What a test of a distribution looks at: its values, the share of missing ones, or the share of categories the profile does not list. */
export type DriftAspect = 'values' | 'missing' | 'unlisted';

export interface DriftTest extends PsiTest {
  readonly aspect: DriftAspect;
  readonly rows: number;
  /** Shares of the rows; null of values. */
  readonly shares: { readonly reference: number; readonly live: number } | null;
}

/** Counts of the values alone: without missing ones and unlisted categories. */
export function valueCounts(bins: ReferenceBins, counts: ArrayLike<number>): number[] {
  return Array.from(counts).slice(0, bins.kind === 'categoryBins' ? -2 : -1);
}

/**
 * The tests that one distribution is given. Its parts are told apart, so that each change is called by its name: how many values are
 * missing, how many of the others are categories that the profile does not list, and how the rest is distributed. A part with too few
 * rows on either side has no test.
 */
export function driftTests(bins: ReferenceBins, live: ArrayLike<number>): DriftTest[] {
  const missing = bins.counts.length - 1;
  const reference = [...valueCounts(bins, bins.counts)];
  const current = valueCounts(bins, live);
  const [n, m] = [sum(reference), sum(current)];
  const unlisted = bins.kind === 'categoryBins' ? ([bins.counts[missing - 1], live[missing - 1]] as const) : ([0, 0] as const);
  const tests: DriftTest[] = [];
  if (n >= LEAST_ROWS && m >= LEAST_ROWS) {
    const values = psiTest(reference, current);
    if (values) tests.push({ aspect: 'values', rows: m, shares: null, ...values });
  }
  const share = (aspect: DriftAspect, hits: readonly [number, number], rows: readonly [number, number]) => {
    if (Math.min(...rows) < LEAST_ROWS || hits[0] + hits[1] === 0) return;
    const shares = { reference: hits[0] / rows[0], live: hits[1] / rows[1] };
    tests.push({ aspect, rows: rows[1], shares, ...shareTest(hits[0], rows[0], hits[1], rows[1]) });
  };
  const present = [n + unlisted[0], m + unlisted[1]] as const;
  share('missing', [bins.counts[missing], live[missing]], [present[0] + bins.counts[missing], present[1] + live[missing]]);
  share('unlisted', unlisted, present);
  return tests;
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
