import { describe, expect, it } from 'vitest';
import { exp, sigmoid, softplus } from '../../../kernels/math.js';
import { POISSON_CAUTION } from '../../../kernels/tree-engine.js';
import type { TrainingData } from '../../estimator.js';
import { contextOf, learnable } from '../../testing/examples.js';
import { gbdt } from '../estimator.js';
import { type CustomObjectiveOptions, customObjective } from './custom.js';

const half: CustomObjectiveOptions = {
  name: 'half-square',
  version: 1,
  loss: (score, target) => (score - target) ** 2,
  gradient: (score, target) => score - target,
  hessian: () => 1,
};

describe('an own objective', () => {
  const twins = [
    { task: 'regression', usual: 'squared', own: half },
    {
      task: 'binary',
      usual: 'binary',
      own: {
        name: 'own-log-loss',
        version: 1,
        link: 'sigmoid',
        loss: (score, target) => softplus(score) - target * score,
        gradient: (score, target) => sigmoid(score) - target,
        hessian: (score) => sigmoid(score) * (1 - sigmoid(score)),
      },
    },
    {
      task: 'regression',
      usual: 'poisson',
      own: {
        name: 'own-counts',
        version: 2,
        link: 'exp',
        loss: (score, target) => exp(score) - target * score,
        gradient: (score, target) => exp(score) - target,
        hessian: (score) => exp(score) * POISSON_CAUTION,
      },
    },
  ] as const satisfies readonly { task: string; usual: string; own: CustomObjectiveOptions }[];

  it.each(twins)('that is $usual learns the same to the bit, with early stopping and all', async ({ task, usual, own }) => {
    const make = (seed: number): TrainingData => {
      const data = learnable(gbdt, task, 500, seed);
      return usual === 'poisson' ? { ...data, target: data.target.map((y) => Math.max(0, Math.round(y / 4))) } : data;
    };
    const data = make(1);
    const context = { ...contextOf(task), validation: make(2) };
    const params = { rounds: 80, earlyStopping: 5, rowSample: 0.8 };
    const [built, made] = await Promise.all(
      [usual, customObjective(own).id].map((objective) => gbdt.fit(data, { ...params, objective }, context)),
    );
    expect(made.predict(data.matrix)).toEqual(built.predict(data.matrix));
    expect(made.summary).toEqual(built.summary);
    expect(gbdt.load(made.serialize()).predict(data.matrix)).toEqual(built.predict(data.matrix));
  });

  it('is one for equal code, and refused for other code, bad names, versions, links and functions', () => {
    expect(customObjective(half)).toEqual({ kind: 'objective', id: 'half-square@1' });
    expect(customObjective({ ...half })).toEqual(customObjective(half));
    const bad: readonly object[] = [
      { loss: (score: number) => score },
      { link: 'exp' },
      { name: 'huber' },
      { name: 'auto' },
      { name: 'a b' },
      { name: '' },
      { version: 0 },
      { version: 1.5 },
      { link: 'softmax' },
      { gradient: undefined },
      { start: 3 },
    ];
    for (const change of bad)
      expect(() => customObjective({ ...half, ...change })).toThrow(expect.objectContaining({ code: 'MW_MODEL_OBJECTIVE' }));
  });

  it('is refused while learning when its figures are no numbers, its hessian is negative, or it is of another task', async () => {
    const data = learnable(gbdt, 'regression', 50);
    const bad: readonly Partial<CustomObjectiveOptions>[] = [
      { gradient: () => Number.NaN },
      { hessian: () => -1 },
      { hessian: () => Infinity },
      { start: () => Number.NaN },
      { loss: () => Number.NaN },
    ];
    for (const [k, change] of bad.entries()) {
      const { id } = customObjective({ ...half, name: `bad-${k}`, ...change });
      const context = { ...contextOf('regression'), validation: data };
      await expect(gbdt.fit(data, { objective: id, earlyStopping: 2 }, context)).rejects.toMatchObject({
        code: 'MW_MODEL_OBJECTIVE',
        where: { objective: id },
      });
    }
    const binary = gbdt.fit(learnable(gbdt, 'binary', 50), { objective: customObjective(half).id }, contextOf('binary'));
    await expect(binary).rejects.toMatchObject({ code: 'MW_MODEL_OBJECTIVE' });
  });
});
