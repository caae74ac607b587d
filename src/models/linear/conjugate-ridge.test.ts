import { expect, test } from 'vitest';
import { random } from '../../base/random.js';
import { type FeatureColumn, sparseColumn, splitColumns } from '../sparse.js';
import { contextOf, densified } from '../testing/examples.js';
import { conjugateRidge } from './conjugate-ridge.js';
import { linear } from './estimator.js';
import { exactRidge } from './exact-ridge.js';
import type { LinearModel } from './linear-model.js';
import { pairwiseDot, type RidgeSystem } from './ridge-system.js';

const source = random(31);
const noStep = async (): Promise<void> => {};

/** One-hot columns of some categories, two dense columns and an empty one. */
function columnsFor(rows: number, categories: number, levels: number): FeatureColumn[] {
  const onehot = Array.from({ length: categories }, () => {
    const codes = Float64Array.from({ length: rows }, () => source.below(levels));
    return Array.from({ length: levels }, (_, level) => sparseColumn(codes.map((code) => Number(code === level))));
  }).flat();
  const normal = (): Float64Array => Float64Array.from({ length: rows }, () => source.normal());
  return [normal(), ...onehot, normal(), sparseColumn(new Float64Array(rows))];
}

function systemOf(columns: readonly FeatureColumn[], weight: Float64Array, target: Float64Array, l2: number): RidgeSystem {
  const total = weight.reduce((sum, w) => sum + w, 0);
  const means = Float64Array.from(columns, (column) => pairwiseDot(column, weight) / total);
  return {
    columns: columns.map((column, j) => (column instanceof Float64Array ? column.map((x) => x - means[j]) : column)),
    shifts: means.map((mean, j) => (columns[j] instanceof Float64Array ? 0 : mean)),
    weight,
    total,
    target,
    targetMean: pairwiseDot(target, weight) / total,
    l2,
  };
}

test.each([1e-3, 1, 100])('finds the weights of the normal equations at a penalty of %f', async (l2) => {
  const rows = 300;
  const weight = Float64Array.from({ length: rows }, () => source.below(4));
  const target = Float64Array.from({ length: rows }, () => 50 + source.normal());
  const system = systemOf(columnsFor(rows, 3, 8), weight, target, l2);
  const found = await conjugateRidge(system, noStep);
  (await exactRidge(system, noStep)).forEach((w, j) => expect(Math.abs(found[j] - w)).toBeLessThan(1e-9));
});

test('solves what has many solutions, without a penalty, as well as can be', async () => {
  const rows = 200;
  const weight = new Float64Array(rows).fill(1);
  const target = Float64Array.from({ length: rows }, () => source.normal());
  // The columns of a category add up to one, and one column comes twice.
  const columns = columnsFor(rows, 3, 6);
  const system = systemOf([...columns, columns[0], columns[1]], weight, target, 0);
  const fittedBy = (weights: Float64Array): Float64Array => {
    const fitted = new Float64Array(rows);
    densified({ rows, features: [], ...splitColumns(system.columns) }).columns.forEach((column, j) => {
      for (let i = 0; i < rows; i++) fitted[i] += weights[j] * (column[i] - system.shifts[j]);
    });
    return fitted;
  };
  const found = fittedBy(await conjugateRidge(system, noStep));
  fittedBy(await exactRidge(system, noStep)).forEach((value, i) => expect(found[i]).toBeCloseTo(value, 8));
});

test('is what ridge regression uses for many sparse columns, in every bit the same again, and near to the dense ones', async () => {
  const rows = 400;
  const columns = columnsFor(rows, 4, 130);
  const features = columns.map((_, j) => ({ name: `f${j}`, categories: 0 }));
  const matrix = { rows, features, ...splitColumns(columns) };
  const target = Float64Array.from({ length: rows }, () => source.normal());
  const fit = (of: typeof matrix) => linear.fit({ matrix: of, target }, {}, contextOf('regression')) as Promise<LinearModel>;
  const sparse = await fit(matrix);
  expect((await fit(matrix)).serialize()).toEqual(sparse.serialize());
  const dense = await fit(densified(matrix) as typeof matrix);
  sparse.weights.forEach((w, j) => expect(Math.abs(w - dense.weights[j])).toBeLessThan(1e-9));
});

test('has no weights for a target that does not vary, and for no rows of weight but one', async () => {
  const columns = columnsFor(20, 1, 4);
  const flat = systemOf(columns, new Float64Array(20).fill(1), new Float64Array(20).fill(3), 1);
  for (const w of await conjugateRidge(flat, noStep)) expect(Math.abs(w)).toBeLessThan(1e-12);
  const one = systemOf(
    columns,
    new Float64Array(20).with(7, 2),
    new Float64Array(20).map((_, i) => i),
    1,
  );
  for (const w of await conjugateRidge(one, noStep)) expect(Math.abs(w)).toBeLessThan(1e-12);
});
