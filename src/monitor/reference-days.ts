import {
  type DayCounts,
  type DaySpread,
  LEAST_DAYS,
  spreadOfDays,
  type WindowSpread,
  windowSpread,
} from '../stats/day-spread.js';
import { type BinLayout, binCount } from './bin-layout.js';
import { type PartsOf, partsOf } from './bin-parts.js';

const DAY = 86_400_000;

/** How the days of a reference differ by themselves; null where there are too few days to tell, or too few weeks. */
export interface KnownSpread {
  readonly plain: DaySpread | null;
  /** Without what belongs to the day of the week. */
  readonly weekly: DaySpread | null;
}

export interface ReferenceDays {
  readonly days: number;
  readonly spread: Readonly<Record<PartsOf, KnownSpread>>;
}

/** The days (UTC) of rows, oldest first, and the place among them of each row's; -1 of a row without a time. */
export interface DaysOfRows {
  readonly days: readonly number[];
  readonly places: Int32Array;
}

export function daysOfRows(times: Float64Array): DaysOfRows {
  const numbers = times.map((time) => Math.floor(time / DAY));
  const days = [...new Set(numbers)].filter((day) => !Number.isNaN(day)).sort((a, b) => a - b);
  const placeOf = new Map(days.map((day, place) => [day, place]));
  return { days, places: Int32Array.from(numbers, (day) => placeOf.get(day) ?? -1) };
}

/** Counts the rows of each day by their bins and compares the days; a bin of -1 is not counted. */
export function referenceDays(layout: BinLayout, bins: Int32Array, rows: DaysOfRows): ReferenceDays {
  const width = binCount(layout);
  const table = new Float64Array(rows.days.length * width);
  for (let row = 0; row < bins.length; row++)
    if (bins[row] >= 0 && rows.places[row] >= 0) table[rows.places[row] * width + bins[row]]++;
  const days = rows.days
    .map((day, place) => ({ day, counts: table.subarray(place * width, (place + 1) * width) }))
    .filter(({ counts }) => counts.some((count) => count > 0))
    .map(({ day, counts }) => ({ day, parts: partsOf(layout, counts) }));
  const spread = (of: PartsOf): KnownSpread => {
    const counts = days.map(({ day, parts }): DayCounts => ({ day, counts: parts[of] }));
    return { plain: spreadOfDays(counts), weekly: spreadOfDays(counts, true) };
  };
  return { days: days.length, spread: { values: spread('values'), missing: spread('missing'), unlisted: spread('unlisted') } };
}

/** What a window over so many days may differ by because days do; null where that is not known. Whole weeks hold every weekday alike. */
export function spreadOfWindow(known: ReferenceDays | null, of: PartsOf, days: number): WindowSpread | null {
  if (known === null || days === 0) return null;
  const { plain, weekly } = known.spread[of];
  const spread = (days % 7 === 0 ? weekly : null) ?? plain;
  return spread && windowSpread(spread, days);
}

/** Why the spread between days is not known; null where it is. */
export function unknownDays(known: ReferenceDays | null): string | null {
  if (known === null) return 'which day its rows are of is not known';
  if (known.days >= LEAST_DAYS) return null;
  return `its rows are of ${known.days} ${known.days === 1 ? 'day' : 'days'}, ${LEAST_DAYS} are needed`;
}
