import fc from 'fast-check';
import { expect, test } from 'vitest';
import { random } from '../../base/random.js';
import type { TrainingData } from '../estimator.js';
import { contextOf, matrixOf } from '../testing/examples.js';
import { rbfSvm } from './estimator.js';
import { KernelRows } from './kernel-rows.js';
import type { RbfModel } from './rbf-model.js';
import { solveDual } from './smo.js';

const problems = fc.record({
  rows: fc.array(
    fc.record({
      // A coarse grid, so that rows repeat with equal and with other classes.
      x: fc.integer({ min: -3, max: 3 }),
      y: fc.integer({ min: -3, max: 3 }),
      side: fc.constantFrom(1, -1),
      bound: fc.constantFrom(0, 0.1, 1, 5),
    }),
    { minLength: 1, maxLength: 30 },
  ),
  gamma: fc.constantFrom(0.05, 0.5, 3),
});

test('every solution meets the optimality conditions, which make it the only minimum', async () => {
  await fc.assert(
    fc.asyncProperty(problems, async ({ rows, gamma }) => {
      const columns = [Float64Array.from(rows, ({ x }) => x / 2), Float64Array.from(rows, ({ y }) => y / 2)];
      const sign = Int8Array.from(rows, ({ side }) => side);
      const bound = Float64Array.from(rows, ({ bound }) => bound);
      const problem = { sign, bound, start: Float64Array.from(sign), rowOf: Uint32Array.from(rows.keys()) };
      const limits = { tolerance: 1e-4, maxIterations: 1e5 };
      const { at, intercept, converged } = await solveDual(
        problem,
        new KernelRows(columns, rows.length, gamma, 1e6),
        limits,
        async () => {},
      );
      expect(converged).toBe(true);
      expect(Math.abs(at.reduce((sum, a, v) => sum + sign[v] * a, 0))).toBeLessThan(1e-9);
      for (let v = 0; v < rows.length; v++) {
        expect(at[v]).toBeGreaterThanOrEqual(0);
        expect(at[v]).toBeLessThanOrEqual(bound[v]);
        if (bound[v] === 0) continue;
        const score = rows.reduce((sum, _, u) => {
          const squares = (columns[0][u] - columns[0][v]) ** 2 + (columns[1][u] - columns[1][v]) ** 2;
          return sum + sign[u] * at[u] * Math.exp(-gamma * squares);
        }, intercept);
        const margin = sign[v] * score;
        if (at[v] < bound[v]) expect(margin).toBeGreaterThan(1 - 1e-3);
        if (at[v] > 0) expect(margin).toBeLessThan(1 + 1e-3);
      }
    }),
    { seed: 8, numRuns: 150 },
  );
});

/** Rows by formula, for which the scores of another implementation are known. */
const ROWS = 40;
const column = (step: number, modulus: number, scale: number, shift: number): Float64Array =>
  Float64Array.from({ length: ROWS }, (_, i) => ((i * step) % modulus) / scale - shift);
const columns = [column(7, 19, 6, 1.5), column(11, 23, 8, 1.4)];
const extra = column(5, 7, 10, 0);
const weight = Float64Array.from({ length: ROWS }, (_, i) => 1 + (i % 3));
const queries = [
  [0, 0],
  [1, -1],
  [-1.3, 0.4],
  [0.5, 1.2],
  [2, 2],
];
const exact = { cost: 1.7, gamma: 0.6, tolerance: 1e-10 };

test('gives the scores of LIBSVM (scikit-learn 1.9.1: SVC with the same rows, weights and parameters)', async () => {
  const target = extra.map((e, i) => Number(columns[0][i] ** 2 + columns[1][i] ** 2 + e > 1.9));
  const model = (await rbfSvm.fit({ matrix: matrixOf(columns), target, weight }, exact, contextOf('binary'))) as RbfModel;
  expect(model.summary.supportVectors).toBe(20);
  const known = [-3.07464677, -0.36155472, -0.63216879, 1.08667603, 1.58276605];
  const score = new Float64Array(1);
  queries.forEach((query, q) => {
    model.scoreRow(Float64Array.from(query), score);
    // The kernel matrix is kept in single precision, here and there.
    expect(score[0]).toBeCloseTo(known[q], 5);
  });
});

test('gives the predictions of LIBSVM (scikit-learn 1.9.1: SVR on the standardised target)', async () => {
  const target = extra.map((e, i) => columns[0][i] * columns[1][i] + e);
  const data = { matrix: matrixOf(columns), target, weight };
  const model = await rbfSvm.fit(data, { ...exact, epsilon: 0.2 }, contextOf('regression'));
  expect(model.summary.supportVectors).toBe(32);
  const known = [0.30298611, -0.40152143, -0.20268888, 1.01245875, 1.85722057];
  const out = new Float64Array(1);
  queries.forEach((query, q) => {
    model.predictRow(Float64Array.from(query), out);
    expect(out[0]).toBeCloseTo(known[q], 5);
  });
});

const ring = (rows: number, seed: number): TrainingData => {
  const source = random(seed);
  const drawn = [0, 1].map(() => Float64Array.from({ length: rows }, () => source.normal()));
  const target = drawn[0].map((x, i) => Number(x ** 2 + drawn[1][i] ** 2 + 0.6 * source.normal() > 1.4));
  return { matrix: matrixOf(drawn), target };
};

test('gives the same bits however little memory there is for kernel rows', async () => {
  const rows = 60;
  const { matrix, target } = ring(rows, 1);
  const sign = Int8Array.from(target, (y) => 2 * y - 1);
  const problem = {
    sign,
    bound: new Float64Array(rows).fill(2),
    start: Float64Array.from(sign),
    rowOf: Uint32Array.from(sign.keys()),
  };
  const solve = (bytes: number) =>
    solveDual(
      problem,
      new KernelRows(matrix.columns, rows, 0.5, bytes),
      { tolerance: 1e-6, maxIterations: 1e5 },
      async () => {},
    );
  const roomy = await solve(1e9);
  for (const bytes of [0, 4 * rows * 3, 4 * rows * 20]) expect(await solve(bytes)).toEqual(roomy);
});

test('learns a ring and says how sure it is', async () => {
  const model = await rbfSvm.fit(ring(400, 1), {}, contextOf('binary'));
  const fresh = ring(2000, 2);
  const predicted = model.predict(fresh.matrix);
  // As often right as it says, in each fifth of its answers.
  const order = [...predicted.keys()].toSorted((a, b) => predicted[a] - predicted[b]);
  for (let part = 0; part < 5; part++) {
    const places = order.slice(part * 400, (part + 1) * 400);
    const said = places.reduce((sum, i) => sum + predicted[i] / 400, 0);
    const seen = places.reduce((sum, i) => sum + fresh.target[i] / 400, 0);
    expect(Math.abs(said - seen)).toBeLessThan(0.1);
  }
  const wrong = predicted.filter((p, i) => p > 0.5 !== fresh.target[i] > 0).length;
  expect(wrong / 2000).toBeLessThan(0.2);
});

test('is not sure of noise that it has learnt by heart', async () => {
  const source = random(12);
  const draw = (rows: number): TrainingData => ({
    matrix: matrixOf([0, 1, 2].map(() => Float64Array.from({ length: rows }, () => source.normal()))),
    target: Float64Array.from({ length: rows }, () => source.below(2)),
  });
  const model = await rbfSvm.fit(draw(200), { cost: 1000, gamma: 20 }, contextOf('binary'));
  const fresh = draw(400);
  let loss = 0;
  model.predict(fresh.matrix).forEach((p, i) => {
    loss -= Math.log(fresh.target[i] === 1 ? p : 1 - p) / 400;
  });
  expect(loss).toBeLessThan(Math.LN2 + 0.05);
});

test('learns from three rows', async () => {
  const data = { matrix: matrixOf([Float64Array.of(0, 0.1, 5)]), target: Float64Array.of(0, 0, 1) };
  for (const task of ['binary', 'multiclass', 'regression'] as const) {
    const predicted = (await rbfSvm.fit(data, {}, contextOf(task))).predict(data.matrix);
    for (const value of predicted) expect(Number.isFinite(value)).toBe(true);
  }
});

test('refuses more rows than it may, rows without weight aside, and says what to use', async () => {
  const data = ring(50, 1);
  const fit = rbfSvm.fit(data, { mostRows: 49 }, contextOf('binary'));
  await expect(fit).rejects.toMatchObject({ code: 'MW_MODEL_TOO_LARGE', fix: expect.stringContaining("'gbdt'") });
  const weighted = { ...data, weight: data.target.map((_, i) => Number(i > 0)) };
  expect((await rbfSvm.fit(weighted, { mostRows: 49 }, contextOf('binary'))).estimator).toBe('rbfSvm');
});

test('stops within the steps it may make, and says so', async () => {
  const model = await rbfSvm.fit(ring(100, 1), { maxIterations: 3 }, contextOf('binary'));
  expect(model.summary).toMatchObject({ steps: 3, converged: 0 });
});
