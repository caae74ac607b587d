import { describe, expect, it } from 'vitest';
import { MillwrightError } from '../../base/error.js';
import { loadModel } from '../catalogue.js';
import { readModelFile } from './read-model-file.js';
import { lightgbmText, stump, xgboostJson, xgboostStump } from './testing/model-files.js';

const NA = Number.NaN;
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

const predict = (text: string, a: number, b = 0): number[] => {
  const { model } = readModelFile(encode(text));
  const out = new Float64Array(model.outputs);
  const again = new Float64Array(model.outputs);
  model.predictRow(Float64Array.of(a, b), out);
  loadModel(model.serialize()).predictRow(Float64Array.of(a, b), again);
  expect(again).toEqual(out);
  return [...out];
};

const codeOf = (bytes: Uint8Array): string => {
  try {
    readModelFile(bytes);
  } catch (thrown) {
    if (thrown instanceof MillwrightError) return thrown.code;
    throw thrown;
  }
  return 'none';
};

/** Categories 1 and 40 of feature b go right; missing goes left. */
const categorical = {
  ...xgboostStump(0, true),
  split_indices: [1, 0, 0],
  split_type: [1, 0, 0],
  categories: [1, 40],
  categories_nodes: [0],
  categories_segments: [0],
  categories_sizes: [2],
};

describe('an XGBoost JSON model', () => {
  it('sends only what is less than the threshold as a float left', () => {
    const text = xgboostJson({}, [xgboostStump(Math.fround(0.1), false)]);
    // 0.1 is less than its float, but the float of 0.1 is not.
    expect([0.1, Math.fround(0.1), 0.0999, 0.2].map((a) => predict(text, a)[0])).toEqual([2, 2, -1, 2]);
  });

  it('sends a missing value the default way', () => {
    expect(predict(xgboostJson({}, [xgboostStump(0, true)]), NA)).toEqual([-1]);
    expect(predict(xgboostJson({}, [xgboostStump(0, false)]), NA)).toEqual([2]);
  });

  it('sends the categories of a set right and all others left', () => {
    const text = xgboostJson({}, [categorical]);
    expect([1, 40, 0, 2, 41, 1000, -1, NA].map((b) => predict(text, 0, b)[0])).toEqual([2, 2, -1, -1, -1, -1, -1, -1]);
  });

  it('reads NaN as a word, and base_score as text or as a list', () => {
    const bare = xgboostJson({ base: '[1.5E0]' }, [{ ...categorical, split_conditions: ['?', -1, 2] }]).replace('"?"', 'NaN');
    expect(predict(bare, 0, 1)).toEqual([3.5]);
    expect(predict(xgboostJson({ base: '1.5E0' }, [categorical]), 0, 1)).toEqual([3.5]);
  });

  it.each([
    ['binary:logistic', '2E-1', 1 / (1 + 4 * Math.exp(-2))],
    ['reg:logistic', '5E-1', 1 / (1 + Math.exp(-2))],
    ['binary:logitraw', '5E-1', 2.5],
    ['binary:hinge', '0E0', 1],
    ['count:poisson', '3', 3 * Math.exp(2)],
    ['reg:gamma', '3', 3 * Math.exp(2)],
    ['reg:tweedie', '3', 3 * Math.exp(2)],
  ])('gives the outputs of %s', (objective, base, expected) => {
    // What sums begin with is rounded to float32 there.
    expect((predict(xgboostJson({ objective, base }, [xgboostStump(0, true)]), 1)[0] as number) / expected).toBeCloseTo(1, 6);
  });

  it('adds each tree to its class, weighted where trees were dropped', () => {
    const head = { objective: 'multi:softprob', classes: 3, base: '[0E0,1E0,0E0]' };
    const trees = [xgboostStump(0, true), xgboostStump(5, true), xgboostStump(0, true)];
    const scores = [2 + 2, 1 - 1, 0];
    const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
    predict(xgboostJson(head, trees, [0, 1, 0]), 1).forEach((value, k) =>
      expect(value).toBeCloseTo(Math.exp(scores[k] as number) / total, 12),
    );
    expect(predict(xgboostJson({ weights: [0.5, 0.25, 1] }, trees), 1)).toEqual([1 - 0.25 + 2]);
  });

  it('adds leaves in float32 in the order of the trees', () => {
    const leaf = (value: number) => ({ ...xgboostStump(0, true), split_conditions: [9, value, value] });
    const values = [1 / 3, 1e-8, 5.1, -2e-7, 77.7];
    let sum = Math.fround(0.1);
    for (const value of values) sum = Math.fround(sum + Math.fround(value));
    expect(predict(xgboostJson({ base: '[1E-1]' }, values.map(leaf)), 1)).toEqual([sum]);
  });

  it('has its feature names', () => {
    expect(readModelFile(encode(xgboostJson({}, [categorical]))).names).toEqual(['a', 'b']);
  });
});

describe('a model file that is not sound', () => {
  const good = xgboostJson({ base: '[5E-1]' }, [categorical, xgboostStump(1, false)]);

  it.each([
    ['a cycle', { left_children: [0, -1, -1] }],
    ['a child that is not there', { left_children: [9, -1, -1] }],
    ['lists of unequal lengths', { right_children: [2] }],
    ['a feature that is not there', { split_indices: [2, 0, 0] }],
    ['a leaf that is no number', { split_conditions: [0, null, 2] }],
    ['text among numbers', { split_conditions: [0, 'x', 2] }],
    ['a category out of range', { categories: [4e9, 40] }],
    ['categories it does not list', { categories_sizes: [2e9] }],
    ['categories that two splits share', { categories_nodes: [0, 1], categories_segments: [0, 0], categories_sizes: [2, 2] }],
    ['no categories', { categories_nodes: [], categories_segments: [], categories_sizes: [] }],
  ])('is refused for %s', (_, change) => {
    expect(codeOf(encode(xgboostJson({}, [{ ...categorical, ...change }])))).toBe('MW_EXCHANGE_CORRUPT');
  });

  it('is refused for a base score that its objective cannot have', () => {
    for (const base of ['x', '', '[1,2]', '1'])
      expect(codeOf(encode(xgboostJson({ objective: 'binary:logistic', base }, [categorical])))).toBe('MW_EXCHANGE_CORRUPT');
  });

  it('is refused for what cannot be carried over', () => {
    expect(codeOf(encode(xgboostJson({ objective: 'survival:aft' }, [categorical])))).toBe('MW_EXCHANGE_UNSUPPORTED');
    expect(codeOf(encode(good.replace('"gbtree"', '"gblinear"')))).toBe('MW_EXCHANGE_UNSUPPORTED');
    const vectors = { ...categorical, tree_param: { size_leaf_vector: '3' } };
    expect(codeOf(encode(xgboostJson({}, [vectors])))).toBe('MW_EXCHANGE_UNSUPPORTED');
  });

  it('is refused wherever it is cut off', () => {
    expect(codeOf(encode(good))).toBe('none');
    for (let length = 0; length < good.length; length++) expect(codeOf(encode(good.slice(0, length)))).toMatch(/^MW_EXCHANGE_/);
  });

  it('gives a coded error or a model that predicts, whatever one character is changed to', () => {
    let refused = 0;
    for (let at = 0; at < good.length; at++)
      for (const other of ['9', '-', '"', ']', 'N']) {
        const text = good.slice(0, at) + other + good.slice(at + 1);
        const code = codeOf(encode(text));
        if (code !== 'none') {
          expect(code).toMatch(/^MW_EXCHANGE_/);
          refused += 1;
        } else expect(predict(text, 1, 1)[0]).not.toBeNaN();
      }
    expect(refused).toBeGreaterThan(100);
  });

  it('is refused for sets that ask for more memory than a model has', () => {
    const large = { ...categorical, categories: [1, 16_777_215] };
    const trees = Array.from({ length: 40 }, () => large);
    expect(codeOf(encode(xgboostJson({}, trees.slice(0, 2))))).toBe('none');
    expect(codeOf(encode(xgboostJson({}, trees)))).toBe('MW_EXCHANGE_CORRUPT');
  });

  it('is told from its first bytes', () => {
    expect(readModelFile(encode(`\ufeff${lightgbmText({}, [stump(2)])}`)).format).toBe('lightgbm');
    expect(readModelFile(encode(good)).format).toBe('xgboost-json');
    for (const bytes of [encode(''), encode('a,b\n1,2\n'), encode('binf\0\0'), Uint8Array.of(0, 0, 0, 63), encode('{x')])
      expect(codeOf(bytes)).toBe('MW_EXCHANGE_FORMAT');
  });
});
