import { describe, expect, test } from 'vitest';
import { random } from '../../base/random.js';
import { metricOf, metricsFor } from '../metrics/catalogue.js';
import { hasEnoughRows } from './enough-rows.js';
import { meanInterval } from './mean-interval.js';
import { metricInterval } from './metric-interval.js';
import { shareInterval } from './share-interval.js';
import { studentQuantile } from './student.js';
import { WORLDS } from './testing/worlds.js';

test("Student's t by its tables", () => {
  for (const [freedom, wanted] of [
    [5, 2.5706],
    [10, 2.2281],
    [19, 2.093],
    [99, 1.9842],
  ] as const)
    expect(studentQuantile(0.975, freedom)).toBeCloseTo(wanted, 2);
  expect(studentQuantile(0.975, 99)).toBeCloseTo(1.98422, 5);
});

test('the interval of a share is that of Wilson', () => {
  // statsmodels.stats.proportion.proportion_confint(count, nobs, method='wilson')
  const { low, high } = shareInterval(8, 10) ?? { low: 0, high: 0 };
  expect(low).toBeCloseTo(0.49016248, 7);
  expect(high).toBeCloseTo(0.94331784, 7);
  expect(shareInterval(0, 20)?.low).toBe(0);
  expect(shareInterval(20, 20)?.high).toBe(1);
  expect(shareInterval(0, 0)).toBeNull();
});

test('the interval of a mean is that of Student where values lie even, and leans to a long tail', () => {
  const even = Float64Array.from({ length: 101 }, (_, i) => i - 50);
  const { low, high } = meanInterval(even) ?? { low: 0, high: 0 };
  expect(low).toBeCloseTo(-high, 9);
  expect(high).toBeCloseTo((1.984 * Math.sqrt(even.reduce((sum, x) => sum + x * x, 0) / 100)) / Math.sqrt(101), 2);
  const source = random(1);
  const skewed = Float64Array.from({ length: 100 }, () => Math.exp(source.normal()));
  const mean = skewed.reduce((sum, x) => sum + x / 100, 0);
  const leaning = meanInterval(skewed) ?? { low: 0, high: 0 };
  expect(leaning.high - mean).toBeGreaterThan(1.1 * (mean - leaning.low));
  expect(meanInterval(Float64Array.of(3, 3, 3))).toEqual({ low: 3, high: 3 });
  expect(meanInterval(Float64Array.of(3))).toBeNull();
});

describe('intervals of metrics', () => {
  test.each(WORLDS)(
    'hold their own figure, keep to what the metric can be, and narrow with the root of the rows: $name',
    ({ draw }) => {
      const source = random(41);
      const [few, many] = [draw(400, source), draw(40_000, source)];
      for (const metric of metricsFor(few.task)) {
        const [a, b] = [few, many].map((rows) => {
          const value = metric.compute(rows);
          const { low, high } = metricInterval(metric, rows, value) ?? { low: Number.NaN, high: Number.NaN };
          expect(low).toBeLessThanOrEqual(value);
          expect(high).toBeGreaterThanOrEqual(value);
          if (metric.name !== 'r2') expect(low).toBeGreaterThanOrEqual(0);
          if (metric.scale === 'share' || metric.name === 'r2') expect(high).toBeLessThanOrEqual(1);
          return high - low;
        });
        expect(b / a).toBeLessThan(0.2);
        if (metric.name !== 'ece') expect(b / a).toBeGreaterThan(0.03);
      }
    },
  );

  test('of an ECE reaches down to 0 where the probabilities may be right, and does not where they are not', () => {
    const source = random(5);
    const ece = metricOf('ece');
    const lows = WORLDS.slice(0, 2).map(({ draw }) => {
      const rows = draw(2000, source);
      return metricInterval(ece, rows, ece.compute(rows))?.low ?? Number.NaN;
    });
    expect(lows[0]).toBe(0);
    expect(lows[1]).toBeGreaterThan(0.03);
  });

  test('of figures at their ends are intervals, not points', () => {
    const target = Float64Array.from({ length: 60 }, (_, i) => i % 2);
    const rows = {
      task: 'binary',
      outputs: 1,
      predictions: target.map((y) => (y + 0.1) / 1.2),
      target,
      threshold: 0.5,
    } as const;
    for (const name of ['auc', 'prauc', 'accuracy', 'precision', 'recall', 'f1']) {
      const interval = metricInterval(metricOf(name), rows, 1);
      expect(interval?.high).toBe(1);
      expect(interval?.low).toBeLessThan(0.999);
      expect(interval?.low).toBeGreaterThan(0.75);
    }
  });
});

test('there are enough rows from twenty of each class on', () => {
  const of = (counts: readonly number[], task: 'binary' | 'multiclass') => ({
    task,
    outputs: task === 'binary' ? 1 : 3,
    target: Float64Array.from(counts.flatMap((count, k) => Array<number>(count).fill(k))),
    predictions: new Float64Array(0),
    threshold: 0.5,
  });
  expect([of([20, 20], 'binary'), of([500, 19], 'binary'), of([500], 'binary')].map(hasEnoughRows)).toEqual([
    true,
    false,
    false,
  ]);
  expect(
    [of([20, 30, 20], 'multiclass'), of([20, 0, 20], 'multiclass'), of([90, 90, 3], 'multiclass')].map(hasEnoughRows),
  ).toEqual([true, true, false]);
});
