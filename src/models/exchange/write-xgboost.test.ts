import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MillwrightError } from '../../base/error.js';
import { estimatorOf } from '../catalogue.js';
import type { Matrix } from '../estimator.js';
import { contextOf, learnable, matrixOf } from '../testing/examples.js';
import { floorFloat, nextFloat, previousFloat } from './float32.js';
import { readJson } from './read-json.js';
import { fitted, holed } from './testing/holed.js';
import { writeXgboost } from './write-xgboost.js';
import { readXgboost } from './xgboost.js';

const again = (text: string) => readXgboost(readJson(new TextEncoder().encode(text)));

type Tree = Readonly<Record<'left_children' | 'right_children' | 'categories_nodes' | 'categories_sizes', readonly number[]>>;

describe('a model written as XGBoost JSON', () => {
  it.each([
    ['gbdt', 'binary'],
    ['gbdt', 'multiclass'],
    ['gbdt', 'regression'],
    ['tree', 'regression'],
    ['tree', 'binary'],
    ['forest', 'regression'],
  ] as const)('%s on %s comes back with equal predictions but for the width of numbers', async (name, task) => {
    const model = await fitted(name, task);
    const fresh: Matrix = holed(name, task, 4000, 9, 60).matrix;
    const { model: read, names } = again(writeXgboost(model, fresh.features));
    expect(names).toEqual(['f0', 'f1', 'f2', 'f3']);
    expect(read.task).toBe(name === 'tree' && task === 'binary' ? 'regression' : task);
    const expected = model.predict(fresh);
    const away = read.predict(fresh).map((value, i) => Math.abs(value - expected[i]) / Math.max(1, Math.abs(expected[i])));
    expect(Math.max(...away)).toBeLessThan(1e-5);
  });

  it('holds a model of counts', async () => {
    const data = learnable(estimatorOf('gbdt'), 'regression', 400);
    const counts = { ...data, target: data.target.map((y) => Math.max(0, Math.round(y))) };
    const model = await estimatorOf('gbdt').fit(counts, { objective: 'poisson', rounds: 12 }, contextOf('regression'));
    const text = writeXgboost(model, data.matrix.features);
    expect(text).toContain('count:poisson');
    const expected = model.predict(data.matrix);
    again(text)
      .model.predict(data.matrix)
      .forEach((value, i) => expect(value / expected[i]).toBeCloseTo(1, 5));
  });

  it('keeps what its reader relies on: right children next to left ones, sets in order and none empty', async () => {
    const model = await fitted('gbdt', 'binary');
    const { learner } = JSON.parse(writeXgboost(model, holed('gbdt', 'binary', 1, 9, 60).matrix.features)) as {
      readonly learner: { readonly gradient_booster: { readonly model: { readonly trees: readonly Tree[] } } };
    };
    let sets = 0;
    for (const tree of learner.gradient_booster.model.trees) {
      expect(tree.right_children).toEqual(tree.left_children.map((left) => (left < 0 ? -1 : left + 1)));
      expect(tree.categories_nodes).toEqual([...tree.categories_nodes].sort((a, b) => a - b));
      expect(tree.categories_sizes.every((size) => size > 0)).toBe(true);
      sets += tree.categories_nodes.length;
    }
    expect(sets).toBeGreaterThan(0);
  });

  it('sends every float32 the way it goes here, whatever the threshold', async () => {
    // One split: its threshold lies between the two values, which need not be float32.
    const float = fc.float({ noNaN: true, noDefaultInfinity: true, min: -(2 ** 100), max: 2 ** 100 });
    await fc.assert(
      fc.asyncProperty(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e30, max: 1e30 }), float, async (a, b) => {
        const other = a === b ? a + 1 + Math.abs(a) : b;
        const rows = 40;
        const column = Float64Array.from({ length: rows }, (_, i) => (i % 2 === 0 ? a : other));
        const data = { matrix: matrixOf([column]), target: column.map((x) => (x === a ? 0 : 100)) };
        const model = await estimatorOf('tree').fit(data, { minRows: 1 }, contextOf('regression'));
        const { model: read } = again(writeXgboost(model, data.matrix.features));
        const near = [a, other, (a + other) / 2].flatMap((x) => {
          const low = floorFloat(x);
          return [previousFloat(low), low, nextFloat(low), nextFloat(nextFloat(low))];
        });
        const rowsNear = matrixOf([Float64Array.from(near)]);
        expect([...read.predict(rowsNear)]).toEqual([...model.predict(rowsNear)]);
      }),
      { numRuns: 60 },
    );
  });

  it('is refused for what the format cannot hold', async () => {
    const data = learnable(estimatorOf('logistic'), 'binary', 60);
    const line = await estimatorOf('logistic').fit(data, {}, contextOf('binary'));
    const shares = await fitted('tree', 'multiclass');
    for (const model of [line, shares])
      expect(() => writeXgboost(model, data.matrix.features)).toThrow(
        expect.objectContaining({ code: 'MW_EXCHANGE_UNSUPPORTED' }) as MillwrightError,
      );
  });
});

describe('neighbours among float32', () => {
  it('are next to one another, with nothing between', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (x) => {
        const next = nextFloat(x);
        expect(next).toBeGreaterThan(x);
        expect(Math.fround(next)).toBe(next);
        expect(previousFloat(next) === x).toBe(true);
        const middle = x / 2 + next / 2;
        expect(floorFloat(middle) === x || middle >= next).toBe(true);
      }),
    );
    expect([nextFloat(0), nextFloat(-0), previousFloat(0)]).toEqual([2 ** -149, 2 ** -149, -(2 ** -149)]);
    expect([floorFloat(1e300), floorFloat(-1e300)]).toEqual([Math.fround(3.4028234663852886e38), -Infinity]);
  });
});
