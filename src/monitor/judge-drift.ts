import { LEAST_ROWS } from '../stats/distances/psi-test.js';
import { discoveryBound } from '../stats/false-discovery.js';
import { type DriftTest, driftTests, type LiveCounts } from './drift-tests.js';
import { unknownDays } from './reference-days.js';
import type { ReferenceBins } from './reference-profile.js';
import { type Judgement, short } from './signal-result.js';

/** Windows looked at, the newest first, and how many must show drift: the newest and another. */
export const WINDOWS = 3;
/** Fewest independent comparisons of days that say how far days differ. */
const LEAST_COMPARISONS = 2;

/** A distribution that is watched for drift. */
export interface WatchedDistribution {
  readonly name: string;
  /** The feature, or 'score'. */
  readonly of: string;
  /** PSI below which a change does not matter to the owner. */
  readonly floor: number;
  readonly reference: ReferenceBins;
  /** Live counts of consecutive windows, the newest first; older ones may be absent. */
  readonly windows: readonly LiveCounts[];
}

interface Seen {
  /** The test that says most; null when there are too few rows for any. */
  readonly test: DriftTest | null;
  readonly above: boolean;
  /** Above the floor and the null quantile, and yet not among the discoveries. */
  readonly byChance: boolean;
  /** Above the floor, and too few independent days to say whether that is more than days differ by. */
  readonly untold: boolean;
}

/**
 * Drift of everything that is watched, judged together. A window shows drift when one of its tests has an effect above the owner's
 * floor, above what chance exceeds once in a thousand at these numbers of rows, bins and days, and is a discovery at a false discovery
 * rate of 5 % over all tests of that window (Benjamini and Hochberg, 1995). The signal fires when the newest window and one of the two
 * before it show drift. Each condition is needed: the floor alone fires on small windows, the quantile alone on large ones, both
 * now and then when many features are watched, and a single odd window is not a change of the world.
 *
 * Rows of a day are alike where something belongs to the day (a holiday, the weather, the customers of that day), so that a thousand rows
 * of one day say less than a thousand of many. What chance gives is therefore what the days of the reference differ by among
 * themselves, beside what their rows explain: see `spreadOfDays`, `windowSpread` and `psiNull`. A reference of fewer than seven
 * days cannot tell, and every judgement against it says so.
 */
export function judgeDrifts(watched: readonly WatchedDistribution[]): Judgement[] {
  const seen = Array.from({ length: WINDOWS }, (_, w) => look(watched, w));
  return watched.map((each, i) => judgement(each, seen[0][i], seen.slice(1).filter((window) => window[i].above).length));
}

function look(watched: readonly WatchedDistribution[], w: number): Seen[] {
  const tests = watched.map(({ reference, windows }) => (w < windows.length ? driftTests(reference, windows[w]) : []));
  const bound = discoveryBound(tests.flat().map(({ p }) => p));
  return watched.map(({ floor }, i) => {
    const effects = tests[i].filter(({ psi, chance }) => psi > floor && psi > chance).sort((a, b) => b.psi - a.psi);
    const discovery = effects.find(({ p }) => p <= bound);
    const untold = tests[i].filter(({ psi, comparisons }) => psi > floor && comparisons < LEAST_COMPARISONS);
    return {
      test: discovery ?? effects[0] ?? untold[0] ?? tests[i][0] ?? null,
      above: discovery !== undefined,
      byChance: discovery === undefined && effects.length > 0,
      untold: discovery === undefined && untold.length > 0,
    };
  });
}

function judgement({ name, of, floor, reference, windows }: WatchedDistribution, seen: Seen, before: number): Judgement {
  if (seen.test === null) {
    const rows = total(windows[0]?.counts ?? []);
    const side = rows < LEAST_ROWS ? `${rows} live rows` : `${total(reference.counts)} reference rows`;
    const sentence = `Insufficient data to judge drift of ${of}: ${side}, ${LEAST_ROWS} are needed.`;
    return { name, state: 'insufficient', figure: null, bound: floor, rows, sentence };
  }
  const { psi: figure, chance, rows, daysDiffer } = seen.test;
  if (seen.untold) {
    const sentence = `Insufficient data: ${subject(of, seen.test)} is ${short(figure)}, above the bound (${short(floor)}), but days of the reference are so like the days before them that it is not known how far days differ.`;
    return { name, state: 'insufficient', figure, bound: floor, rows, sentence };
  }
  // Below the owner's floor it does not matter what chance would allow.
  const small = figure <= floor;
  const bound = small ? floor : Math.max(floor, chance);
  const given = daysDiffer
    ? `what ${span(windows[0].days)} of the reference with ${rows} rows may differ by`
    : `what chance gives with ${rows} rows`;
  const what = bound > floor ? given : 'the bound';
  const told = `${subject(of, seen.test)} is ${short(figure)}`;
  const fired = seen.above && before > 0;
  const verdict = fired
    ? `${told}, above ${what} (${short(bound)}), as in ${before} of the ${WINDOWS - 1} windows before.`
    : seen.above
      ? `${told}, above ${what} (${short(bound)}) in this window only; it fires when the next window or the one after is above too.`
      : seen.byChance
        ? `${told}, above ${what} (${short(bound)}), but not beyond chance among all that is watched.`
        : `${told}, not above ${what} (${short(bound)}).`;
  const unknown = unknownDays(reference.days);
  const sentence = unknown
    ? `${verdict} How far days differ by themselves is not known from the reference (${unknown}): a day unlike the others may look like drift.`
    : verdict;
  return { name, state: fired ? 'fired' : 'quiet', figure, bound, rows, sentence };
}

const SUBJECTS = {
  missing: 'missing values',
  unlisted: 'categories that the profile does not list',
  beyond: 'values where the reference has none',
};

function subject(of: string, { aspect, rows, shares }: DriftTest): string {
  if (aspect === 'values' || shares === null) return `PSI of ${of} over ${rows} rows`;
  return `${of} has ${percent(shares.live)} ${SUBJECTS[aspect]} in ${rows} rows against ${percent(shares.reference)} in the reference: PSI`;
}

const total = (counts: ArrayLike<number>) => Array.from(counts).reduce((sum, count) => sum + count, 0);
const percent = (share: number): string => `${short(100 * share)} %`;
const span = (days: number): string => (days === 1 ? 'a day' : `${days} days`);
