import { describe, expect, it } from 'vitest';
import { hashBytes } from '../../base/hash.js';
import { resolveOptions } from '../../base/options.js';
import { random } from '../../base/random.js';
import type { TrainingData } from '../estimator.js';
import { contextOf, learnable, lossOf, matrixOf } from '../testing/examples.js';
import { tree } from '../tree/estimator.js';
import type { Machinery } from '../trees/binned-rows.js';
import { flatten } from '../trees/forest.js';
import { ForestModel } from '../trees/forest-model.js';
import { extraTrees, forest } from './estimator.js';
import { growForest } from './grow-forest.js';
import { forestOptions } from './options.js';

/** A step in one of six features, with a fifth of the classes flipped. */
const noisy = (rows: number, seed: number): TrainingData => {
  const source = random(seed);
  const columns = Array.from({ length: 6 }, () => Float64Array.from({ length: rows }, () => source.normal()));
  const target = columns[0].map((x, i) => (Number(x * columns[1][i] > 0) + Number(source.below(5) === 0)) % 2);
  return { matrix: matrixOf(columns), target };
};
const train = noisy(1000, 1);
const fresh = noisy(1000, 2);

describe.each([forest, extraTrees])('$name', (estimator) => {
  it('is better than one tree on noisy rows', async () => {
    const context = contextOf('binary');
    const one = await tree.fit(train, { minRows: 5, leaves: 1024 }, context);
    const many = await estimator.fit(train, { trees: 60 }, context);
    const loss = (p: Float64Array): number => lossOf('binary', fresh, p);
    expect(loss(many.predict(fresh.matrix))).toBeLessThan(0.75 * loss(one.predict(fresh.matrix)));
  });

  it('measures the error on rows left out as large as on fresh ones', async () => {
    for (const task of ['binary', 'multiclass', 'regression'] as const) {
      const data = learnable(estimator, task, 800);
      const other = learnable(estimator, task, 2000, 2);
      const model = await estimator.fit(data, { trees: 40, bootstrap: true }, contextOf(task));
      const errorOn = ({ matrix, target }: TrainingData): number => {
        const p = model.predict(matrix);
        let sum = 0;
        for (let i = 0; i < p.length; i++) {
          const row = Math.floor(i / model.outputs);
          sum += (p[i] - (model.outputs > 1 ? Number(target[row] === i % model.outputs) : target[row])) ** 2;
        }
        return sum / target.length;
      };
      expect(model.summary.outOfBagRows).toBe(800);
      expect(Math.abs(model.summary.outOfBagError / errorOn(other) - 1)).toBeLessThan(0.25);
      expect(model.summary.outOfBagError).toBeGreaterThan(1.1 * errorOn(data));
    }
  });

  it('has nothing left out without resampling', async () => {
    const model = await estimator.fit(train, { trees: 3, bootstrap: false }, contextOf('binary'));
    expect(model.summary.outOfBagError).toBeUndefined();
  });

  it('learns otherwise for each option and seed', async () => {
    const bytesOf = async (params: object, seed = 1): Promise<string> =>
      hashBytes((await estimator.fit(train, { trees: 3, bootstrap: true, ...params }, contextOf('binary', seed))).serialize());
    const models = [
      await bytesOf({}),
      await bytesOf({}, 2),
      ...(await Promise.all(
        [{ rowSample: 0.5 }, { columnSample: 1 }, { columnsPer: 'tree' }, { leaves: 9 }, { maxDepth: 3 }, { minRows: 20 }].map(
          (params) => bytesOf(params),
        ),
      )),
      await bytesOf({ minGain: 1 }),
      await bytesOf({ bins: 9 }),
      await bytesOf({ bootstrap: false }),
    ];
    expect(new Set(models).size).toBe(models.length);
  });

  it.each([1, 2, 3])('has the same bits from %i threads as from plain TypeScript', async (threads) => {
    const source = random(31);
    const rows = 20_000;
    const columns = Array.from({ length: 12 }, (_, j) =>
      Float64Array.from({ length: rows }, () =>
        j === 3 ? source.below(40) : j === 4 && source.below(5) === 0 ? NaN : source.normal(),
      ),
    );
    const target = columns[0].map((x, i) => x * columns[1][i] + (columns[3][i] % 3) + source.normal());
    const data = { matrix: matrixOf(columns, [0, 0, 0, 40]), target };
    const params = resolveOptions('test', forestOptions, { trees: 2, leaves: 63, bootstrap: estimator === forest });
    const hashOf = async (machinery: Machinery): Promise<string> => {
      const thresholds = estimator === forest ? 'best' : 'random';
      const { trees, bins, start, gain, summary } = await growForest(
        data,
        params,
        thresholds,
        contextOf('regression'),
        machinery,
      );
      const parts = {
        estimator: estimator.name,
        version: 1,
        task: 'regression',
        link: 'identity',
        start,
        gain,
        summary,
      } as const;
      return hashBytes(new ForestModel({ ...parts, forest: flatten(trees, bins) }).serialize());
    };
    expect(await hashOf({ threads })).toBe(await hashOf({ threads: 1, plain: true }));
  });
});

describe('a forest of one stump on all rows', () => {
  it('is the best Gini split by brute force, with the shares of its sides', async () => {
    const source = random(4);
    const columns = [0, 1, 2].map(() => Float64Array.from({ length: 120 }, () => source.below(40)));
    const target = columns[1].map((x) => Number(x + source.below(30) > 35));
    const params = { trees: 1, bootstrap: false, columnSample: 1, leaves: 2, minRows: 1 };
    const model = await forest.fit({ matrix: matrixOf(columns), target }, params, contextOf('binary'));
    let least = Infinity;
    let expected = new Float64Array(0);
    for (const column of columns)
      for (const threshold of new Set(column)) {
        const sides = [0, 1].map((side) => target.filter((_, i) => Number(column[i] <= threshold) === side));
        if (sides[0].length === 0) continue;
        const shares = sides.map((side) => side.reduce((sum, y) => sum + y, 0) / side.length);
        const impurity = sides.reduce((sum, side, k) => sum + side.length * shares[k] * (1 - shares[k]), 0);
        if (impurity >= least) continue;
        least = impurity;
        expected = column.map((x) => shares[Number(x <= threshold)]);
      }
    expect(model.predict(matrixOf(columns))).toEqual(expected);
  });
});
