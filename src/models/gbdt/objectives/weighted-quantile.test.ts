import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { weightedQuantile } from './weighted-quantile.js';

const rows = fc.array(fc.tuple(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true })), fc.nat({ max: 4 })), {
  minLength: 1,
  maxLength: 60,
});
const shares = fc.constantFrom(0.001, 0.1, 0.25, 0.5, 0.75, 0.9, 0.999);

/** By sorting the repetitions. */
function plain(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1];
}

test('a quantile is that of the sorted values, and a weight of n counts like n of them', () => {
  fc.assert(
    fc.property(rows, shares, (drawn, share) => {
      const values = drawn.map(([value]) => value);
      expect(weightedQuantile(Float64Array.from(values), undefined, share)).toBe(plain(values, share));
      const repeated = drawn.flatMap(([value, times]) => Array<number>(times).fill(value));
      if (repeated.length === 0) return;
      const weights = Float64Array.from(drawn, ([, times]) => times);
      expect(weightedQuantile(Float64Array.from(values), weights, share)).toBe(plain(repeated, share));
    }),
    { seed: 6, numRuns: 2000 },
  );
});

test('weights that do not add up exactly still give one of the values', () => {
  const weight = fc.double({ min: 1e-9, max: 1e9, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer(), weight), { minLength: 1, maxLength: 60 }), shares, (drawn, share) => {
      const values = drawn.map(([value]) => value);
      const found = weightedQuantile(
        Float64Array.from(values),
        Float64Array.from(drawn, ([, w]) => w),
        share,
      );
      const total = drawn.reduce((sum, [, w]) => sum + w, 0);
      const upTo = drawn.reduce((sum, [value, w]) => sum + (value <= found ? w : 0), 0);
      const under = drawn.reduce((sum, [value, w]) => sum + (value < found ? w : 0), 0);
      expect(values).toContain(found);
      expect(upTo).toBeGreaterThanOrEqual(share * total * (1 - 1e-12));
      expect(under).toBeLessThanOrEqual(share * total * (1 + 1e-12));
    }),
    { seed: 7, numRuns: 1000 },
  );
});
