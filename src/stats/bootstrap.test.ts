import { expect, test } from 'vitest';
import { random } from '../base/random.js';
import { bootstrapInterval, probabilityBetter, quantileSorted } from './bootstrap.js';

const normals = (n: number, seed: number, mean = 0) => {
  const source = random(seed);
  return Float64Array.from({ length: n }, () => mean + source.normal());
};
const meanOf = (values: Float64Array, rows: Uint32Array) =>
  rows.reduce((sum, row) => sum + (values[row] as number), 0) / rows.length;
const all = (n: number) => Uint32Array.from({ length: n }, (_, i) => i);

test('a 95 % interval of a mean holds the truth about 95 times in 100, below and above the subsampling size', () => {
  for (const [n, runs] of [
    [100, 200],
    [40_000, 12],
  ] as const) {
    let held = 0;
    for (let run = 0; run < runs; run++) {
      const values = normals(n, 1000 + run);
      const interval = bootstrapInterval(n, meanOf(values, all(n)), (rows) => meanOf(values, rows), random(run), {
        resamples: n > 1000 ? 60 : 200,
      });
      if (interval && interval.low <= 0 && interval.high >= 0) held++;
    }
    expect(held / runs).toBeGreaterThan(0.88);
    if (n === 100) expect(held / runs).toBeLessThan(0.99);
  }
});

test('an interval narrows with the root of the rows', () => {
  const width = (n: number) => {
    const values = normals(n, 5);
    const interval = bootstrapInterval(n, meanOf(values, all(n)), (rows) => meanOf(values, rows), random(1), { resamples: 80 });
    return (interval?.high ?? 0) - (interval?.low ?? 0);
  };
  expect(width(100_000) / width(1000)).toBeGreaterThan(0.07);
  expect(width(100_000) / width(1000)).toBeLessThan(0.14);
});

test('the better of two is found on the same rows, and equals are a coin toss', () => {
  const n = 2000;
  const a = normals(n, 1, 0.1);
  const b = normals(n, 2);
  const difference = (rows: Uint32Array) => meanOf(a, rows) - meanOf(b, rows);
  expect(probabilityBetter(n, difference(all(n)), difference, 0, random(3))).toBeGreaterThan(0.95);
  expect(probabilityBetter(n, 0, () => 0, 0, random(3))).toBe(0);
  expect(probabilityBetter(1, 0, () => 0, 0, random(3))).toBeNull();
});

test('quantiles interpolate', () => {
  expect(quantileSorted([1, 2, 3, 4], 0.5)).toBe(2.5);
  expect(quantileSorted([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.75)).toBe(7.75);
  expect(quantileSorted([], 0.5)).toBeNaN();
});
