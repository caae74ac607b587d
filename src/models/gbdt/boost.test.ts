import { describe, expect, it } from 'vitest';
import { MillwrightError } from '../../base/error.js';
import type { Progress } from '../../base/progress.js';
import { random } from '../../base/random.js';
import type { TrainingData } from '../estimator.js';
import { contextOf, learnable, lossOf, matrixOf } from '../testing/examples.js';
import { gbdt } from './estimator.js';

const noisy = (rows: number, seed: number): TrainingData => {
  const data = learnable(gbdt, 'binary', rows, seed);
  const source = random(seed + 100);
  return { ...data, target: data.target.map((y) => (source.below(5) === 0 ? 1 - y : y)) };
};

describe('gradient boosting', () => {
  const train = noisy(1500, 1);
  const validation = noisy(800, 2);
  const context = { ...contextOf('binary'), validation };

  it('stops early at the best round of the validation rows and keeps only its trees', async () => {
    const params = { rounds: 400, learningRate: 0.1 };
    const stopped = await gbdt.fit(train, { ...params, earlyStopping: 10 }, context);
    const whole = await gbdt.fit(train, params, context);
    expect(stopped.summary.rounds).toBeGreaterThan(3);
    expect(stopped.summary.rounds).toBeLessThan(150);
    const loss = (p: Float64Array): number => lossOf('binary', validation, p);
    expect(loss(stopped.predict(validation.matrix))).toBeLessThan(loss(whole.predict(validation.matrix)));
    const exact = await gbdt.fit(train, { ...params, rounds: stopped.summary.rounds }, contextOf('binary'));
    expect(exact.predict(validation.matrix)).toEqual(stopped.predict(validation.matrix));
    const p = stopped.predict(validation.matrix);
    const logLoss = -validation.target.reduce((sum, y, i) => sum + Math.log(y === 1 ? p[i] : 1 - p[i]), 0) / p.length;
    expect(stopped.summary.validationLoss).toBeCloseTo(logLoss, 10);
  });

  it('asks for a larger improvement when told to', async () => {
    const small = await gbdt.fit(train, { rounds: 400, earlyStopping: 5 }, context);
    const large = await gbdt.fit(train, { rounds: 400, earlyStopping: 5, minDelta: 0.02 }, context);
    expect(large.summary.rounds).toBeLessThan(small.summary.rounds);
  });

  it('learns from samples of rows and columns, differently for each seed', async () => {
    const sampled = { rowSample: 0.5, columnSample: 0.5, rounds: 60 };
    const a = (await gbdt.fit(train, sampled, contextOf('binary', 1))).predict(validation.matrix);
    const b = (await gbdt.fit(train, sampled, contextOf('binary', 2))).predict(validation.matrix);
    expect(a).not.toEqual(b);
    const floor = lossOf('binary', validation, new Float64Array(800).fill(0.5));
    for (const p of [a, b]) expect(lossOf('binary', validation, p)).toBeLessThan(0.85 * floor);
  });

  it('does better with the missing kept than with them filled', async () => {
    const source = random(4);
    const rows = 1000;
    const x = Float64Array.from({ length: rows }, () => (source.below(3) === 0 ? Number.NaN : source.normal()));
    const target = x.map((value) => (Number.isNaN(value) || value > 1 ? 1 : 0));
    const fit = async (column: Float64Array) => {
      const matrix = matrixOf([column]);
      return lossOf(
        'binary',
        { matrix, target },
        (await gbdt.fit({ matrix, target }, {}, contextOf('binary'))).predict(matrix),
      );
    };
    expect(await fit(x)).toBeLessThan(0.001);
    expect(await fit(x.map((value) => (Number.isNaN(value) ? 0.123 : value)))).toBeGreaterThan(await fit(x));
  });

  it('ignores rows without weight altogether', async () => {
    const target = train.target.map((y, i) => (i % 3 === 0 ? 1 - y : y));
    const weight = target.map((_, i) => (i % 3 === 0 ? 0 : 1));
    const a = await gbdt.fit({ ...train, weight }, {}, contextOf('binary'));
    const b = await gbdt.fit({ ...train, target, weight }, {}, contextOf('binary'));
    expect(a.serialize()).toEqual(b.serialize());
  });

  it('reports each round, and stops between rounds', async () => {
    const seen: Progress[] = [];
    await gbdt.fit(train, { rounds: 5 }, { ...contextOf('binary'), onProgress: (progress) => seen.push(progress) });
    expect(seen.map(({ done, total }) => [done, total])).toEqual([0, 1, 2, 3, 4, 5].map((done) => [done, 5]));
    const controller = new AbortController();
    let last = 0;
    const fit = gbdt.fit(
      train,
      {},
      {
        ...contextOf('binary'),
        signal: controller.signal,
        onProgress: ({ done }) => {
          last = done;
          if (done === 3) controller.abort();
        },
      },
    );
    await expect(fit).rejects.toSatisfy((thrown) => thrown instanceof MillwrightError && thrown.code === 'MW_INTERRUPTED');
    expect(last).toBe(3);
  });

  it('says so when the target is too large to square', async () => {
    const data = { ...train, target: train.target.map((y) => (y - 0.5) * 1e300) };
    await expect(gbdt.fit(data, {}, contextOf('regression'))).rejects.toMatchObject({ code: 'MW_MODEL_DIVERGED' });
  });
});
