import { expect, test } from 'vitest';
import { type Random, random } from '../base/random.js';
import { type BootstrapOptions, bootstrapDistributions, type Interval, percentileInterval, resampleSize } from './bootstrap.js';
import { metricsFor } from './metrics/catalogue.js';
import { RowSample } from './metrics/rows.js';
import { quantileSorted } from './quantile.js';

function bootstrapInterval(
  rows: number,
  whole: number,
  figure: (rows: Uint32Array) => number,
  source: Random,
  options: BootstrapOptions & { readonly confidence?: number } = {},
): Interval | null {
  const [sorted] = bootstrapDistributions(rows, [whole], (drawn) => [figure(drawn)], source, options);
  return sorted === null ? null : percentileInterval(sorted, options.confidence);
}

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

test('on many rows the interval of a figure that is biased on fewer still holds the figure itself', () => {
  const n = 60_000;
  const source = random(8);
  const predictions = Float64Array.from({ length: n }, () => source.next());
  const target = predictions.map((p) => (source.next() < p ? 1 : 0));
  const whole = { task: 'binary', outputs: 1, predictions, target, threshold: 0.5 } as const;
  const sample = new RowSample(whole, resampleSize(n));
  for (const { compute } of metricsFor('binary')) {
    const value = compute(whole);
    const interval = bootstrapInterval(n, value, (rows) => compute(sample.take(rows)), random(1), { resamples: 50 });
    expect(interval?.low).toBeLessThan(value);
    expect(interval?.high).toBeGreaterThan(value);
  }
});

test('the interval of an AUC on many rows is as wide as theory says', () => {
  const n = 100_000;
  const source = random(3);
  const target = Float64Array.from({ length: n }, () => Number(source.next() < 0.02));
  const predictions = target.map((truth) => 1 / (1 + Math.exp(-truth - source.normal())));
  const whole = { task: 'binary', outputs: 1, predictions, target, threshold: 0.5 } as const;
  const size = resampleSize(n, 2000);
  const sample = new RowSample(whole, size);
  const auc = metricsFor('binary')[0];
  const value = auc.compute(whole);
  const interval = bootstrapInterval(n, value, (rows) => auc.compute(sample.take(rows)), random(1), { resamples: 300, size });
  // DeLong: the few positives decide, by the variance of Phi(X) of X ~ N(1, 1), which is 0.0559.
  const positives = target.reduce((sum, truth) => sum + truth, 0);
  const width = 2 * 1.96 * Math.sqrt(0.0559 / positives);
  expect(((interval?.high ?? 0) - (interval?.low ?? 0)) / width).toBeGreaterThan(0.8);
  expect(((interval?.high ?? 0) - (interval?.low ?? 0)) / width).toBeLessThan(1.25);
});

test('a resample holds a hundred rows of a rarer class where twenty thousand rows can', () => {
  expect(resampleSize(300)).toBe(300);
  expect(resampleSize(1_000_000)).toBe(5000);
  expect(resampleSize(1_000_000, 10_000)).toBe(10_000);
  expect(resampleSize(1_000_000, 10)).toBe(20_000);
  expect(resampleSize(1_000_000, 0)).toBe(5000);
});

test('quantiles interpolate', () => {
  expect(quantileSorted([1, 2, 3, 4], 0.5)).toBe(2.5);
  expect(quantileSorted([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.75)).toBe(7.75);
  expect(quantileSorted([], 0.5)).toBeNaN();
});
