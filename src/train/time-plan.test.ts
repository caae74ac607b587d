import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { TimePlan } from './time-plan.js';

const budgets = fc.record({
  budget: fc.integer({ min: 1, max: 1_000_000 }),
  cost: fc.double({ min: 0.1, max: 20, noNaN: true }),
  passed: fc.double({ min: 0, max: 1.5, noNaN: true }),
  best: fc.option(fc.double({ min: 0, max: 1_000_000, noNaN: true })),
  first: fc.boolean(),
});

test('whatever a trial does with its time, a final fit still ends within a tenth of the budget', () => {
  fc.assert(
    fc.property(budgets, ({ budget, cost, passed, best, first }) => {
      const now = 1000 + passed * budget;
      const limits = new TimePlan(1000, budget, cost).limits(now, best, first);
      const deadline = 1000 + budget;
      const slack = 1e-6 * (1 + budget);
      if (limits === null) {
        expect(best).not.toBe(null);
        expect(now + cost * (best as number)).toBeGreaterThanOrEqual(deadline - slack);
        return;
      }
      expect(limits.enough).toBeLessThanOrEqual(Math.max(now, deadline));
      expect(limits.enough).toBeLessThanOrEqual(Math.max(now, limits.late) + slack);
      const ends = (took: number) => now + took + cost * took;
      expect(ends(limits.enough - now)).toBeLessThanOrEqual(Math.max(now, deadline) + slack);
      if (best === null) return;
      // It wins as late as it may, or is given up then and the best so far is fitted.
      for (const end of [ends(limits.late - now), limits.late + cost * best])
        expect(end).toBeLessThanOrEqual(deadline + 0.1 * budget + slack);
    }),
    { numRuns: 500, seed: 1 },
  );
});

test('without a budget there is no limit', () => {
  const time = new TimePlan(0, null, 2);
  expect(time.limits(5, 1e9, true)).toEqual({ enough: Number.POSITIVE_INFINITY, late: Number.POSITIVE_INFINITY });
  expect(time.left(5)).toBe(Number.POSITIVE_INFINITY);
});

test('a first trial leaves time for others, and a search that is out of time begins none', () => {
  const time = new TimePlan(0, 100, 0.1);
  expect(time.limits(0, 1, true)?.enough).toBeCloseTo(51);
  expect(time.limits(0, 1, false)?.enough).toBeGreaterThan(75);
  expect(time.limits(99.95, 1, false)).toBe(null);
});
