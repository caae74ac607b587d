import { describe, expect, test } from 'vitest';
import { random } from '../base/random.js';
import { type DayCounts, spreadOfDays, windowSpread } from './day-spread.js';

/** Days whose share of hits goes with the day; the levels are an autoregression of the given spread. */
function daysOf(count: number, rows: number, sd: number, persistence: number, seed: number, weekend = 0): DayCounts[] {
  const source = random(seed);
  let level = sd * source.normal();
  return Array.from({ length: count }, (_, day) => {
    const share = 0.5 + level + ((day + 4) % 7 < 2 ? weekend : 0);
    level = persistence * level + sd * Math.sqrt(1 - persistence ** 2) * source.normal();
    let hits = 0;
    // Every third day has half of the rows.
    const held = day % 3 === 0 ? rows / 2 : rows;
    for (let i = 0; i < held; i++) if (source.next() < share) hits++;
    return { day, counts: [hits, held - hits] };
  });
}
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the spread between days', () => {
  test('of independent rows is nothing in all but one of a hundred references', () => {
    let found = 0;
    for (let seed = 0; seed < 400; seed++) if ((spreadOfDays(daysOf(20, 100, 0, 0, seed))?.excess ?? 1) > 0) found++;
    expect(found).toBeGreaterThan(0);
    expect(found).toBeLessThan(14);
  });

  test('is what the days were given: variance over p (1 - p), few rows a day or many, unequal days', () => {
    for (const rows of [40, 400]) {
      const excess = mean(
        Array.from({ length: 100 }, (_, seed) => {
          const days = daysOf(60, rows, 0.1, 0, seed);
          return spreadOfDays(days)?.excess ?? Number.NaN;
        }),
      );
      expect(excess, `${rows} rows`).toBeGreaterThan(0.9 * (0.01 / 0.25));
      expect(excess, `${rows} rows`).toBeLessThan(1.25 * (0.01 / 0.25));
    }
  });

  test('weekdays are taken out where every one was seen four times', () => {
    const days = daysOf(28, 500, 0, 0, 3, 0.2);
    expect(spreadOfDays(days)?.excess).toBeGreaterThan(0.02);
    expect(spreadOfDays(days, true)?.excess).toBe(0);
    expect(spreadOfDays(days.slice(0, 27), true)).toBeNull();
  });

  test('fewer than seven days with rows are too few, and days without rows are none', () => {
    const days = daysOf(7, 100, 0.1, 0, 1);
    expect(spreadOfDays(days)?.days).toBe(7);
    expect(spreadOfDays([...days.slice(0, 6), { day: 9, counts: [0, 0] }])).toBeNull();
  });

  test('one part is no spread', () => {
    expect(spreadOfDays(daysOf(9, 50, 0, 0, 1).map(({ day }) => ({ day, counts: [50, 0] })))?.excess).toBe(0);
  });

  test('persistent days make longer windows and the reference less certain', () => {
    const spread = (persistence: number) => ({ days: 28, excess: 0.1, rank: 1, persistence, freedom: 27 });
    const [fresh, persistent] = [windowSpread(spread(0), 7), windowSpread(spread(0.8), 7)];
    expect(fresh.excess).toBeCloseTo(0.1 / 7 + 0.1 / 28, 3);
    expect(fresh.freedom).toBeCloseTo(27, 9);
    expect(persistent.excess).toBeGreaterThan(4 * fresh.excess);
    expect(persistent.freedom).toBeLessThan(6);
    expect(windowSpread(spread(0), 1).excess).toBeGreaterThan(fresh.excess);
  });
});
