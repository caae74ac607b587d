import fc from 'fast-check';
import { expect, test } from 'vitest';
import { r2 } from './r2.js';

/** Numbers around 1e9 are multiples of this, so that whole numbers say what R² is. */
const UNIT = 2 ** -20;

test('of numbers far from 0 and close together is right to its last digits', () => {
  const around = (spread: number) => fc.integer({ min: -spread, max: spread }).map((units) => 1e9 + units * UNIT);
  const pairs = fc.array(fc.tuple(around(3000), around(3000)), { minLength: 2, maxLength: 200 });
  fc.assert(
    fc.property(pairs, (rows) => {
      const units = rows.map(
        ([truth, said]) => [BigInt(Math.round((truth - 1e9) / UNIT)), BigInt(Math.round((said - 1e9) / UNIT))] as const,
      );
      const n = BigInt(rows.length);
      const sum = units.reduce((total, [truth]) => total + truth, 0n);
      const squares = units.reduce((total, [truth]) => total + truth * truth, 0n);
      const errors = units.reduce((total, [truth, said]) => total + (truth - said) ** 2n, 0n);
      const variance = n * squares - sum * sum;
      if (variance === 0n) return;
      const wanted = 1 - Number(n * errors) / Number(variance);
      const predictions = Float64Array.from(rows, ([, said]) => said);
      const target = Float64Array.from(rows, ([truth]) => truth);
      const found = r2.compute({ task: 'regression', outputs: 1, predictions, target, threshold: 0.5 });
      expect(Math.abs(found - wanted)).toBeLessThan(1e-12 * (1 + Math.abs(wanted)));
    }),
    { numRuns: 300, seed: 2 },
  );
});
