import fc from 'fast-check';
import { expect, test } from 'vitest';
import { random, shuffle } from '../../base/random.js';
import { dealFolds, FOLDS } from './deal-folds.js';
import { plattScaling } from './platt.js';

const tables = fc.array(
  fc.tuple(fc.constantFrom(-1, -0, 0, 2.5), fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 2 })),
  {
    minLength: 1,
    maxLength: 60,
  },
);

test('folds are even within a class, keep equal rows together and do not depend on their order', () => {
  fc.assert(
    fc.property(tables, fc.nat({ max: 99 }), (rows, seed) => {
      const deal = (list: typeof rows) => {
        const points = Float64Array.from(list.flatMap(([a, b]) => [a, b]));
        return dealFolds(
          points,
          2,
          Float64Array.from(list, ([, , y]) => y),
          seed,
        );
      };
      const key = ([a, b, y]: (typeof rows)[number]): string => `${a + 0} ${b} ${y}`;
      const folds = deal(rows);
      const foldOf = new Map(rows.map((row, i) => [key(row), folds[i]]));
      rows.forEach((row, i) => expect(folds[i]).toBe(foldOf.get(key(row))));
      const counts = Array.from({ length: 3 }, () => Array.from({ length: FOLDS }, () => 0));
      for (const [row, fold] of foldOf) counts[Number(row.split(' ')[2])][fold]++;
      for (const of of counts) expect(Math.max(...of) - Math.min(...of)).toBeLessThanOrEqual(1);
      const order = shuffle(
        rows.map((_, i) => i),
        random(seed),
      );
      const shuffled = deal(order.map((i) => rows[i]));
      order.forEach((i, k) => expect(shuffled[k]).toBe(folds[i]));
    }),
    { seed: 3, numRuns: 150 },
  );
});

test('Platt scaling is where the loss of the drawn in targets is flat', () => {
  const source = random(2);
  const scores = Float64Array.from({ length: 200 }, () => 3 * source.normal());
  const target = scores.map((s) => Number(s + 2 * source.normal() > 1));
  const weight = scores.map(() => 1 + source.below(3));
  const { slope, offset } = plattScaling(scores, target, weight);
  const sum = (side: number): number => weight.reduce((total, w, i) => total + (target[i] === side ? w : 0), 0);
  const goal = [1 / (sum(0) + 2), (sum(1) + 1) / (sum(1) + 2)];
  let [bySlope, byOffset] = [0, 0];
  scores.forEach((s, i) => {
    const away = weight[i] * (1 / (1 + Math.exp(-(slope * s + offset))) - goal[target[i]]);
    bySlope += away * s;
    byOffset += away;
  });
  expect(Math.abs(bySlope)).toBeLessThan(1e-6);
  expect(Math.abs(byOffset)).toBeLessThan(1e-6);
});

test('Platt scaling of separable, huge and constant scores stays finite', () => {
  const target = Float64Array.of(0, 0, 0, 1, 1);
  const weight = new Float64Array(5).fill(1);
  for (const scores of [
    [-2, -1.5, -1, 1, 3],
    [-1e9, -1e8, -1e7, 1e8, 1e9],
    [0, 0, 0, 0, 0],
    [1e-200, 0, 0, 0, 1e-200],
  ]) {
    const { slope, offset } = plattScaling(Float64Array.from(scores), target, weight);
    expect([Number.isFinite(slope), Number.isFinite(offset)]).toEqual([true, true]);
    const p = 1 / (1 + Math.exp(-(slope * scores[4] + offset)));
    expect(p).toBeGreaterThan(0.3);
    expect(p).toBeLessThan(0.95);
  }
});

test('Platt scaling never turns scores around: of scores that mislead it makes the share of the class', () => {
  const scores = Float64Array.of(3, 2, 1, -1, -2);
  const target = Float64Array.of(0, 0, 0, 1, 1);
  const weight = Float64Array.of(1, 1, 2, 1, 2);
  const { slope, offset } = plattScaling(scores, target, weight);
  expect(slope).toBe(0);
  // The drawn in targets: 4/5 of weight 3, 1/6 of weight 4.
  expect(1 / (1 + Math.exp(-offset))).toBeCloseTo((3 * (4 / 5) + 4 * (1 / 6)) / 7, 9);
  expect(plattScaling(scores, target, weight, Number.NEGATIVE_INFINITY).slope).toBeLessThan(-0.3);
});
