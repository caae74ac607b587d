import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random, shuffle } from '../../base/random.js';
import type { TrainingData } from '../estimator.js';
import { matrixOf } from '../testing/examples.js';
import { orderedStatistics, replaceCategories, replaceRow } from './category-statistics.js';

const code = fc.oneof({ weight: 6, arbitrary: fc.nat(5) }, { weight: 1, arbitrary: fc.constant(Number.NaN) });
const row = fc.tuple(code, fc.nat(2), fc.nat(3), fc.double({ min: -3, max: 3, noNaN: true }));
const problems = fc.record({
  rows: fc.array(row, { minLength: 12, maxLength: 40 }),
  classes: fc.constantFrom(0, 3),
  prior: fc.constantFrom(0, 1, 7.5),
  seed: fc.nat(99),
});

const dataOf = (rows: readonly (readonly number[])[]): TrainingData => ({
  matrix: matrixOf([Float64Array.from(rows, (r) => r[0]), Float64Array.from(rows, (r) => r[3])], [6, 0]),
  target: Float64Array.from(rows, (r) => r[1]),
  weight: Float64Array.from(rows, (r, i) => (i === 0 ? 1 : r[2])),
});
const near = (value: number, expected: number): void =>
  Number.isNaN(expected) ? expect(value).toBeNaN() : expect(value).toBeCloseTo(expected, 12);
const params = (prior: number) => ({ oneHotCategories: 2, categoryPrior: prior, categories: 'ordered' as const });

describe('ordered statistics', () => {
  it('are the means of the earlier rows of the category, or of all rows for rows to come', () => {
    fc.assert(
      fc.property(problems, ({ rows, classes, prior, seed }) => {
        const data = dataOf(rows);
        const [codes] = data.matrix.columns;
        const weight = data.weight as Float64Array;
        const replaced = orderedStatistics(data, classes, params(prior), random(seed));
        if (new Set(codes.filter((c) => c === c)).size <= 2) {
          expect(replaced).toBeNull();
          return;
        }
        if (!replaced) throw new Error('nothing was replaced');
        const order = shuffle(
          Int32Array.from({ length: rows.length }, (_, i) => i),
          random(seed),
        );
        const worth = (i: number, k: number): number => (classes === 0 ? data.target[i] : Number(data.target[i] === k));
        const mean = (of: readonly number[], k: number, most: number, rest: number): number => {
          const total = of.reduce((sum, i) => sum + weight[i], most);
          return total > 0 ? (of.reduce((sum, i) => sum + weight[i] * worth(i, k), 0) + most * rest) / total : rest;
        };
        const all = [...order.keys()];
        const width = Math.max(1, classes);
        expect(replaced.data.matrix.columns.length).toBe(width + 1);
        expect(replaced.data.matrix.columns[width]).toBe(data.matrix.columns[1]);
        for (let k = 0; k < width; k++) {
          const rest = mean(all, k, 0, 0);
          for (const [place, i] of order.entries()) {
            const earlier = [...order.subarray(0, place)].filter((other) => codes[other] === codes[i]);
            const expected = codes[i] === codes[i] ? mean(earlier, k, prior, rest) : Number.NaN;
            near(replaced.data.matrix.columns[k][i], expected);
          }
          const later = replaceCategories(
            matrixOf([Float64Array.of(0, 3, 5, 77, -1, Number.NaN), new Float64Array(6)], [6, 0]),
            replaced.tables,
          );
          for (const [at, one] of [0, 3, 5].entries())
            expect(later.columns[k][at]).toBeCloseTo(
              mean(
                all.filter((i) => codes[i] === one),
                k,
                prior,
                rest,
              ),
              12,
            );
          for (const at of [3, 4]) expect(later.columns[k][at]).toBeCloseTo(rest, 12);
          expect(later.columns[k][5]).toBeNaN();
          const out = new Float64Array(width + 1);
          replaceRow(replaced.tables, Float64Array.of(3, 9), out);
          expect([...out]).toEqual([...later.columns.slice(0, width).map((column) => column[1]), 9]);
        }
      }),
      { seed: 31, numRuns: 120 },
    );
  });

  it('of a training row know nothing of its own target', () => {
    fc.assert(
      fc.property(problems, fc.nat(), fc.nat(), ({ rows, classes, prior, seed }, first, second) => {
        const [i, j] = [first % rows.length, second % rows.length];
        const { matrix, target: before } = dataOf(rows);
        const data = { matrix, target: before };
        // Two rows of different categories change their targets, which leaves the overall mean as it is.
        if (rows[i][0] === rows[j][0]) return;
        const target = data.target.slice();
        [target[i], target[j]] = [target[j], target[i]];
        const [a, b] = [data, { ...data, target }].map((one) => orderedStatistics(one, classes, params(prior), random(seed)));
        if (!a || !b) return;
        for (let k = 0; k < Math.max(1, classes); k++)
          for (const at of [i, j]) near(b.data.matrix.columns[k][at], a.data.matrix.columns[k][at]);
      }),
      { seed: 32, numRuns: 200 },
    );
  });

  it('stand beside the codes when both are asked for', () => {
    const data = dataOf(Array.from({ length: 12 }, (_, i) => [i % 5, i % 3, 1, i]));
    const [alone, beside] = (['ordered', 'both'] as const).map((categories) =>
      orderedStatistics(data, 3, { ...params(1), categories }, random(1)),
    );
    if (!alone || !beside) throw new Error('nothing was replaced');
    const [a, b, c, other] = alone.data.matrix.columns;
    expect(beside.data.matrix.columns).toEqual([a, b, c, data.matrix.columns[0], other]);
    expect(beside.data.matrix.features[3]).toEqual({ name: 'f0', categories: 6 });
    const later = replaceCategories(data.matrix, beside.tables);
    expect(later.features).toEqual(beside.data.matrix.features);
    const out = new Float64Array(5);
    replaceRow(beside.tables, Float64Array.of(data.matrix.columns[0][7], 7), out);
    expect([...out]).toEqual(later.columns.map((column) => column[7]));
  });

  it('say which input they were made of', () => {
    const data = dataOf(Array.from({ length: 12 }, (_, i) => [i % 5, i % 3, 1, 0]));
    const names = (classes: number) => orderedStatistics(data, classes, params(1), random(1))?.data.matrix.features;
    expect(names(0)?.[0]).toEqual({ name: 'f0 mean target', categories: 0, source: 'f0' });
    expect(names(3)?.map(({ name, source }) => [name, source])).toEqual([
      ['f0 share of class 0', 'f0'],
      ['f0 share of class 1', 'f0'],
      ['f0 share of class 2', 'f0'],
      ['f1', undefined],
    ]);
  });
});
