import { expect, test } from 'vitest';
import { driftAlarms } from '../../bench/monitoring/drift-alarms.js';
import { DRIFT_WORLDS, POWER_WORLDS } from '../../bench/monitoring/drift-worlds.js';
import { qualityAlarms, truthOf } from '../../bench/monitoring/quality-alarms.js';
import { QUALITY_WORLDS } from '../../bench/monitoring/quality-worlds.js';
import { incompleteBeta } from '../../src/stats/distributions/f.js';
import { deepRun } from './deep-run.js';

/** How unlikely a count must be before it is called a fault and not chance. */
const FAULT = 1e-6;
/** Features watched at a time: one of each shape. */
const FEATURES = 9;
const MOST_FALSE_REPORTS = 0.05;
const MOST_FALSE_SIGNALS = 0.06;

/** P(at least `hits` of `rows`) where each comes with probability `share`. */
const atLeast = (hits: number, rows: number, share: number): number =>
  hits === 0 ? 1 : incompleteBeta(share, hits, rows - hits + 1);

interface Tally {
  hits: number;
  all: number;
}

/** Counts by name; each draw of a case is independent of all others. */
class Tallies {
  readonly #by = new Map<string, Tally>();

  add(name: string, hits: number, all: number): void {
    const tally = this.#by.get(name) ?? { hits: 0, all: 0 };
    this.#by.set(name, { hits: tally.hits + hits, all: tally.all + all });
  }

  /** Names whose hits are more than a share of `most` explains. */
  above(most: number): string[] {
    return [...this.#by]
      .filter(([, { hits, all }]) => atLeast(hits, all, most) < FAULT)
      .map(([name, { hits, all }]) => `${name}: ${hits} of ${all}`);
  }
}

test('where nothing drifts at most 5 % of reports raise an alarm, whatever the days and rows are like', async () => {
  const tallies = new Tallies();
  await deepRun({ name: 'false drift reports', full: 200 * DRIFT_WORLDS.length, share: 0.4 }, (source, index) => {
    const world = DRIFT_WORLDS[index % DRIFT_WORLDS.length];
    // One report a reference: reports on the same reference are not independent.
    const { alarmed, reports } = driftAlarms({ ...world, features: FEATURES }, 1, 1, source.below(2 ** 31));
    tallies.add(world.name, alarmed, reports);
    tallies.add('all worlds', alarmed, reports);
  });
  expect(tallies.above(MOST_FALSE_REPORTS)).toEqual([]);
});

test('a shift of independent rows is found', async () => {
  const tallies = new Tallies();
  const [small, usual, few] = POWER_WORLDS;
  const cases = [
    { world: small, shift: 0.8, missed: 0.05 },
    { world: usual, shift: 0.5, missed: 0.05 },
    { world: few, shift: 0.8, missed: 0.05 },
  ];
  await deepRun({ name: 'shifts found', full: 300, share: 0.2 }, (source, index) => {
    const { world, shift } = cases[index % cases.length];
    const { fired } = driftAlarms({ ...world, features: 1 }, 1, 1, source.below(2 ** 31), { shift });
    tallies.add(world.name, 1 - fired, 1);
  });
  expect(tallies.above(cases[0].missed)).toEqual([]);
});

test('a quality signal whose bound is the truth fires in at most 6 % of windows, for every metric at every size', async () => {
  const tallies = new Tallies();
  const truths = new Map<string, ReadonlyMap<string, number>>();
  const sizes = [200, 500, 1000, 5000];
  const windows = 25;
  await deepRun(
    { name: 'false quality signals', full: 80 * QUALITY_WORLDS.length * sizes.length, share: 0.4 },
    (source, index) => {
      const rows = sizes[index % sizes.length];
      const world = QUALITY_WORLDS[Math.floor(index / sizes.length) % QUALITY_WORLDS.length];
      const known = truths.get(world.name) ?? truthOf(world, 17);
      truths.set(world.name, known);
      for (const { metric, worse } of qualityAlarms(world, known, rows, windows, source.below(2 ** 31))) {
        tallies.add(`${metric} of ${rows} rows, ${world.name}`, worse, windows);
        tallies.add(`${metric} of all rows`, worse, windows);
      }
    },
  );
  expect(tallies.above(MOST_FALSE_SIGNALS)).toEqual([]);
});
