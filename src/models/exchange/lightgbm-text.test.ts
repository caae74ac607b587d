import { describe, expect, it } from 'vitest';
import { MillwrightError } from '../../base/error.js';
import { loadModel } from '../catalogue.js';
import type { Model } from '../estimator.js';
import { readLightgbmText } from './lightgbm-text.js';
import { categoricalTree, constantTree, lightgbmText, stump } from './testing/model-files.js';

const NA = Number.NaN;

const outputsOf = (model: Model, row: readonly number[]): number[] => {
  const out = new Float64Array(model.outputs);
  model.predictRow(Float64Array.from(row), out);
  return [...out];
};

const predict = (text: string, a: number, b = 0): number => outputsOf(readLightgbmText(text).model, [a, b])[0] as number;

const codeOf = (text: string): string => {
  try {
    readLightgbmText(text);
  } catch (thrown) {
    if (thrown instanceof MillwrightError) return thrown.code;
    throw thrown;
  }
  return 'none';
};

describe('a LightGBM text', () => {
  it('sends a value at the threshold left', () => {
    const text = lightgbmText({}, [stump(2)]);
    expect([0.5, 0.50000001, -3, 9].map((a) => predict(text, a))).toEqual([-1, 2, -1, 2]);
  });

  it('takes a missing value for zero unless missing is NaN', () => {
    expect(predict(lightgbmText({}, [stump(0)]), NA)).toBe(-1);
    expect(predict(lightgbmText({}, [stump(0, -1, 2, -0.5)]), NA)).toBe(2);
    expect(predict(lightgbmText({}, [stump(8)]), NA)).toBe(2);
    expect(predict(lightgbmText({}, [stump(8 + 2)]), NA)).toBe(-1);
  });

  it('sends zero and what is as near as nothing with the missing where zero is missing', () => {
    const right = lightgbmText({}, [stump(4)]);
    expect([0, -0, 1e-36, -1e-36, NA].map((a) => predict(right, a))).toEqual([2, 2, 2, 2, 2]);
    expect([1e-30, -1e-30].map((a) => predict(right, a))).toEqual([-1, -1]);
    const left = lightgbmText({}, [stump(4 + 2, -1, 2, -0.5)]);
    expect([0, NA, 0.1, -1].map((a) => predict(left, a))).toEqual([-1, -1, 2, -1]);
  });

  it('sends the categories of a set left, all others and missing ones right', () => {
    const text = lightgbmText({}, [categoricalTree]);
    expect([1, 33, 1.9].map((b) => predict(text, 10, b))).toEqual([1, 1, 1]);
    expect([1, 33].map((b) => predict(text, NA, b))).toEqual([4, 4]);
    expect([0, 2, 32, 34, 64, 65, 97, -1, -33, 2 ** 32 + 1, Infinity, NA].map((b) => predict(text, 10, b))).toEqual(
      Array.from({ length: 12 }, () => 2),
    );
  });

  it('adds trees, also those of one leaf, and divides where outputs are averaged', () => {
    expect(predict(lightgbmText({}, [stump(2), constantTree(0.25), stump(2)]), 1)).toBe(4.25);
    expect(predict(lightgbmText({}, [stump(2), constantTree(0.25)], ['average_output']), 1)).toBe(1.125);
  });

  it.each([
    ['regression', 2, 'regression'],
    ['regression sqrt', 4, 'regression'],
    ['regression_l1', 2, 'regression'],
    ['poisson', Math.exp(2), 'regression'],
    ['gamma', Math.exp(2), 'regression'],
    ['tweedie tweedie_variance_power:1.5', Math.exp(2), 'regression'],
    ['cross_entropy', 1 / (1 + Math.exp(-2)), 'regression'],
    ['cross_entropy_lambda', Math.log1p(Math.exp(2)), 'regression'],
    ['binary sigmoid:1', 1 / (1 + Math.exp(-2)), 'binary'],
    ['binary sigmoid:0.5', 1 / (1 + Math.exp(-1)), 'binary'],
    ['lambdarank', 2, 'regression'],
  ])('gives the outputs of the objective %s', (objective, expected, task) => {
    const { model } = readLightgbmText(lightgbmText({ objective }, [stump(2)]));
    expect(model.task).toBe(task);
    expect(outputsOf(model, [1, 0])[0]).toBeCloseTo(expected, 12);
  });

  it('undoes a root on both sides of zero', () => {
    expect(predict(lightgbmText({ objective: 'regression sqrt' }, [stump(2, -3)]), 0)).toBe(-9);
  });

  it('gives trees to classes in turn', () => {
    const classes = { num_class: '3', num_tree_per_iteration: '3' };
    const trees = [stump(2), constantTree(0), constantTree(1), stump(2), constantTree(0), constantTree(0)];
    const soft = readLightgbmText(lightgbmText({ ...classes, objective: 'multiclass num_class:3' }, trees)).model;
    const total = Math.exp(4) + 1 + Math.exp(1);
    [Math.exp(4), 1, Math.exp(1)].forEach((part, k) => expect(outputsOf(soft, [1, 0])[k]).toBeCloseTo(part / total, 12));
    const each = readLightgbmText(lightgbmText({ ...classes, objective: 'multiclassova num_class:3 sigmoid:1' }, trees)).model;
    expect(outputsOf(each, [1, 0])[1]).toBe(0.5);
  });

  it('leaves probabilities of an old random forest as they are, and links the sums of a later one', () => {
    const forest = [stump(2, 0.25, 0.75), constantTree(0.25)];
    const binary = { objective: 'binary sigmoid:1' };
    expect(predict(lightgbmText({ ...binary, version: 'v2' }, forest, ['average_output']), 1)).toBe(0.5);
    expect(predict(lightgbmText({ ...binary, version: 'v4' }, forest, ['average_output']), 1)).toBeCloseTo(
      1 / (1 + Math.exp(-0.5)),
      12,
    );
  });

  it('has its feature names', () => {
    expect(readLightgbmText(lightgbmText({}, [stump(2)])).names).toEqual(['a', 'b']);
  });

  it('predicts the same bits a row, in batch and after being stored', () => {
    const { model } = readLightgbmText(lightgbmText({ objective: 'binary sigmoid:1' }, [categoricalTree, stump(4), stump(10)]));
    const a = Float64Array.of(0, 10, NA, 11, -2, 1e-36);
    const b = Float64Array.of(1, 33, 1, 33, NA, -4);
    const features = ['a', 'b'].map((name) => ({ name, categories: 0 }));
    const batch = model.predict({ rows: a.length, columns: [a, b], features });
    const bytes = model.serialize();
    const again = loadModel(bytes);
    expect(again.serialize()).toEqual(bytes);
    batch.forEach((value, i) => {
      expect(Object.is(outputsOf(model, [a[i] as number, b[i] as number])[0], value)).toBe(true);
      expect(Object.is(outputsOf(again, [a[i] as number, b[i] as number])[0], value)).toBe(true);
    });
  });
});

describe('a LightGBM text that is not sound', () => {
  const good = lightgbmText({ objective: 'binary sigmoid:1' }, [categoricalTree, stump(4), categoricalTree]);

  it.each([
    ['a cycle', stump(2).replace('left_child=-1', 'left_child=0')],
    ['a shared leaf', stump(2).replace('right_child=-2', 'right_child=-1')],
    ['a child that is not there', stump(2).replace('left_child=-1', 'left_child=7')],
    ['a leaf that is not there', stump(2).replace('right_child=-2', 'right_child=-9')],
    ['a feature that is not there', stump(2).replace('split_feature=0', 'split_feature=2')],
    ['a negative feature', stump(2).replace('split_feature=0', 'split_feature=-1')],
    ['too few thresholds', stump(2).replace('threshold=0.5', 'threshold=')],
    ['a threshold that is no number', stump(2).replace('threshold=0.5', 'threshold=nan')],
    ['a leaf that is not finite', stump(2).replace('-1 2', '-1 inf')],
    ['billions of leaves', stump(2).replace('num_leaves=2', 'num_leaves=4000000000')],
    ['a set that is not there', categoricalTree.replace('threshold=0 10', 'threshold=5 10')],
    ['bounds beyond the words', categoricalTree.replace('boundaries=0 2', 'boundaries=0 2000000000')],
    [
      'a set that two splits share',
      categoricalTree.replace('threshold=0 10', 'threshold=0 0').replace('decision_type=1 8', 'decision_type=1 1'),
    ],
    ['words that are none', categoricalTree.replace('cat_threshold=2 2', 'cat_threshold=2 -2')],
    ['a decision type of later times', stump(64)],
  ])('is refused for %s', (_, tree) => {
    expect(codeOf(lightgbmText({}, [tree]))).toBe('MW_EXCHANGE_CORRUPT');
  });

  it.each([
    ['billions of features', { max_feature_idx: '4000000000' }],
    ['billions of outputs', { num_tree_per_iteration: '4000000000' }],
    ['no number of features', { max_feature_idx: '' }],
    ['rounds that are not whole', { num_tree_per_iteration: '2', objective: 'multiclass num_class:2' }],
    ['names that are too few', { feature_names: 'a' }],
    ['a sigmoid of nothing', { objective: 'binary sigmoid:0' }],
  ])('is refused for %s', (_, head) => {
    expect(codeOf(lightgbmText(head, [stump(2)]))).toBe('MW_EXCHANGE_CORRUPT');
  });

  it('is refused for what cannot be carried over', () => {
    expect(codeOf(lightgbmText({}, [`${stump(2)}\nis_linear=1`]))).toBe('MW_EXCHANGE_UNSUPPORTED');
    expect(codeOf(lightgbmText({ objective: 'newest' }, [stump(2)]))).toBe('MW_EXCHANGE_UNSUPPORTED');
  });

  it('is refused wherever its trees are cut off', () => {
    expect(codeOf(good)).toBe('none');
    for (let length = 0; length < good.indexOf('end of trees') + 12; length++)
      expect([length, codeOf(good.slice(0, length))]).toEqual([length, 'MW_EXCHANGE_CORRUPT']);
  });

  it('gives a coded error or a model that predicts, whatever one character is changed to', () => {
    let refused = 0;
    for (let at = 0; at < good.length; at++)
      for (const other of ['9', '-', ' ', '\n', '=', 'e']) {
        const text = good.slice(0, at) + other + good.slice(at + 1);
        const code = codeOf(text);
        if (code !== 'none') {
          expect(code).toMatch(/^MW_EXCHANGE_/);
          refused += 1;
        } else expect(predict(text, 1, 1)).not.toBeNaN();
      }
    expect(refused).toBeGreaterThan(100);
  });
});
