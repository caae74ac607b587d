import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bayes } from './bayes/estimator.js';
import { elastic } from './elastic/estimator.js';
import type { Estimator, Matrix, SparseColumn, Task, TrainingData } from './estimator.js';
import { linear } from './linear/estimator.js';
import { LinearModel } from './linear/linear-model.js';
import { logistic } from './logistic/estimator.js';
import { denseColumn, sparseColumn, sparseRows, splitColumns, takeMatrixRows } from './sparse.js';
import { svm } from './svm/estimator.js';
import { contextOf, densified, matrixOf } from './testing/examples.js';

/** Values of a cell: mostly none, some of them zeros that are written out. */
const cells = fc.oneof(
  { weight: 6, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constantFrom(0, -0) },
  { weight: 3, arbitrary: fc.integer({ min: -8, max: 8 }).map((k) => k / 4) },
);

/** Random rows of sparse and dense columns, with a target and weights of which at least one is not zero. */
const tables = fc
  .record({ rows: fc.integer({ min: 1, max: 30 }), columns: fc.integer({ min: 1, max: 8 }) })
  .chain(({ rows, columns }) =>
    fc.record({
      rows: fc.constant(rows),
      cells: fc.array(fc.array(cells, { minLength: rows, maxLength: rows }), { minLength: columns, maxLength: columns }),
      dense: fc.array(fc.boolean(), { minLength: columns, maxLength: columns }),
      target: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: rows, maxLength: rows }),
      weight: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: rows, maxLength: rows }),
    }),
  );

function tableOf({ rows, cells: columns, dense }: { rows: number; cells: (number | null)[][]; dense: boolean[] }): Matrix {
  const given = columns.map((column, j) => {
    if (dense[j]) return Float64Array.from(column, (value) => value ?? 0);
    const indexes = column.flatMap((value, i) => (value === null ? [] : [i]));
    return { indexes: Uint32Array.from(indexes), values: Float64Array.from(indexes, (i) => column[i] as number) };
  });
  return { rows, features: columns.map((_, j) => ({ name: `f${j}`, categories: 0 })), ...splitColumns(given) };
}

function dataOf(table: Parameters<typeof tableOf>[0] & { target: number[]; weight: number[] }, task: Task): TrainingData {
  const weight = Float64Array.from(table.weight);
  weight[0] += 1;
  const target = Float64Array.from(table.target, (y) => (task === 'binary' ? y % 2 : y));
  return { matrix: tableOf(table), target, weight };
}

const exactly: readonly (readonly [Estimator, Task])[] = [
  [logistic, 'binary'],
  [logistic, 'multiclass'],
  [svm, 'binary'],
  [svm, 'multiclass'],
];
const nearly: readonly (readonly [Estimator, Task, Record<string, unknown>])[] = [
  [linear, 'regression', { l2: 0.1 }],
  [elastic, 'regression', { penalty: 0.05, tolerance: 1e-14, maxIterations: 100_000 }],
  [bayes, 'binary', {}],
  [bayes, 'multiclass', {}],
];

describe('random sparse matrices, with empty columns, zeros written out and as little as one row', () => {
  test.each(exactly.map(([estimator, task]) => ({ name: estimator.name, estimator, task })))(
    '$name on $task learns the bytes of the dense columns',
    async ({ estimator, task }) => {
      await fc.assert(
        fc.asyncProperty(tables, async (table) => {
          const data = dataOf(table, task);
          const sparse = await estimator.fit(data, {}, contextOf(task));
          const dense = await estimator.fit({ ...data, matrix: densified(data.matrix) }, {}, contextOf(task));
          expect(sparse.serialize()).toEqual(dense.serialize());
          expect(sparse.predict(data.matrix)).toEqual(dense.predict(densified(data.matrix)));
        }),
        { numRuns: 40, seed: 5 },
      );
    },
  );

  test.each(nearly.map(([estimator, task, params]) => ({ name: estimator.name, estimator, task, params })))(
    '$name on $task learns what it learns from dense columns, but for rounding',
    async ({ estimator, task, params }) => {
      await fc.assert(
        fc.asyncProperty(tables, async (table) => {
          const data = dataOf(table, task);
          const dense = densified(data.matrix);
          const fitted = await estimator.fit(data, params, contextOf(task));
          const twin = await estimator.fit({ ...data, matrix: dense }, params, contextOf(task));
          const predicted = fitted.predict(data.matrix);
          expect(predicted).toEqual(fitted.predict(dense));
          twin.predict(dense).forEach((value, i) => expect(Math.abs(predicted[i] - value)).toBeLessThan(1e-9));
          if (!(fitted instanceof LinearModel && twin instanceof LinearModel)) return;
          fitted.weights.forEach((w, j) => expect(Math.abs(w - twin.weights[j])).toBeLessThan(1e-9));
        }),
        { numRuns: 60, seed: 6 },
      );
    },
  );

  test('rows without zeros hold every other value, by rising features', () => {
    fc.assert(
      fc.property(tables, (table) => {
        const matrix = tableOf(table);
        const dense = densified(matrix);
        const { starts, features, values } = sparseRows(matrix);
        const found: [number, number, number][] = [];
        for (let i = 0; i < matrix.rows; i++)
          for (let k = starts[i]; k < starts[i + 1]; k++) found.push([i, features[k], values[k]]);
        const expected: [number, number, number][] = [];
        for (let i = 0; i < matrix.rows; i++)
          dense.columns.forEach((column, j) => {
            if (column[i] !== 0) expected.push([i, j, column[i]]);
          });
        expect(found).toEqual(expected);
      }),
      { seed: 7 },
    );
  });

  test('rows are taken as from dense columns', () => {
    fc.assert(
      fc.property(tables, fc.infiniteStream(fc.boolean()), (table, choose) => {
        const matrix = tableOf(table);
        const rows = Uint32Array.from(Array(matrix.rows).keys()).filter(() => choose.next().value === true);
        const taken = takeMatrixRows(matrix, rows);
        expect(densified(taken).columns).toEqual(
          densified(matrix).columns.map((column) => Float64Array.from(rows, (row) => column[row])),
        );
        expect(taken.rows).toBe(rows.length);
      }),
      { seed: 8 },
    );
  });
});

test('a column comes back from its sparse form', () => {
  const column = Float64Array.of(0, 3, 0, Number.NaN, -2, 0);
  const sparse = sparseColumn(column);
  expect([...sparse.indexes]).toEqual([1, 3, 4]);
  expect(denseColumn(sparse, 6)).toEqual(column);
});

test('weights that zeros would not leave alone predict the same sparse and dense', () => {
  const make = (weights: readonly number[]): LinearModel =>
    new LinearModel({
      estimator: 'linear',
      version: 1,
      task: 'regression',
      outputs: 1,
      inputs: 2,
      weights: Float64Array.from(weights),
      summary: {},
    });
  const thin: SparseColumn = { indexes: Uint32Array.of(1), values: Float64Array.of(2) };
  const sparse: Matrix = { ...matrixOf([new Float64Array(3), new Float64Array(3)]), ...splitColumns([thin, thin]) };
  for (const weights of [
    [Infinity, 1, 0],
    [Number.NaN, 1, 0],
    [1, -1, -0],
    [-1, -1, -0],
  ])
    expect(make(weights).predict(sparse)).toEqual(make(weights).predict(densified(sparse)));
});
