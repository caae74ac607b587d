import { expect, test } from 'vitest';
import { random } from '../../base/random.js';
import { contextOf, matrixOf } from '../testing/examples.js';
import { bayes } from './estimator.js';

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

test('is the posterior of Bayes rule with normal densities and smoothed shares', async () => {
  const source = random(3);
  const target = Float64Array.from({ length: 200 }, () => source.below(2));
  const x = target.map((y) => 1e4 + y + source.normal());
  const c = target.map((y) => (source.below(3) === 0 ? source.below(4) : y));
  const matrix = matrixOf([x, c], [0, 5]);
  const predicted = (await bayes.fit({ matrix, target }, { smoothing: 2 }, contextOf('binary'))).predict(matrix);
  const xs = [...x];
  const all = mean(xs.map((v) => (v - mean(xs)) ** 2));
  for (let i = 0; i < 200; i += 7) {
    const [none, one] = [0, 1].map((k) => {
      const rows = [...target.keys()].filter((r) => target[r] === k);
      const m = mean(rows.map((r) => x[r]));
      const v = mean(rows.map((r) => (x[r] - m) ** 2)) + 1e-9 * all;
      const same = rows.filter((r) => c[r] === c[i]).length;
      const density = Math.exp(-((x[i] - m) ** 2) / (2 * v)) / Math.sqrt(v);
      return (rows.length * density * (same + 2)) / (rows.length + 2 * 5);
    });
    expect(predicted[i]).toBeCloseTo(one / (none + one), 10);
  }
});

test('says the share of a class when every value is missing or was never seen', async () => {
  const matrix = matrixOf([Float64Array.of(1, 2, 3, 4), Float64Array.of(0, 1, 1, 0)], [0, 9]);
  const model = await bayes.fit({ matrix, target: Float64Array.of(1, 0, 0, 0) }, {}, contextOf('binary'));
  const out = new Float64Array(1);
  for (const [x, c] of [
    [Number.NaN, Number.NaN],
    [Infinity, 7],
    [-Infinity, -1],
  ]) {
    model.predictRow(Float64Array.of(x, c), out);
    expect(out[0]).toBeCloseTo(0.25, 12);
  }
});

test('never predicts a class without rows', async () => {
  const matrix = matrixOf([Float64Array.of(1, 2, 3, 4)]);
  const model = await bayes.fit({ matrix, target: Float64Array.of(0, 1, 0, 1) }, {}, contextOf('multiclass'));
  const out = new Float64Array(3);
  for (const x of [2, 1e9, -1e300]) {
    model.predictRow(Float64Array.of(x), out);
    expect(out[2]).toBe(0);
    expect(out[0] + out[1]).toBeCloseTo(1, 12);
  }
});
