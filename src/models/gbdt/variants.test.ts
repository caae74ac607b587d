import { describe, expect, it } from 'vitest';
import { random } from '../../base/random.js';
import type { Task, TrainingData } from '../estimator.js';
import { readLightgbmText } from '../exchange/lightgbm-text.js';
import { writeLightgbmText } from '../exchange/write-lightgbm-text.js';
import { contextOf, learnable, lossOf, matrixOf } from '../testing/examples.js';
import { ForestModel } from '../trees/forest-model.js';
import { drawDrops } from './dropout.js';
import { gbdt } from './estimator.js';
import { customObjective } from './objectives/custom.js';
import { gossSample } from './row-samples.js';

const floorOf = (task: Task, data: TrainingData): number =>
  lossOf(
    task,
    data,
    new Float64Array(data.target.length).fill(data.target.reduce((sum, y) => sum + y, 0) / data.target.length),
  );

describe('goss', () => {
  it('keeps the largest gradients and lets the drawn others stand for all others', () => {
    const source = random(1);
    const rows = Uint32Array.from({ length: 1000 }, (_, i) => 2 * i);
    const importance = Float32Array.from({ length: 2000 }, () => Math.round(source.next() * 40));
    const sorted = [...rows].map((row) => importance[row]).sort((a, b) => b - a);
    const whole = sorted.reduce((sum, one) => sum + one, 0);
    let mean = 0;
    for (let k = 0; k < 200; k++) {
      const sample = gossSample(rows, importance, 0.2, 0.1, random(k));
      const factor = sample.factor ?? new Float32Array(0);
      expect(sample.rows.length).toBe(300);
      expect([...sample.rows]).toEqual([...new Set(sample.rows)].sort((a, b) => a - b));
      const top = [...sample.rows].filter((row) => factor[row] === 1);
      expect(top.map((row) => importance[row]).sort((a, b) => b - a)).toEqual(sorted.slice(0, 200));
      for (const row of sample.rows) expect([1, 8]).toContain(factor[row]);
      mean += sample.rows.reduce((sum, row) => sum + factor[row] * importance[row], 0) / 200;
    }
    expect(Math.abs(mean / whole - 1)).toBeLessThan(0.01);
  });

  it.each(['binary', 'regression'] as const)('learns %s nearly as well from a few of the rows', async (task) => {
    const data = learnable(gbdt, task, 3000);
    const fresh = learnable(gbdt, task, 1000, 2);
    const lossWith = async (params: object): Promise<number> => {
      const model = await gbdt.fit(data, { rounds: 60, learningRate: 0.2, ...params }, contextOf(task));
      return lossOf(task, fresh, model.predict(fresh.matrix));
    };
    const whole = await lossWith({});
    expect(await lossWith({ sampling: 'goss' })).toBeLessThan(1.4 * whole);
    // A factor of 80 on each drawn row, whose integers must not overflow.
    expect(await lossWith({ sampling: 'goss', otherRate: 0.01 })).toBeLessThan(0.4 * floorOf(task, fresh));
  });

  it('is refused with another sampling and with more than all rows', async () => {
    const data = learnable(gbdt, 'binary', 60);
    for (const params of [{ rowSample: 0.5 }, { topRate: 0.9, otherRate: 0.2 }])
      await expect(gbdt.fit(data, { sampling: 'goss', ...params }, contextOf('binary'))).rejects.toMatchObject({
        code: 'MW_OPTION_INVALID',
      });
  });
});

describe('dart', () => {
  const params = {
    boosting: 'dart',
    dropRate: 0.3,
    skipDrop: 0.2,
    rounds: 40,
    learningRate: 0.1,
    leaves: 8,
    minRows: 20,
    l2: 0,
    columnSample: 1,
  };

  it('drops each round by its own chance, at least one and at most as many as asked for', () => {
    let drops = 0;
    let skipped = 0;
    for (let k = 0; k < 2000; k++) {
      const dropped = drawDrops(50, { dropRate: 0.1, maxDrop: 6, skipDrop: 0.25 }, random(k));
      expect([...dropped]).toEqual([...new Set(dropped)].sort((a, b) => a - b));
      expect(dropped.length).toBeLessThanOrEqual(6);
      if (dropped.length === 0) skipped++;
      else drops += dropped.length;
    }
    expect(Math.abs(skipped / 2000 - 0.25)).toBeLessThan(0.04);
    expect(drops / (2000 - skipped)).toBeGreaterThan(4);
    expect(drawDrops(0, { dropRate: 1, maxDrop: 6, skipDrop: 0 }, random(1))).toEqual([]);
  });

  it('weighs rounds as the paper does', async () => {
    // Without features every tree is one leaf, so the algorithm can be followed with one number a round.
    const own = customObjective({
      name: 'from-zero',
      version: 1,
      loss: (score, target) => (score - target) ** 2 / 2,
      gradient: (score, target) => score - target,
      hessian: () => 1,
      start: () => 0,
    });
    const data = { matrix: { rows: 4, columns: [], features: [] }, target: Float64Array.of(6, 10, 12, 12) };
    const settings = { dropRate: 0.4, maxDrop: 3, skipDrop: 0.1 };
    const model = await gbdt.fit(
      data,
      { boosting: 'dart', rounds: 25, learningRate: 0.5, l2: 0, objective: own.id, ...settings },
      contextOf('regression', 9),
    );
    const source = random(9);
    const values: number[] = [];
    for (let round = 0; round < 25; round++) {
      const dropped = drawDrops(round, settings, source.fork(`drop ${round}`));
      const kept = values.reduce((sum, value, k) => sum + (dropped.includes(k) ? 0 : value), 0);
      for (const k of dropped) values[k] *= dropped.length / (dropped.length + 1);
      values.push((0.5 * (10 - kept)) / (dropped.length + 1));
    }
    if (!(model instanceof ForestModel)) throw new Error('gbdt gives a forest');
    expect([...model.forest.value]).toEqual(values.map((value) => expect.closeTo(value, 6)));
  });

  it.each(['binary', 'multiclass', 'regression'] as const)(
    'tells the losses of the %s model that it ends with',
    async (task) => {
      const data = learnable(gbdt, task, 500);
      const validation = learnable(gbdt, task, 300, 2);
      const context = { ...contextOf(task), validation, history: true };
      const model = await gbdt.fit(data, params, context);
      const lossesOf = (rows: TrainingData): number => {
        const p = model.predict(rows.matrix);
        const one = (y: number, i: number): number =>
          task === 'regression'
            ? (p[i] - y) ** 2
            : -Math.log(task === 'binary' ? (y === 1 ? p[i] : 1 - p[i]) : p[i * model.outputs + y]);
        return rows.target.reduce((sum, y, i) => sum + one(y, i), 0) / rows.target.length;
      };
      expect(model.history?.training?.at(-1)).toBeCloseTo(lossesOf(data), 9);
      expect(model.history?.validation?.at(-1)).toBeCloseTo(lossesOf(validation), 9);
      expect(lossOf(task, validation, model.predict(validation.matrix))).toBeLessThan(
        0.6 *
          lossOf(
            task,
            validation,
            (await gbdt.fit(data, { rounds: 1, learningRate: 1e-6 }, contextOf(task))).predict(validation.matrix),
          ),
      );
    },
  );

  it('stops early at the very model that it was at the best round', async () => {
    const data = learnable(gbdt, 'binary', 300);
    const noisy = { ...data, target: data.target.map((y, i) => (i % 4 === 0 ? 1 - y : y)) };
    const validation = learnable(gbdt, 'binary', 300, 2);
    const stopped = await gbdt.fit(
      noisy,
      { ...params, rounds: 150, earlyStopping: 12 },
      { ...contextOf('binary'), validation },
    );
    const { rounds } = stopped.summary;
    expect(rounds).toBeLessThan(138);
    const exact = await gbdt.fit(noisy, { ...params, rounds }, contextOf('binary'));
    expect(stopped.predict(validation.matrix)).toEqual(exact.predict(validation.matrix));
    const p = stopped.predict(validation.matrix);
    const logLoss = -validation.target.reduce((sum, y, i) => sum + Math.log(y === 1 ? p[i] : 1 - p[i]), 0) / p.length;
    expect(stopped.summary.validationLoss).toBeCloseTo(logLoss, 10);
  });

  it('comes back from its bytes and from LightGBM text with the same predictions', async () => {
    const data = learnable(gbdt, 'regression', 400);
    const model = await gbdt.fit(data, params, contextOf('regression'));
    const predicted = model.predict(data.matrix);
    expect(gbdt.load(model.serialize()).predict(data.matrix)).toEqual(predicted);
    const read = readLightgbmText(writeLightgbmText(model, data.matrix.features)).model.predict(data.matrix);
    read.forEach((value, i) => expect(value).toBeCloseTo(predicted[i], 9));
  });
});

describe('class weights', () => {
  it('balanced, are the weights that give each class the same total', async () => {
    const data = learnable(gbdt, 'multiclass', 500);
    const weight = data.target.map((_, i) => 1 + (i % 3));
    const sums = [0, 1, 2].map((k) => weight.reduce((sum, w, i) => sum + (data.target[i] === k ? w : 0), 0));
    const total = sums.reduce((sum, one) => sum + one, 0);
    const balanced = weight.map((w, i) => (total / (3 * sums[data.target[i]])) * w);
    const asked = await gbdt.fit({ ...data, weight }, { rounds: 5, classWeight: 'balanced' }, contextOf('multiclass'));
    const given = await gbdt.fit({ ...data, weight: balanced }, { rounds: 5 }, contextOf('multiclass'));
    expect(asked.serialize()).toEqual(given.serialize());
  });

  it('find the rare class', async () => {
    const { matrix } = learnable(gbdt, 'binary', 1500);
    const source = random(8);
    const target = matrix.columns[0].map((x) => Number(x + source.normal() > 2.4));
    const data = { matrix, target };
    const recall = async (params: object): Promise<number> => {
      const p = (await gbdt.fit(data, { rounds: 20, ...params }, contextOf('binary'))).predict(matrix);
      return target.reduce((sum, y, i) => sum + (y === 1 && p[i] > 0.5 ? 1 : 0), 0) / target.reduce((sum, y) => sum + y, 0);
    };
    expect(await recall({ classWeight: 'balanced' })).toBeGreaterThan(0.2 + (await recall({})));
  });

  it('are refused for a regression, and cope with one class', async () => {
    const data = learnable(gbdt, 'regression', 60);
    const balanced = { classWeight: 'balanced', rounds: 3 };
    await expect(gbdt.fit(data, balanced, contextOf('regression'))).rejects.toMatchObject({ code: 'MW_OPTION_INVALID' });
    for (const task of ['binary', 'multiclass'] as const) {
      const one = await gbdt.fit({ ...data, target: data.target.map(() => 1) }, balanced, contextOf(task));
      expect(one.predict(data.matrix)[one.outputs > 1 ? 1 : 0]).toBeGreaterThan(0.99);
    }
  });
});

describe('history', () => {
  const data = learnable(gbdt, 'binary', 400);
  const validation = learnable(gbdt, 'binary', 300, 2);

  it('has the loss of every round, and is no part of the model', async () => {
    const context = { ...contextOf('binary'), validation };
    const plain = await gbdt.fit(data, { rounds: 200, earlyStopping: 5 }, context);
    const model = await gbdt.fit(data, { rounds: 200, earlyStopping: 5 }, { ...context, history: true });
    expect(model.serialize()).toEqual(plain.serialize());
    const { training, validation: losses } = model.history ?? {};
    expect(training?.length).toBe(model.summary.rounds + 5);
    expect(losses?.length).toBe(model.summary.rounds + 5);
    expect(plain.history).toEqual({ validation: losses });
    expect(losses?.[model.summary.rounds - 1]).toBe(model.summary.validationLoss);
    for (let i = 1; i < 20; i++) expect(training?.[i]).toBeLessThan(training?.[i - 1] ?? 0);
    expect(gbdt.load(model.serialize()).history).toBeUndefined();
  });

  it('watches validation rows without stopping, and is not there when nobody asked', async () => {
    const watched = await gbdt.fit(data, { rounds: 12 }, { ...contextOf('binary'), validation, history: true });
    expect([watched.history?.training?.length, watched.history?.validation?.length]).toEqual([12, 12]);
    expect((await gbdt.fit(data, { rounds: 3 }, { ...contextOf('binary'), validation })).history).toBeUndefined();
    const alone = await gbdt.fit(
      { matrix: matrixOf([data.target]), target: data.target },
      { rounds: 3 },
      { ...contextOf('binary'), history: true },
    );
    expect(alone.history?.validation).toBeUndefined();
  });
});
