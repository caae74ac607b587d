import { expect, test } from 'vitest';
import { random } from '../../base/random.js';
import { linear } from '../linear/estimator.js';
import type { LinearModel } from '../linear/linear-model.js';
import { contextOf, matrixOf } from '../testing/examples.js';
import { elastic } from './estimator.js';

const ROWS = 300;
const source = random(14);
const columns = Array.from({ length: 8 }, () => Float64Array.from({ length: ROWS }, () => source.normal()));
for (let i = 0; i < ROWS; i++) columns[1][i] += 0.8 * columns[0][i];
const target = columns[0].map((x, i) => 5 + 3 * x - 2 * columns[1][i] + 0.5 * source.normal());
const weight = target.map(() => source.below(3));
const data = { matrix: matrixOf(columns), target, weight };
const context = contextOf('regression');

const total = weight.reduce((sum, w) => sum + w, 0);
const mean = (values: Float64Array): number => values.reduce((sum, value, i) => sum + weight[i] * value, 0) / total;
const centre = mean(target);
const deviation = Math.sqrt(mean(target.map((y) => (y - centre) ** 2)));
const fit = async (params: Record<string, unknown>): Promise<LinearModel> =>
  (await elastic.fit(data, params, context)) as LinearModel;

test('is ridge regression in closed form without the l1 part', async () => {
  const model = await fit({ penalty: 0.3, l1Ratio: 0 });
  const ridge = (await linear.fit(data, { l2: 0.3 * total }, context)) as LinearModel;
  model.weights.forEach((w, j) => {
    expect(w).toBeCloseTo(ridge.weights[j], 6);
  });
  expect(model.summary.converged).toBe(1);
});

test.each([0.25, 0.5, 1])('fulfils the conditions of the minimum at l1 ratio %f', async (l1Ratio) => {
  const penalty = 0.2;
  const model = await fit({ penalty, l1Ratio });
  const predicted = model.predict(data.matrix);
  const residual = target.map((y, i) => (y - predicted[i]) / deviation);
  expect(mean(residual)).toBeCloseTo(0, 7);
  let zeros = 0;
  columns.forEach((column, j) => {
    const w = model.weights[j] / deviation;
    const slope = mean(residual.map((r, i) => r * column[i])) - penalty * (1 - l1Ratio) * w;
    if (w === 0) {
      zeros++;
      expect(Math.abs(slope)).toBeLessThanOrEqual(penalty * l1Ratio + 1e-7);
    } else expect(slope).toBeCloseTo(penalty * l1Ratio * Math.sign(w), 6);
  });
  expect(zeros).toBeGreaterThan(3);
  expect(model.summary.features).toBe(8 - zeros);
});

test('has the soft threshold of one feature', async () => {
  const one = { matrix: matrixOf([columns[2]]), target: columns[2].map((x) => 2 * x + source.normal()) };
  const m = columns[2].reduce((sum, x) => sum + x, 0) / ROWS;
  const ym = one.target.reduce((sum, y) => sum + y, 0) / ROWS;
  const sd = Math.sqrt(one.target.reduce((sum, y) => sum + (y - ym) ** 2, 0) / ROWS);
  const cross = one.target.reduce((sum, y, i) => sum + (y - ym) * (columns[2][i] - m), 0) / ROWS;
  const square = columns[2].reduce((sum, x) => sum + (x - m) ** 2, 0) / ROWS;
  const model = (await elastic.fit(one, { penalty: 0.1, l1Ratio: 1 }, context)) as LinearModel;
  expect(model.weights[0]).toBeCloseTo((cross - 0.1 * sd) / square, 9);
});

test('sets all weights to zero under a strong lasso, and says when the passes ran out', async () => {
  const none = await fit({ penalty: 10, l1Ratio: 1 });
  expect([...none.weights.subarray(0, 8)]).toEqual(Array.from({ length: 8 }, () => 0));
  expect(none.weights[8]).toBeCloseTo(centre, 12);
  expect((await fit({ penalty: 0, maxIterations: 1 })).summary.converged).toBe(0);
  const loose = await fit({ penalty: 0, tolerance: 0.1 });
  expect(loose.summary.iterations).toBeLessThan((await fit({ penalty: 0 })).summary.iterations);
});
