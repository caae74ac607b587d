import { describe, expect, it } from 'vitest';
import { MillwrightError } from '../../../base/error.js';
import { random } from '../../../base/random.js';
import { crc32 } from '../../bytes.js';
import type { TrainingData } from '../../estimator.js';
import { readLightgbmText } from '../../exchange/lightgbm-text.js';
import { writeLightgbmText } from '../../exchange/write-lightgbm-text.js';
import { contextOf, learnable, matrixOf, mutate } from '../../testing/examples.js';
import { ForestModel } from '../../trees/forest-model.js';
import { gbdt } from '../estimator.js';
import { OBJECTIVES } from './catalogue.js';
import { type ObjectiveName, tasksOf } from './names.js';
import { meanNdcg, queriesOf } from './ranking.js';

const context = contextOf('regression');
const codeOf = (
  data: TrainingData,
  params: Record<string, unknown>,
  task: 'binary' | 'multiclass' | 'regression' = 'regression',
) =>
  gbdt.fit(data, params, contextOf(task)).then(
    () => 'none',
    (thrown: unknown) => (thrown instanceof MillwrightError ? thrown.code : String(thrown)),
  );

/** A number that depends on two features, with noise drawn by the caller. */
function noisy(
  rows: number,
  seed: number,
  targetOf: (signal: number, source: ReturnType<typeof random>) => number,
): TrainingData {
  const source = random(seed);
  const columns = [0, 1, 2].map(() => Float64Array.from({ length: rows }, () => source.normal()));
  return { matrix: matrixOf(columns), target: columns[0].map((x, i) => targetOf(x + (columns[1][i] > 0 ? 1 : 0), source)) };
}

const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

describe('objectives', () => {
  it('quantiles have their share of fresh rows below them, in every part of the range', async () => {
    const skewed = (rows: number, seed: number) =>
      noisy(rows, seed, (signal, source) => signal - Math.log(1 - source.next()) * (signal > 0 ? 2 : 1));
    const [data, fresh] = [skewed(4000, 1), skewed(4000, 2)];
    for (const alpha of [0.1, 0.5, 0.9]) {
      const params = { objective: 'quantile', alpha, rounds: 60, leaves: 8, minRows: 60 };
      const p = (await gbdt.fit(data, params, context)).predict(fresh.matrix);
      for (const right of [true, false]) {
        const part = [...fresh.target.keys()].filter((i) => fresh.matrix.columns[0][i] > 0 === right);
        expect(Math.abs(mean(part.map((i) => Number(fresh.target[i] <= p[i]))) - alpha)).toBeLessThan(0.05);
      }
    }
  });

  it('absolute and huber do not follow outliers as squared does', async () => {
    const wild = (rows: number, seed: number) =>
      noisy(rows, seed, (signal, source) => signal + 0.3 * source.normal() + (source.below(20) === 0 ? 60 : 0));
    const data = wild(3000, 3);
    const fresh = noisy(1000, 4, (signal) => signal);
    const error = async (objective: string): Promise<number> => {
      const p = (await gbdt.fit(data, { objective, rounds: 60 }, context)).predict(fresh.matrix);
      return mean(p.map((value, i) => Math.abs(value - fresh.target[i])));
    };
    const squared = await error('squared');
    expect(await error('absolute')).toBeLessThan(0.2 * squared);
    expect(await error('huber')).toBeLessThan(0.2 * squared);
  });

  it('poisson and tweedie predict the means of counts and amounts, never below zero', async () => {
    const count = (rate: number, source: ReturnType<typeof random>): number => {
      let k = 0;
      for (let left = Math.exp(-rate), u = source.next(); u > left && k < 60; k++) {
        u -= left;
        left *= rate / (k + 1);
      }
      return k;
    };
    const rateOf = (signal: number): number => Math.exp(0.6 * signal - 0.5);
    const truth = noisy(2000, 6, rateOf);
    for (const objective of ['poisson', 'tweedie']) {
      const data = noisy(6000, 5, (signal, source) => {
        const events = count(rateOf(signal), source);
        return objective === 'poisson'
          ? events
          : Array.from({ length: events }, () => -Math.log(1 - source.next())).reduce((a, b) => a + b, 0);
      });
      const model = await gbdt.fit(data, { objective, rounds: 60, leaves: 8 }, context);
      const p = model.predict(truth.matrix);
      expect(Math.min(...p)).toBeGreaterThan(0);
      expect(Math.abs(mean(p) / mean(truth.target) - 1)).toBeLessThan(0.1);
      expect(mean(p.map((value, i) => Math.abs(value - truth.target[i])))).toBeLessThan(0.3 * mean(truth.target));
    }
  });

  it('lambdarank orders the rows of fresh queries', async () => {
    const ranking = (seed: number): TrainingData => {
      const source = random(seed);
      const group = Uint32Array.from({ length: 120 }, () => 4 + source.below(20));
      // Every query has its own level, which says nothing about the order within it.
      const levels = [...group].flatMap((size) => Array<number>(size).fill(10 * source.normal()));
      const rows = noisy(levels.length, seed, (signal, draws) =>
        Math.max(0, Math.min(4, Math.round(1 + signal + 0.4 * draws.normal()))),
      );
      const columns = [...rows.matrix.columns, Float64Array.from(levels)];
      return { matrix: matrixOf(columns), target: rows.target, group };
    };
    const [data, fresh] = [ranking(7), ranking(8)];
    const ndcg = (scores: Float64Array, cut: number): number => meanNdcg(scores, fresh, queriesOf(fresh, cut), cut);
    const params = { objective: 'lambdarank', rounds: 40, leaves: 8, earlyStopping: 40 };
    const model = await gbdt.fit(data, params, { ...context, validation: fresh });
    const scores = model.predict(fresh.matrix);
    const source = random(1);
    const chance = ndcg(
      scores.map(() => source.next()),
      5,
    );
    expect(1 - ndcg(scores, 5)).toBeLessThan(0.35 * (1 - chance));
    expect(model.summary.validationLoss).toBeCloseTo(1 - ndcg(scores, 30), 12);
    expect(ndcg(fresh.target, 5)).toBe(1);
    const empty = { ...fresh, target: fresh.target.map(() => 0) };
    expect(meanNdcg(scores, empty, queriesOf(empty, 5), 5)).toBe(1);
  });
});

describe.each(Object.keys(OBJECTIVES) as ObjectiveName[])('a model of %s', (objective) => {
  const [task] = tasksOf(objective);
  const base = learnable(gbdt, task, 320);
  const data: TrainingData = {
    ...base,
    target: task === 'regression' ? base.target.map((y) => Math.max(0, Math.min(6, Math.round(y / 3)))) : base.target,
    group: new Uint32Array(32).fill(10),
  };
  const fitted = (params = {}, rows = data) => gbdt.fit(rows, { rounds: 8, objective, ...params }, contextOf(task));

  it('comes back from its bytes and from LightGBM text, with the objective it had', async () => {
    const model = await fitted();
    const predicted = model.predict(data.matrix);
    const back = gbdt.load(model.serialize());
    expect(back.serialize()).toEqual(model.serialize());
    expect(back.predict(data.matrix)).toEqual(predicted);
    const usual = ['binary', 'softmax', 'squared'].includes(objective);
    expect(back).toMatchObject({ objective: usual ? null : objective });
    const text = writeLightgbmText(back, data.matrix.features);
    const line = {
      binary: 'binary sigmoid:1',
      softmax: 'multiclass num_class:3',
      squared: 'regression',
      absolute: 'regression_l1',
    };
    expect(text).toContain(`\nobjective=${(line as Record<string, string>)[objective] ?? objective}\n`);
    const read = readLightgbmText(text).model.predict(data.matrix);
    read.forEach((value, i) => expect(value).toBeCloseTo(predicted[i], 9));
  });

  it('is explained on its own scale', async () => {
    const model = await fitted();
    const explainer = model.explainer?.();
    const unit = task === 'regression' ? (['poisson', 'tweedie'].includes(objective) ? 'log-value' : 'value') : 'log-odds';
    expect(explainer?.unit).toBe(unit);
    const margins = new Float64Array(model.outputs);
    explainer?.explainRow(
      Float64Array.from(data.matrix.columns, (column) => column[0]),
      new Float64Array(model.outputs * model.inputs),
      margins,
    );
    if (unit === 'log-value') expect(Math.exp(margins[0])).toBeCloseTo(model.predict(data.matrix)[0], 9);
    if (unit === 'value') expect(margins[0]).toBeCloseTo(model.predict(data.matrix)[0], 9);
  });

  it('refuses hostile bytes with a code, and never crashes', async () => {
    const bytes = (await fitted({ rounds: 1 })).serialize();
    const source = random(13);
    for (let k = 0; k < 300; k++) {
      const hostile = mutate(bytes, source, 1 + source.below(3));
      new DataView(hostile.buffer).setUint32(hostile.length - 4, crc32(hostile.subarray(0, -4)), true);
      try {
        expect(gbdt.load(hostile)).toBeInstanceOf(ForestModel);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(MillwrightError);
      }
    }
  });

  it('copes with more leaves than rows, constant columns, one target and rows without weight', async () => {
    const finite = (values: Float64Array): void => values.forEach((value) => expect(Number.isFinite(value)).toBe(true));
    finite((await fitted({ leaves: 5000, minRows: 1, minCategoryRows: 1 })).predict(data.matrix));
    const flat = matrixOf(data.matrix.columns.map((column) => column.map(() => 2)));
    const constant = (await fitted({}, { ...data, matrix: flat })).predict(flat);
    finite(constant);
    expect(new Set(constant).size).toBeLessThanOrEqual(3);
    for (const y of [0, 1]) {
      const same = { ...data, target: data.target.map(() => y) };
      finite((await fitted({}, same)).predict(data.matrix));
      finite((await fitted({ sampling: 'goss', learningRate: 1 }, same)).predict(data.matrix));
      finite((await fitted({ boosting: 'dart', skipDrop: 0 }, same)).predict(data.matrix));
    }
    const weight = data.target.map((_, i) => Number(i >= 160));
    const half = await fitted({}, { ...data, weight });
    const changed = { ...data, weight, target: data.target.map((y, i) => (i >= 160 ? y : 1 - Math.min(1, y))) };
    expect(half.serialize()).toEqual((await fitted({}, changed)).serialize());
  });

  it('refuses targets that are not there', async () => {
    for (const y of [Number.NaN, Infinity, -Infinity])
      expect(await codeOf({ ...data, target: data.target.with(3, y) }, { objective }, task)).toBe('MW_MODEL_DATA');
  });
});

describe('objectives refuse', () => {
  it('directions where leaves are quantiles', async () => {
    for (const objective of ['absolute', 'quantile'])
      expect(await codeOf(data, { objective, monotone: 'f0:+' })).toBe('MW_OPTION_INVALID');
    expect(await codeOf(data, { objective: 'huber', monotone: 'f0:+' })).toBe('none');
  });

  const data: TrainingData = { ...learnable(gbdt, 'regression', 40), target: new Float64Array(40).fill(1) };

  it('negative counts and amounts, also among the validation rows', async () => {
    const negative = { ...data, target: data.target.with(7, -0.5) };
    for (const objective of ['poisson', 'tweedie']) {
      expect(await codeOf(negative, { objective })).toBe('MW_MODEL_DATA');
      await expect(gbdt.fit(data, { objective }, { ...context, validation: negative })).rejects.toMatchObject({
        code: 'MW_MODEL_DATA',
        where: { objective, row: 7 },
      });
      expect(await codeOf(data, { objective })).toBe('none');
    }
  });

  it('groups that do not add up, and rankings without groups, grades or one weight a query', async () => {
    const objective = 'lambdarank';
    expect(await codeOf(data, { objective })).toBe('MW_MODEL_OBJECTIVE');
    for (const group of [[39], [20, 21], [40, 0], []])
      expect([group, await codeOf({ ...data, group: Uint32Array.from(group) }, {})]).toEqual([group, 'MW_MODEL_DATA']);
    const group = Uint32Array.of(15, 25);
    expect(await codeOf({ ...data, group }, { objective })).toBe('none');
    for (const grade of [0.5, -1, 31])
      expect(await codeOf({ ...data, group, target: data.target.with(0, grade) }, { objective })).toBe('MW_MODEL_DATA');
    const weight = data.target.map((_, i) => (i < 15 ? 1 : 2));
    expect(await codeOf({ ...data, group, weight }, { objective })).toBe('none');
    expect(await codeOf({ ...data, group, weight: weight.with(30, 1) }, { objective })).toBe('MW_MODEL_DATA');
  });
});
