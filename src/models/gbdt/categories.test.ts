import { describe, expect, it } from 'vitest';
import { MillwrightError } from '../../base/error.js';
import { random } from '../../base/random.js';
import { crc32 } from '../bytes.js';
import { loadModel } from '../catalogue.js';
import type { FitContext, Matrix, Task, TrainingData } from '../estimator.js';
import { writeLightgbmText } from '../exchange/write-lightgbm-text.js';
import { CLASSES, contextOf, matrixOf, mutate } from '../testing/examples.js';
import { orderedStatistics } from './category-statistics.js';
import { gbdt } from './estimator.js';
import { StatisticsModel } from './statistics-model.js';

function auc(scores: Float64Array, target: Float64Array): number {
  const order = [...scores.keys()].sort((a, b) => scores[a] - scores[b]);
  let ranks = 0;
  let positives = 0;
  for (let i = 0; i < order.length; ) {
    let end = i;
    while (end < order.length && scores[order[end]] === scores[order[i]]) end++;
    for (let k = i; k < end; k++) {
      if (target[order[k]] === 0) continue;
      ranks += (i + end + 1) / 2;
      positives++;
    }
    i = end;
  }
  return (ranks - (positives * (positives + 1)) / 2) / (positives * (scores.length - positives));
}

const logLoss = (p: Float64Array, target: Float64Array): number =>
  p.reduce((sum, q, i) => sum - Math.log(target[i] === 1 ? q : 1 - q), 0) / p.length;

/** Incomes as in a census: numbers, and categories from 2 to 42 and once 1500 levels, with effects of their own and together. */
function census(rows: number, seed: number): TrainingData {
  const levels = [2, 5, 7, 9, 15, 16, 42, 1500];
  const truth = random(77);
  const effects = levels.map((count) => Float64Array.from({ length: count }, () => truth.normal() * 0.7));
  const source = random(seed);
  const numbers = [0, 1, 2].map(() => Float64Array.from({ length: rows }, () => source.normal()));
  // Few levels are common, most are rare.
  const codes = levels.map((count) =>
    Float64Array.from({ length: rows }, () => (source.below(40) === 0 ? Number.NaN : Math.floor(count * source.next() ** 2))),
  );
  const target = Float64Array.from({ length: rows }, (_, i) => {
    let signal = numbers[0][i] - numbers[1][i] ** 2 / 2 - 1;
    codes.forEach((column, j) => {
      if (column[i] === column[i]) signal += effects[j][column[i]] * (j === 4 ? numbers[2][i] : 1);
    });
    return Number(signal + source.normal() > 0);
  });
  return { matrix: matrixOf([...numbers, ...codes], [0, 0, 0, ...levels]), target };
}

/** Without the categories of more than `most` levels. */
const narrowed = ({ rows, columns, features }: Matrix, most: number): Matrix => {
  const kept = features.flatMap(({ categories }, j) => (categories > most ? [] : [j]));
  return { rows, columns: kept.map((j) => columns[j]), features: kept.map((j) => features[j]) };
};

describe('categories of census-like rows', () => {
  const train = census(6000, 1);
  const test = census(4000, 2);
  const context = contextOf('binary');
  const lossOf = async (params: Record<string, unknown>, most = Infinity): Promise<number> => {
    const model = await gbdt.fit({ ...train, matrix: narrowed(train.matrix, most) }, { rounds: 60, ...params }, context);
    return logLoss(model.predict(narrowed(test.matrix, most)), test.target);
  };

  it('tell by either method', async () => {
    const numbersOnly = await lossOf({}, 0);
    const sorted = await lossOf({});
    const ordered = await lossOf({ categories: 'ordered' });
    for (const loss of [sorted, ordered]) expect(loss).toBeLessThan(0.8 * numbersOnly);
    expect(Math.abs(ordered - sorted)).toBeLessThan(0.06 * sorted);
    expect(await lossOf({ categories: 'both' })).toBeLessThan(0.98 * ordered);
  });
});

describe('a category of noise', () => {
  const make = (seed: number): TrainingData => {
    const source = random(seed);
    const codes = Float64Array.from({ length: 12_000 }, () => source.below(1000));
    return { matrix: matrixOf([codes], [1000]), target: codes.map(() => source.below(2)) };
  };
  const train = make(1);
  const test = make(2);
  const params = { rounds: 20, leaves: 4, minRows: 200 };
  const learnt = async (data: TrainingData, other: Matrix, options: Record<string, unknown>) => {
    const model = await gbdt.fit(data, { ...params, ...options }, contextOf('binary'));
    return [auc(model.predict(data.matrix), data.target), auc(model.predict(other), test.target)];
  };

  it('teaches nothing when its statistics are ordered, unlike means that know their own row', async () => {
    const sums = new Float64Array(1000);
    const counts = new Float64Array(1000);
    train.matrix.columns[0].forEach((code, i) => {
      sums[code] += train.target[i];
      counts[code]++;
    });
    const naive = ({ columns }: Matrix) => matrixOf([columns[0].map((code) => sums[code] / counts[code])]);
    const [naiveTrain, naiveTest] = await learnt({ ...train, matrix: naive(train.matrix) }, naive(test.matrix), {});
    expect(naiveTrain).toBeGreaterThan(0.62);
    expect(naiveTest).toBeLessThan(0.53);
    const { data } = orderedStatistics(
      train,
      0,
      { oneHotCategories: 4, categoryPrior: 1, categories: 'ordered' },
      random(5),
    ) as {
      data: TrainingData;
    };
    const seen = await gbdt.fit(data, params, contextOf('binary'));
    expect(auc(seen.predict(data.matrix), data.target)).toBeLessThan(0.54);
    const [, orderedTest] = await learnt(train, test.matrix, { categories: 'ordered' });
    expect(Math.abs(orderedTest - 0.5)).toBeLessThan(0.03);
  });
});

describe('a model over statistics', () => {
  const fitted = async (task: Task, context: Partial<FitContext> = {}, categories = 'ordered') => {
    const data = census(1500, 3);
    const target = task === 'multiclass' ? data.target.map((y, i) => y + Number(data.matrix.columns[3][i] === 1)) : data.target;
    const params = { categories, rounds: 6 };
    return { data, model: await gbdt.fit({ ...data, target }, params, { ...contextOf(task), ...context }) };
  };

  it.each<readonly [Task, 'ordered' | 'both']>([
    ['binary', 'ordered'],
    ['binary', 'both'],
    ['multiclass', 'both'],
    ['regression', 'ordered'],
  ])('of a %s task, %s, is the same in batch, by row and read back', async (task, categories) => {
    const { data, model } = await fitted(task, {}, categories);
    expect(model).toBeInstanceOf(StatisticsModel);
    expect(model.inputs).toBe(11);
    const batch = model.predict(data.matrix);
    const again = loadModel(model.serialize());
    expect(again.serialize()).toEqual(model.serialize());
    expect(again.predict(data.matrix)).toEqual(batch);
    const out = new Float64Array(model.outputs);
    const explainer = model.explainer?.();
    const contributions = new Float64Array(model.outputs * 11);
    const margins = new Float64Array(model.outputs);
    const interactions = new Float64Array(model.outputs * 11 * 11);
    for (let i = 0; i < 60; i++) {
      const row = Float64Array.from(data.matrix.columns, (column) => column[i]);
      if (i === 0) row.fill(Number.NaN);
      if (i === 1) row.fill(1e9);
      model.predictRow(row, out);
      if (i > 1) expect(out).toEqual(batch.slice(i * model.outputs, (i + 1) * model.outputs));
      explainer?.explainRow(row, contributions, margins);
      for (let k = 0; k < model.outputs; k++) {
        const sum = contributions.subarray(k * 11, (k + 1) * 11).reduce((a, b) => a + b, explainer?.base[k] ?? Number.NaN);
        expect(sum).toBeCloseTo(margins[k], 9);
        if (i > 3) continue;
        explainer?.interactRow(row, contributions, interactions);
        for (let a = 0; a < 11; a++) {
          const together = interactions.subarray((k * 11 + a) * 11, (k * 11 + a + 1) * 11);
          expect(together.reduce((x, y) => x + y, 0)).toBeCloseTo(contributions[k * 11 + a], 9);
          expect(together[10]).toBeCloseTo(interactions[(k * 11 + 10) * 11 + a], 9);
        }
      }
      if (task === 'binary') expect(1 / (1 + Math.exp(-margins[0]))).toBeCloseTo(out[0], 12);
    }
    // What a category did is told of the category.
    expect(model.importances?.().length).toBe(11);
    expect(model.importances?.()[10]).toBeGreaterThan(0);
    expect(model.splitCounts?.()[10]).toBeGreaterThan(0);
    expect((await fitted(task, {}, categories)).model.serialize()).toEqual(model.serialize());
    expect((await fitted(task, { seed: 2 }, categories)).model.serialize()).not.toEqual(model.serialize());
    expect(model.outputs).toBe(task === 'multiclass' ? CLASSES : 1);
  });

  it('stops early by validation rows', async () => {
    const validation = census(800, 4);
    const params = { categories: 'ordered', rounds: 300, earlyStopping: 5 };
    const model = await gbdt.fit(census(1500, 3), params, { ...contextOf('binary'), validation });
    expect(model.summary['rounds']).toBeLessThan(150);
    expect(model.summary['validationLoss']).toBeCloseTo(logLoss(model.predict(validation.matrix), validation.target), 10);
  });

  it('is not written as LightGBM text', async () => {
    const { data, model } = await fitted('binary');
    expect(() => writeLightgbmText(model, data.matrix.features)).toThrow(
      expect.objectContaining({ code: 'MW_EXCHANGE_UNSUPPORTED', fix: expect.stringContaining("'sorted'") }),
    );
  });

  it('keeps to groups that name the category', async () => {
    const data = census(1500, 3);
    const params = { categories: 'ordered', rounds: 5, interactions: 'f10; f0' };
    await expect(gbdt.fit(data, params, contextOf('binary'))).resolves.toBeInstanceOf(StatisticsModel);
    await expect(gbdt.fit(data, { ...params, monotone: 'f10:+' }, contextOf('binary'))).rejects.toMatchObject({
      code: 'MW_OPTION_INVALID',
    });
  });

  it('is a coded error when its bytes are damaged, or a model', async () => {
    const { model, data } = await fitted('regression', {}, 'both');
    const bytes = model.serialize();
    const source = random(8);
    for (let k = 0; k < 150; k++) {
      const damaged = mutate(bytes, source, 1 + source.below(4));
      new DataView(damaged.buffer).setUint32(damaged.length - 4, crc32(damaged.subarray(0, -4)), true);
      try {
        const read = loadModel(damaged);
        if (read.inputs === 11) read.predict(data.matrix);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(MillwrightError);
      }
    }
  });
});

describe('a million categories', () => {
  const make = (rows: number, seed: number): TrainingData => {
    const source = random(seed);
    const codes = Float64Array.from({ length: rows }, (_, i) => (i % 2 === 0 ? source.below(2000) : source.below(1_000_000)));
    return {
      matrix: matrixOf([codes], [1_000_000]),
      target: codes.map((code) => Number(Math.sin(code) * 2 + source.normal() > 0)),
    };
  };
  const train = make(60_000, 1);
  const test = make(20_000, 2);

  it('are learnt from as far as they repeat, and ordered all of them', async () => {
    const [sorted, ordered] = await Promise.all(
      ['sorted', 'ordered'].map(async (categories) => {
        const model = await gbdt.fit(train, { categories, rounds: 10, minRows: 50 }, contextOf('binary'));
        expect(model.serialize().length).toBeLessThan(9_000_000);
        return auc(model.predict(test.matrix), test.target);
      }),
    );
    // Half of the rows have a category that was hardly ever seen.
    expect(sorted).toBeGreaterThan(0.51);
    expect(ordered).toBeGreaterThan(sorted + 0.1);
  });
});
