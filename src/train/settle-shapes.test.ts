import { describe, expect, test } from 'vitest';
import { SimulatedClock } from '../base/clock.js';
import { type Random, random } from '../base/random.js';
import type { CandidatePlan, TrainPlan } from '../define/plan.js';
import { columnFrom } from '../frame/column.js';
import { frame } from '../frame/frame.js';
import { exp, log, sigmoid } from '../kernels/math.js';
import { splitRows } from './split-rows.js';
import { codeTarget } from './target.js';
import { type TrainInput, trainModel } from './train-model.js';

const ROWS = 4000;

/** Amounts between 1 and e^12, most of them small. */
const amount = (source: Random): number => exp(Math.abs(source.normal()) * 4);
/** 0 in most rows, else a percentage. */
const percentage = (source: Random): number => (source.below(30) === 0 ? 5 + 95 * source.next() : 0);

/** Rows of one number x, whose label is 1 with the chance sigmoid(score(x)). */
function input(
  draw: (source: Random) => number,
  score: (x: number) => number,
  candidates: readonly CandidatePlan[] = [{ kind: 'candidate', estimator: 'logistic', params: {} }],
  trials = candidates.length,
): TrainInput {
  const source = random(31);
  const x = Array.from({ length: ROWS }, () => draw(source));
  const label = x.map((value) => (source.next() < sigmoid(score(value)) ? 'yes' : 'no'));
  const table = frame({ x: columnFrom('number', x) });
  const split = { kind: 'randomSplit', test: 0.2, validation: 0.3 } as const;
  const target = codeTarget(columnFrom('string', label), 'binary', 'yes');
  const search = { kind: 'search', by: 'auc', trials, timeBudget: null, seed: 3 } as const;
  const plan: TrainPlan = { kind: 'train', split, sample: null, candidates, search };
  return {
    plan,
    value: null,
    table,
    features: [{ name: 'x', type: 'number' }],
    target,
    split: splitRows(split, target, null, 3),
    clock: new SimulatedClock(0),
  } as TrainInput;
}

const shapeOf = async (given: TrainInput): Promise<unknown> => (await trainModel(given)).recipe.trial.settled?.['shape'];

describe('the shape of numbers is settled on validation rows', () => {
  test('the logarithm where the chance follows that', async () => {
    expect(await shapeOf(input(amount, (x) => log(x) - 3))).toBe('log');
  });

  test('as they are where the chance follows them, however long their tail', async () => {
    expect(await shapeOf(input(percentage, (x) => 0.15 * x - 4))).toBe('none');
  });

  test('as they are where nothing follows from them', async () => {
    expect(await shapeOf(input(amount, () => 0))).toBe('none');
  });

  test('never otherwise for shares', async () => {
    expect(
      await shapeOf(
        input(
          (source) => percentage(source) / 100,
          (x) => 10 * Math.sqrt(x) - 4,
        ),
      ),
    ).toBe('none');
  });

  test('and not where a candidate names one', async () => {
    const fixed: CandidatePlan = { kind: 'candidate', estimator: 'logistic', params: { shape: 'none' } };
    const found = await trainModel(input(amount, (x) => log(x) - 3, [fixed]));
    expect(found.recipe.trial.settled).toBe(undefined);
    expect(found.recipe.trial.params).toEqual({ shape: 'none' });
    const shaped = await trainModel(input(amount, (x) => log(x) - 3));
    expect(shaped.best.metrics['logloss']).toBeLessThan(found.best.metrics['logloss'] - 0.02);
    // The final model is encoded as the trials were.
    const named: CandidatePlan = { ...fixed, params: { shape: 'log' } };
    const same = await trainModel(input(amount, (x) => log(x) - 3, [named]));
    expect(shaped.pipeline.serialize()).toEqual(same.pipeline.serialize());
  });

  test('once for all trials of a candidate, for each member of an ensemble by itself', async () => {
    const space = { kind: 'logUniformSpace', low: 0.1, high: 10 } as const;
    const candidates: CandidatePlan[] = [
      { kind: 'candidate', estimator: 'logistic', params: { l2: space } },
      { kind: 'candidate', estimator: 'average(gbdt,logistic)', params: { 'gbdt.rounds': 5 } },
    ];
    const { trials } = await trainModel(input(amount, (x) => log(x) - 3, candidates, 5));
    expect(trials.map(({ settled }) => settled?.['shape'] ?? settled?.['logistic.shape'])).toEqual(Array(5).fill('log'));
  });

  test('and a search that is taken up again goes on as it would have', async () => {
    const space = { kind: 'logUniformSpace', low: 0.1, high: 10 } as const;
    const given = () =>
      input(amount, (x) => log(x) - 3, [{ kind: 'candidate', estimator: 'logistic', params: { l2: space } }], 6);
    const whole = await trainModel(given());
    const rest = await trainModel({ ...given(), finished: whole.trials.slice(0, 2) });
    expect(rest.trials.map(({ params, settled, score }) => ({ params, settled, score }))).toEqual(
      whole.trials.map(({ params, settled, score }) => ({ params, settled, score })),
    );
    expect(rest.pipeline.serialize()).toEqual(whole.pipeline.serialize());
  });
});
