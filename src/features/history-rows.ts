import { fail } from '../base/error.js';
import type { SystemPlan } from '../define/plan.js';
import { columnOf, type Frame } from '../frame/frame.js';
import { availability } from './availability.js';

/** Which rows of a source an online store is to be fed with. Moments are epoch milliseconds. */
export interface HistoryRange {
  /** Rows that became known after this; minus infinity for all. */
  readonly since: number;
  /** Rows that were known by this. */
  readonly until: number;
  /** Rows that happened before this; infinity unless given. */
  readonly before?: number;
  /** Rows that happened from here on; the longest window before `until` unless given. */
  readonly from?: number;
}

/** The rows of a source by whether they are fed, and if not, why. */
export interface HistoryRows {
  /** Rows to feed, in the order of the source. */
  readonly rows: Int32Array;
  /** The moment from which on rows are fed. */
  readonly from: number;
  /** When the last of them became known; null without any. */
  readonly reached: number | null;
  /** Rows from before the longest window. */
  readonly older: number;
  /** Rows that became known by `since`. */
  readonly earlier: number;
  /** Rows that are known only later, and when the first and last of them are. */
  readonly later: { readonly rows: number; readonly from: number; readonly to: number } | null;
  /** Rows that lack the moment at which they happened or became known: they are in no window. */
  readonly untimed: number;
}

/**
 * Chooses the rows of a source that the windows over it can reach.
 * @throws MW_FEATURES_TIME_MISSING for a source without event times
 */
export function historyRows(
  plan: Pick<SystemPlan, 'sources' | 'views'>,
  name: string,
  source: Frame,
  range: HistoryRange,
): HistoryRows {
  const { time } = plan.sources[name] as SystemPlan['sources'][string];
  const at = time === null ? null : columnOf(source, time);
  const known = availability(plan, name, source);
  if (at?.kind !== 'timestamp' || known === null)
    fail('MW_FEATURES_TIME_MISSING', {
      what: `Source '${name}' has no moments, so the windows over it can be fed nothing.`,
      where: { source: name },
    });
  const { since, until, before = Number.POSITIVE_INFINITY, from = until - longestWindow(plan, name) } = range;
  const rows: number[] = [];
  let reached = Number.NEGATIVE_INFINITY;
  let older = 0;
  let earlier = 0;
  let later = 0;
  let laterFrom = Number.POSITIVE_INFINITY;
  let laterTo = Number.NEGATIVE_INFINITY;
  let untimed = 0;
  for (let row = 0; row < source.rows; row++) {
    const happened = at.values[row] as number;
    const knownAt = known[row] as number;
    if (Number.isNaN(happened) || Number.isNaN(knownAt)) untimed++;
    else if (knownAt > until || happened >= before) {
      later++;
      laterFrom = Math.min(laterFrom, Math.max(knownAt, until));
      laterTo = Math.max(laterTo, Math.max(knownAt, until));
    } else if (happened < from) older++;
    else if (knownAt <= since) earlier++;
    else {
      rows.push(row);
      reached = Math.max(reached, knownAt);
    }
  }
  return {
    rows: Int32Array.from(rows),
    from,
    reached: rows.length === 0 ? null : reached,
    older,
    earlier,
    later: later === 0 ? null : { rows: later, from: laterFrom, to: laterTo },
    untimed,
  };
}

/** The sources that views are over. */
export const fedSources = ({ views }: Pick<SystemPlan, 'views'>): readonly string[] => [
  ...new Set(views.map(({ source }) => source)),
];

function longestWindow({ views }: Pick<SystemPlan, 'views'>, name: string): number {
  const own = views.filter(({ source }) => source === name);
  return Math.max(...own.flatMap(({ aggregates }) => aggregates.flatMap(({ windows }) => windows.map(({ span }) => span))));
}
