import { chiSquaredSurvival } from './distributions/chi-squared.js';

/** Fewest days from which the spread between days is estimated. */
export const LEAST_DAYS = 7;
/** Fewest days of each weekday from which what belongs to the weekday is taken out. */
const LEAST_WEEKS = 4;
/** How surely days must differ by more than their rows explain before that is counted: independent rows keep their sharper test. */
const SIGNIFICANT = 0.01;
/** Days are never taken to follow each other more closely than this, and never to be fewer than two independent ones. */
const MOST_PERSISTENT = 0.95;
const FEWEST_INDEPENDENT = 2;
/** Fewest independent comparisons from which directions are told apart; one, which needs the largest difference, is taken below. */
const LEAST_FREEDOM = 4;
/** Standard errors that are added to the correlation of days: to take days for more independent than they are is the worse mistake. */
const CAUTION = 1.5;

/**
 * How far the shares of whole days lie apart beyond what chance does to their rows: `excess` is the expected sum over the parts of
 * (p of the day - p of all)² / p, in units of PSI; `rank` into how many directions of about the same size it goes (1 where a mean moves);
 * `persistence` the correlation of a day with the next. `freedom` are the independent comparisons of days behind it, were there no
 * persistence.
 */
export interface DaySpread {
  readonly days: number;
  readonly excess: number;
  readonly rank: number;
  readonly persistence: number;
  readonly freedom: number;
}

export interface DayCounts {
  /** Days since 1970. */
  readonly day: number;
  readonly counts: ArrayLike<number>;
}

/**
 * The spread between days, oldest first, from the one-way analysis of variance of their counts (the method of moments for a
 * beta-binomial; Kleinman, 1973): Pearson's statistic of the days against all, divided by its degrees of freedom, is 1 where rows are
 * independent, and what it is above 1 is the days' own. The correlation of neighbours is freed of its bias towards 0 in short series
 * (Kendall, 1954).
 * @param withoutWeekdays whether what belongs to the day of the week is taken out first, for windows of whole weeks
 * @returns null where there are too few days
 */
export function spreadOfDays(days: readonly DayCounts[], withoutWeekdays = false): DaySpread | null {
  const held = days.filter(({ counts }) => total(counts) > 0);
  const groups = withoutWeekdays ? new Set(held.map(weekday)).size : 1;
  if (held.length < LEAST_DAYS || held.length < LEAST_WEEKS * groups) return null;
  const parts = commonParts(held);
  const none = { days: held.length, excess: 0, rank: 1, persistence: 0, freedom: held.length - groups };
  if (parts[0].length < 2) return none;
  const rows = parts.map(total);
  const all = total(rows);
  const shares = parts[0].map((_, b) => sum(parts.map((counts) => counts[b])) / all);
  const expected = new Map<number, number[]>();
  const groupRows = new Map<number, { rows: number; squares: number }>();
  held.forEach((day, d) => {
    const group = withoutWeekdays ? weekday(day) : 0;
    const mean = expected.get(group) ?? shares.map(() => 0);
    parts[d].forEach((count, b) => {
      mean[b] += count;
    });
    expected.set(group, mean);
    const size = groupRows.get(group) ?? { rows: 0, squares: 0 };
    size.rows += rows[d];
    size.squares += rows[d] ** 2;
    groupRows.set(group, size);
  });
  const away = held.map((day, d) => {
    const group = withoutWeekdays ? weekday(day) : 0;
    const mean = expected.get(group) as number[];
    const size = groupRows.get(group)?.rows as number;
    return parts[d].map((count, b) => (count / rows[d] - mean[b] / size) / Math.sqrt(shares[b]));
  });
  const statistic = sum(away.map((off, d) => rows[d] * dot(off, off)));
  const freedom = (held.length - groups) * (shares.length - 1);
  if (chiSquaredSurvival(statistic, freedom) > SIGNIFICANT) return none;
  const perDay = (all - sum([...groupRows.values()].map(({ rows: n, squares }) => squares / n))) / (held.length - groups);
  const excess = ((statistic / freedom - 1) * (shares.length - 1)) / perDay;
  const neighbours = away.slice(1).map((off, d) => dot(off, away[d]));
  const correlation = sum(neighbours) / neighbours.length / excess;
  const n = held.length;
  const unbiased = Math.min(MOST_PERSISTENT, Math.max(0, (correlation + groups / n) / (1 - 3 / n)));
  const persistence = Math.min(MOST_PERSISTENT, unbiased + CAUTION * Math.sqrt((1 - unbiased ** 2) / n));
  const covariance = shares.map((_, b) =>
    shares.map((__, c) => sum(away.map((off, d) => rows[d] * off[b] * off[c])) / perDay / none.freedom),
  );
  const rank = rankOf(covariance, excess, (shares.length - 1) / perDay, perDay, independentOf(none.freedom, persistence));
  return { ...none, excess, rank, persistence };
}

/**
 * Into how many directions the days' own differences go: the square of the trace of their covariance over the trace of its square, both
 * freed of their bias on few days (Srivastava, 2005) and of what rows add.
 */
function rankOf(covariance: readonly number[][], excess: number, ofRows: number, perDay: number, freedom: number): number {
  const trace = excess + ofRows;
  const squares = sum(covariance.flat().map((value) => value * value));
  const ofSquare = (freedom ** 2 / ((freedom - 1) * (freedom + 2))) * (squares - trace ** 2 / freedom);
  const ofDays = ofSquare - (2 * excess) / perDay - ofRows / perDay;
  const square = excess ** 2 - (2 * ofSquare) / freedom;
  if (freedom < LEAST_FREEDOM || !(square > 0)) return 1;
  return Math.min(covariance.length - 1, Math.max(1, ofDays > 0 ? square / ofDays : covariance.length - 1));
}

/** Independent comparisons that so many are worth when neighbours are alike (Bayley and Hammersley, 1946). */
const independentOf = (freedom: number, r: number): number => Math.max(1, ((freedom + 1) * (1 - r * r)) / (1 + r * r) - 1);

/** How much of PSI the days account for between a window and the reference, and how surely that is known. */
export interface WindowSpread {
  readonly excess: number;
  readonly rank: number;
  readonly freedom: number;
}

/**
 * The spread of a window of so many days around the reference, days following each other as an autoregression of the first order: the
 * variance of the window's mean and of the reference's, where persistent days count as fewer.
 */
export function windowSpread({ days, excess, rank, persistence: r, freedom }: DaySpread, window: number): WindowSpread {
  if (excess === 0) return { excess: 0, rank, freedom: Number.POSITIVE_INFINITY };
  const independent = Math.max(FEWEST_INDEPENDENT, (days * (1 - r)) / (1 + r));
  const ofDay = (excess * (1 - 1 / days)) / (1 - 1 / independent);
  let inWindow = 1;
  for (let lag = 1; lag < window; lag++) inWindow += 2 * (1 - lag / window) * r ** lag;
  return {
    excess: (ofDay * inWindow) / Math.max(1, window) + ofDay / independent,
    rank,
    freedom: rank * independentOf(freedom, r),
  };
}

/** The parts that hold at least a row a day on average, the others as one. */
function commonParts(days: readonly DayCounts[]): number[][] {
  const width = days[0].counts.length;
  const totals = Array.from({ length: width }, (_, b) => sum(days.map(({ counts }) => counts[b])));
  const common = [...totals.keys()].filter((b) => totals[b] >= days.length);
  const rest = [...totals.keys()].filter((b) => totals[b] > 0 && totals[b] < days.length);
  return days.map(({ counts }) => [
    ...common.map((b) => counts[b]),
    ...(rest.length > 0 ? [sum(rest.map((b) => counts[b]))] : []),
  ]);
}

const weekday = ({ day }: DayCounts): number => (((day + 4) % 7) + 7) % 7;
const total = (counts: ArrayLike<number>): number => Array.from(counts).reduce((all, count) => all + count, 0);
const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((all, value, i) => all + value * b[i], 0);
