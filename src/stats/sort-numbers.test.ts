import fc from 'fast-check';
import { expect, test } from 'vitest';
import { random } from '../base/random.js';
import { sortNumbers } from './sort-numbers.js';

test('sorts as the built-in sort does: any numbers, few and many, ties, a part of a buffer', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 40 }), fc.nat(2000), (some, n) => {
      const values = Float64Array.from({ length: n }, (_, i) => some[(i * 7) % some.length]);
      const buffer = new Float64Array(n + 3).fill(-1);
      buffer.set(values, 2);
      sortNumbers(buffer.subarray(2, n + 2));
      expect(buffer.slice(2, n + 2)).toEqual(values.sort());
      expect([buffer[0], buffer[1], buffer[n + 2]]).toEqual([-1, -1, -1]);
    }),
    { seed: 4, numRuns: 60 },
  );
  const source = random(1);
  const normals = Float64Array.from({ length: 20_000 }, () => source.normal());
  expect(sortNumbers(normals.slice())).toEqual(normals.sort());
});
