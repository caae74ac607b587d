import { describe, expect, it } from 'vitest';
import type { Task, TrainingData } from '../estimator.js';
import { contextOf, learnable, matrixOf } from '../testing/examples.js';
import { tree } from '../tree/estimator.js';
import { gbdt } from './estimator.js';

describe('training that goes on from a model', () => {
  const cases: readonly { task: Task; params: object }[] = [
    { task: 'binary', params: {} },
    { task: 'multiclass', params: { columnSample: 0.5 } },
    { task: 'regression', params: { rowSample: 0.6, columnSample: 0.5 } },
    { task: 'regression', params: { objective: 'quantile', alpha: 0.8 } },
    { task: 'binary', params: { sampling: 'goss', learningRate: 0.3 } },
    { task: 'binary', params: { classWeight: 'balanced' } },
  ];
  it.each(cases)('ends with the bytes of one that never stopped: $task with $params', async ({ task, params }) => {
    const data = learnable(gbdt, task, 600);
    const small = { leaves: 8, ...params };
    const whole = await gbdt.fit(data, { ...small, rounds: 14 }, contextOf(task));
    const half = await gbdt.fit(data, { ...small, rounds: 7 }, contextOf(task));
    const from = gbdt.load(half.serialize());
    const joined = await gbdt.fit(data, { ...small, rounds: 7 }, { ...contextOf(task), from });
    expect(joined.serialize()).toEqual(whole.serialize());
    expect(half.serialize()).not.toEqual(whole.serialize());
  });

  it('learns from other rows with other categories, and keeps the earlier trees as they are', async () => {
    const old = learnable(gbdt, 'regression', 600);
    const fresh = learnable(gbdt, 'regression', 600, 2);
    // Most categories are new, and the common ones are others: each must still be seen as the earlier trees saw it.
    const codes = fresh.matrix.columns[3].map((code, i) => (i % 3 === 0 ? code : 6 + (i % 5)));
    const changed: TrainingData = {
      matrix: matrixOf([...fresh.matrix.columns.slice(0, 3), codes], [0, 0, 0, 12]),
      target: fresh.target.map((y) => y + 5),
    };
    const from = await gbdt.fit(old, { rounds: 30 }, contextOf('regression'));
    const none = await gbdt.fit(changed, { rounds: 1, learningRate: 1e-6 }, { ...contextOf('regression'), from });
    const before = from.predict(changed.matrix);
    none.predict(changed.matrix).forEach((value, i) => expect(value).toBeCloseTo(before[i], 3));
    const more = await gbdt.fit(changed, { rounds: 40 }, { ...contextOf('regression'), from });
    const error = (predicted: Float64Array): number =>
      predicted.reduce((sum, value, i) => sum + (value - changed.target[i]) ** 2, 0) / predicted.length;
    expect(error(more.predict(changed.matrix))).toBeLessThan(0.1 * error(before));
    expect(more.summary.rounds).toBe(70);
  });

  it('adds nothing when no round is better for the validation rows', async () => {
    const data = learnable(gbdt, 'binary', 400);
    const validation = learnable(gbdt, 'binary', 400, 2);
    const context = { ...contextOf('binary'), validation };
    const from = await gbdt.fit(data, { rounds: 400, earlyStopping: 20 }, context);
    const noise = { ...data, target: data.target.map((_, i) => i % 2) };
    const after = await gbdt.fit(noise, { rounds: 20, earlyStopping: 3, learningRate: 0.5 }, { ...context, from });
    expect(after.summary.rounds).toBe(from.summary.rounds);
    expect(after.predict(validation.matrix)).toEqual(from.predict(validation.matrix));
    expect(after.summary.validationLoss).toBeCloseTo(from.summary.validationLoss, 12);
  });

  it('refuses a model that learnt something else, and dart, which would change its trees', async () => {
    const data = learnable(gbdt, 'regression', 200);
    const context = contextOf('regression');
    const from = await gbdt.fit(data, { rounds: 3 }, context);
    const refused = (code: string, params: Record<string, unknown>, change: object, rows: TrainingData = data) =>
      expect(gbdt.fit(rows, params, { ...context, from, ...change })).rejects.toMatchObject({ code });
    await refused('MW_MODEL_CONTINUE', {}, { from: await tree.fit(data, {}, context) });
    await refused('MW_MODEL_CONTINUE', { objective: 'absolute' }, {});
    const binary = { ...data, target: data.target.map((y) => Number(y > 10)) };
    await refused('MW_MODEL_CONTINUE', {}, { task: 'binary', classes: 2 }, binary);
    await refused('MW_MODEL_CONTINUE', {}, {}, { ...data, matrix: matrixOf(data.matrix.columns.slice(1)) });
    await refused('MW_MODEL_CONTINUE', {}, {}, { ...data, matrix: matrixOf(data.matrix.columns) });
    await refused('MW_OPTION_INVALID', { boosting: 'dart' }, {});
    await refused('MW_OPTION_INVALID', { categories: 'ordered' }, {});
    const classes = learnable(gbdt, 'multiclass', 200);
    const three = await gbdt.fit(classes, { rounds: 1 }, contextOf('multiclass'));
    const four = gbdt.fit(classes, {}, { task: 'multiclass', classes: 4, seed: 1, from: three });
    await expect(four).rejects.toMatchObject({ code: 'MW_MODEL_CONTINUE' });
  });
});
