import { describe, expect, it } from 'vitest';
import { MillwrightError } from '../../base/error.js';
import { estimatorOf } from '../catalogue.js';
import type { Matrix } from '../estimator.js';
import { contextOf, learnable, matrixOf } from '../testing/examples.js';
import { readLightgbmText } from './lightgbm-text.js';
import { fitted, holed } from './testing/holed.js';
import { writeLightgbmText } from './write-lightgbm-text.js';

describe('a model written as LightGBM text', () => {
  it.each([
    ['gbdt', 'binary'],
    ['gbdt', 'multiclass'],
    ['gbdt', 'regression'],
    ['tree', 'regression'],
    ['forest', 'regression'],
  ] as const)('%s on %s comes back with the same bits on any row', async (name, task) => {
    const model = await fitted(name, task);
    const fresh: Matrix = holed(name, task, 4000, 9, 40).matrix;
    const text = writeLightgbmText(model, fresh.features);
    if (name === 'gbdt') expect(text).toMatch(/cat_threshold=/);
    const { model: again, names } = readLightgbmText(text);
    expect(names).toEqual(['f0', 'f1', 'f2', 'f3']);
    expect(again.task).toBe(model.task);
    expect(again.predict(fresh)).toEqual(model.predict(fresh));
  });

  it('gives the probability of a tree as a number', async () => {
    const model = await fitted('tree', 'binary');
    const fresh = holed('tree', 'binary', 500, 9, 40).matrix;
    const { model: again } = readLightgbmText(writeLightgbmText(model, fresh.features));
    expect(again.task).toBe('regression');
    expect(again.predict(fresh)).toEqual(model.predict(fresh));
  });

  it('has names that LightGBM can read', async () => {
    const model = await fitted('gbdt', 'binary');
    const features = ['a b', 'a b', 'é', ''].map((name, j) => ({ name, categories: j === 3 ? 40 : 0 }));
    const { names } = readLightgbmText(writeLightgbmText(model, features));
    expect(names).toEqual(['a_b', 'a_b_1', '_', '_3']);
  });

  it('is refused for what the format cannot hold', async () => {
    const data = learnable(estimatorOf('logistic'), 'binary', 60);
    const line = await estimatorOf('logistic').fit(data, {}, contextOf('binary'));
    const refusal = (work: () => unknown): unknown => {
      try {
        return work();
      } catch (thrown) {
        return thrown instanceof MillwrightError ? thrown.code : thrown;
      }
    };
    expect(refusal(() => writeLightgbmText(line, data.matrix.features))).toBe('MW_EXCHANGE_UNSUPPORTED');
    const shares = await fitted('tree', 'multiclass');
    expect(refusal(() => writeLightgbmText(shares, matrixOf([], []).features))).toBe('MW_EXCHANGE_UNSUPPORTED');
  });
});
