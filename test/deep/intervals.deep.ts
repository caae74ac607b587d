import { describe, expect, test } from 'vitest';
import { CoverageCount, WORLDS } from '../../src/stats/intervals/testing/worlds.js';
import { deepRun } from './deep-run.js';

const ROWS = [100, 1000] as const;
/** Standard errors of a count that chance alone is allowed to move it, over the 150 counts that are made. */
const BEYOND = 4;
/** Cases that are looked at together. */
const BATCH = 50;
/** An ECE of 0 can be missed at its upper end alone, so that intervals may hold it more often. */
const mayHoldMore = (world: string, metric: string): boolean => metric === 'ece' && world === 'two classes';

describe('95 % intervals', () => {
  for (const world of WORLDS)
    for (const rows of ROWS)
      test(`hold 93 to 97 of 100 true figures, and always their own: ${world.name}, ${rows} rows`, async () => {
        let counts: CoverageCount | null = null;
        const share = 1 / (WORLDS.length * ROWS.length);
        await deepRun({ name: `intervals of ${world.name}, ${rows} rows`, full: 80, share }, (source) => {
          counts ??= new CoverageCount(world, source);
          for (let i = 0; i < BATCH; i++) counts.sample(rows, source.fork(i));
        });
        for (const { metric, given, held, heldItself } of (counts as CoverageCount | null)?.coverage ?? []) {
          expect(`${metric}: ${heldItself}`).toBe(`${metric}: ${given}`);
          expect(given, metric).toBeGreaterThan(0);
          const off = (bound: number) => (held - bound * given) / Math.sqrt(bound * (1 - bound) * given);
          expect(off(0.93), `${metric}: ${held} of ${given}`).toBeGreaterThan(-BEYOND);
          if (!mayHoldMore(world.name, metric)) expect(off(0.97), `${metric}: ${held} of ${given}`).toBeLessThan(BEYOND);
        }
      });
});
