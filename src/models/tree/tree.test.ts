import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { random } from '../../base/random.js';
import type { TrainingData } from '../estimator.js';
import { contextOf } from '../testing/examples.js';
import type { ForestModel } from '../trees/forest-model.js';
import { tree } from './estimator.js';

const NUMBER = { name: 'x', categories: 0 };
const table = (
  columns: readonly (readonly number[])[],
  target: readonly number[],
  categories: readonly number[] = [],
): TrainingData => ({
  matrix: {
    rows: target.length,
    columns: columns.map((column) => Float64Array.from(column)),
    features: columns.map((_, j) => ({ name: `f${j}`, categories: categories[j] ?? 0 })),
  },
  target: Float64Array.from(target),
});

/** The least squared error, over all outputs, that one split of the rows can reach: every threshold, every side for missing, every set. */
function bestByForce({ matrix, target }: TrainingData, minRows: number, classes: number): number {
  const rows = [...target.keys()];
  const errorOf = (part: number[]): number => {
    let sum = 0;
    for (let k = 0; k < classes; k++) {
      const values = part.map((row) => (classes === 1 ? target[row] : Number(target[row] === k)));
      const mean = values.reduce((total, value) => total + value, 0) / values.length;
      sum += values.reduce((total, value) => total + (value - mean) ** 2, 0);
    }
    return sum;
  };
  let best = errorOf(rows);
  const consider = (goesLeft: (row: number) => boolean): void => {
    const left = rows.filter(goesLeft);
    const right = rows.filter((row) => !goesLeft(row));
    if (left.length >= minRows && right.length >= minRows) best = Math.min(best, errorOf(left) + errorOf(right));
  };
  matrix.columns.forEach((column, j) => {
    const { categories } = matrix.features[j];
    if (categories > 0)
      for (let set = 0; set < 2 ** (categories + 1); set++)
        consider((row) => ((set >> (Number.isNaN(column[row]) ? categories : column[row])) & 1) === 1);
    else
      for (const at of [...column, Infinity])
        for (const missingLeft of [true, false])
          consider((row) => (Number.isNaN(column[row]) ? missingLeft : column[row] <= at));
  });
  return best;
}

describe('a tree over every threshold', () => {
  const value = fc.oneof(
    fc.integer({ min: -3, max: 3 }),
    fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
    fc.constant(Number.NaN),
  );
  const rowsOf = (classes: number) =>
    fc.array(
      fc.record({
        a: value,
        b: value,
        c: fc.oneof(fc.nat({ max: 3 }), fc.constant(Number.NaN)),
        y: classes === 1 ? fc.double({ noNaN: true, min: -100, max: 100 }) : fc.nat({ max: classes - 1 }),
      }),
      { minLength: 4, maxLength: 30 },
    );

  test.each([
    ['regression', 1],
    ['binary', 2],
  ] as const)('finds the best split there is: %s', async (task, classes) => {
    await fc.assert(
      fc.asyncProperty(rowsOf(classes), fc.integer({ min: 1, max: 4 }), async (rows, minRows) => {
        // With a bound on the rows of a leaf, the order of the means is no proof for categories any more.
        const columns = [rows.map(({ a }) => a), rows.map(({ b }) => b), ...(minRows === 1 ? [rows.map(({ c }) => c)] : [])];
        const data = table(
          columns,
          rows.map(({ y }) => y),
          [0, 0, 4],
        );
        const model = (await tree.fit(data, { leaves: 2, minRows }, contextOf(task))) as ForestModel;
        const predicted = model.predict(data.matrix);
        const error = predicted.reduce((sum, p, i) => sum + (p - data.target[i]) ** 2, 0);
        const best = bestByForce(data, minRows, 1);
        expect(error).toBeLessThanOrEqual(best + 1e-9 * (1 + best));
        expect(error).toBeGreaterThanOrEqual(best - 1e-9 * (1 + best));
      }),
      { numRuns: 200, seed: 3 },
    );
  });

  test('of several classes has one shape for all, the best for all of them together', async () => {
    await fc.assert(
      fc.asyncProperty(rowsOf(3), async (rows) => {
        const data = table(
          [rows.map(({ a }) => a), rows.map(({ b }) => b)],
          rows.map(({ y }) => y),
        );
        const context = contextOf('multiclass');
        const model = (await tree.fit(data, { leaves: 2, minRows: 1 }, context)) as ForestModel;
        const predicted = model.predict(data.matrix);
        const { outputs } = model;
        let error = 0;
        data.target.forEach((y, i) => {
          for (let k = 0; k < outputs; k++) error += (predicted[i * outputs + k] - Number(y === k)) ** 2;
        });
        const best = bestByForce(data, 1, 3);
        expect(Math.abs(error - best)).toBeLessThan(1e-9 * (1 + best));
        expect(model.summary['leaves']).toBeLessThanOrEqual(2);
      }),
      { numRuns: 100, seed: 4 },
    );
  });

  test('cuts midway between neighbours however many values there are, and keeps to its limits', async () => {
    const source = random(6);
    const x = Array.from({ length: 5000 }, () => source.next());
    const y = x.map((at) => Number(at > 0.123456));
    const data: TrainingData = {
      ...table([x], y),
      matrix: { rows: 5000, columns: [Float64Array.from(x)], features: [NUMBER] },
    };
    const model = (await tree.fit(data, { leaves: 2, minRows: 1 }, contextOf('binary'))) as ForestModel;
    const below = Math.max(...x.filter((at) => at <= 0.123456));
    const above = Math.min(...x.filter((at) => at > 0.123456));
    expect(model.forest.threshold[0]).toBeCloseTo((below + above) / 2, 12);
    expect([...model.predict(data.matrix)]).toEqual(y);
    const noisy = table(
      [x, x.map(() => source.next())],
      x.map((at) => at + source.normal()),
    );
    const small = (await tree.fit(noisy, { leaves: 100, maxDepth: 3, minRows: 700 }, contextOf('regression'))) as ForestModel;
    const { left, cover } = small.forest;
    const sizes = [...cover].filter((_, i) => left[i] === i);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(700);
    expect(sizes.length).toBeLessThanOrEqual(8);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(5000);
  });

  test('says with many bins what it says without any', async () => {
    const source = random(7);
    const x = Array.from({ length: 2000 }, () => source.below(200));
    const y = x.map((at) => Math.sin(at / 20) + source.normal() / 10);
    const exact = await tree.fit(table([x], y), { leaves: 8 }, contextOf('regression'));
    const binned = await tree.fit(table([x], y), { leaves: 8, bins: 255 }, contextOf('regression'));
    const expected = binned.predict(table([x], y).matrix);
    exact.predict(table([x], y).matrix).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 4));
  });

  test('a row weight of n counts like n rows in the means', async () => {
    const rows = table([[1, 2, 3, 4, 5]], [1, 2, 9, 8, 7]);
    const weighted = { ...rows, weight: Float64Array.of(1, 3, 2, 0, 1) };
    const repeated = table([[1, 2, 2, 2, 3, 3, 5]], [1, 2, 2, 2, 9, 9, 7]);
    const a = await tree.fit(weighted, { minRows: 1, leaves: 3 }, contextOf('regression'));
    const b = await tree.fit(repeated, { minRows: 1, leaves: 3 }, contextOf('regression'));
    a.predict(rows.matrix).forEach((value, i) => expect(value).toBeCloseTo(b.predict(rows.matrix)[i], 12));
  });
});
