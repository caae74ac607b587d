import { describe, expect, it } from 'vitest';
import { random } from '../../base/random.js';
import { loadModel } from '../catalogue.js';
import type { Matrix, Task } from '../estimator.js';
import { contextOf, matrixOf } from '../testing/examples.js';
import { gbdt } from './estimator.js';

const ROWS = 60;
const source = random(4);
const filled = (value: number): Float64Array => new Float64Array(ROWS).fill(value);
const numbers = Float64Array.from({ length: ROWS }, () => source.normal());
const codes = Float64Array.from({ length: ROWS }, () => source.below(9));
const signal = numbers.map((x, i) => x + (codes[i] % 2));

const MATRICES: Readonly<Record<string, Matrix>> = {
  'a constant': matrixOf([filled(7)]),
  'zeros of both signs': matrixOf([numbers.map((_, i) => (i % 2 === 0 ? 0 : -0))]),
  'nothing but missing': matrixOf([filled(Number.NaN), filled(Number.NaN)], [0, 5]),
  'one value and missing': matrixOf([numbers.map((x) => (x > 0 ? 3 : Number.NaN))]),
  infinities: matrixOf([numbers.map((x, i) => (i % 5 === 0 ? Infinity : i % 7 === 0 ? -Infinity : x))]),
  'the largest numbers': matrixOf([numbers.map((x) => Math.sign(x) * Number.MAX_VALUE)]),
  'one category': matrixOf([filled(0)], [1]),
  'a category a row': matrixOf([Float64Array.from({ length: ROWS }, (_, i) => i)], [ROWS]),
  'a category far out': matrixOf([codes.map((code) => code * 10_000)], [1_000_000]),
  'no columns at all': { rows: ROWS, columns: [], features: [] },
};
const PARAMS: readonly Record<string, unknown>[] = [
  { leaves: 1000, minRows: 1, minChildWeight: 0 },
  { growth: 'depthwise', leaves: 1000, maxDepth: 50, minRows: 1, columnSampleByNode: 0.01 },
  { categories: 'ordered', categoryPrior: 0, minRows: 1 },
  { categories: 'ordered', oneHotCategories: 0, minBinRows: 1 },
];
const directed: Record<string, unknown> = { monotone: 'f0:+', interactions: 'f0', minRows: 1, leaves: 1000 };

describe.each(Object.keys(MATRICES))('%s', (name) => {
  const matrix = MATRICES[name];
  it.each<Task>(['binary', 'multiclass', 'regression'])('gives a finite model of a %s task', async (task) => {
    const target = signal.map((s) =>
      task === 'regression' ? s : task === 'binary' ? Number(s > 0) : Number(s > 0) + Number(s > 1),
    );
    const usable = task !== 'multiclass' && matrix.features.length > 0 && matrix.features[0].categories === 0;
    for (const params of usable ? [...PARAMS, directed] : PARAMS) {
      const model = await gbdt.fit({ matrix, target }, { rounds: 2, ...params }, contextOf(task));
      const predicted = model.predict(matrix);
      expect(predicted.every(Number.isFinite)).toBe(true);
      expect(loadModel(model.serialize()).predict(matrix)).toEqual(predicted);
      const out = new Float64Array(model.outputs);
      for (const value of [Number.NaN, Infinity, -Infinity, 1e9, -5, 0.5]) {
        model.predictRow(new Float64Array(model.inputs).fill(value), out);
        expect(out.every(Number.isFinite)).toBe(true);
      }
    }
  });
});

it('more leaves than rows part the rows as far as they differ, and no further', async () => {
  const params = { rounds: 1, learningRate: 1, leaves: 5000, minRows: 1, minBinRows: 1, minChildWeight: 0, l2: 0 };
  for (const growth of ['leafwise', 'depthwise']) {
    const model = await gbdt.fit(
      { matrix: matrixOf([numbers]), target: signal },
      { ...params, growth },
      contextOf('regression'),
    );
    model.predict(matrixOf([numbers])).forEach((value, i) => expect(value).toBeCloseTo(signal[i], 5));
  }
});
