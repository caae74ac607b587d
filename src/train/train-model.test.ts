import { describe, expect, test } from 'vitest';
import { SimulatedClock } from '../base/clock.js';
import { random } from '../base/random.js';
import type { CandidatePlan, SplitPlan, TrainPlan, ValuePlan } from '../define/plan.js';
import { columnFrom } from '../frame/column.js';
import { type Frame, frame, takeRows } from '../frame/frame.js';
import { customObjective } from '../models/gbdt/objectives/custom.js';
import type { FeatureInput } from '../pipeline/pipeline.js';
import { metricsFor } from '../stats/metrics/catalogue.js';
import type { MetricInput } from '../stats/metrics/metric.js';
import { learningCurve } from './learning-curve.js';
import { refit, valuesAt } from './refit.js';
import { splitRows } from './split-rows.js';
import { type CodedTarget, codeTarget } from './target.js';
import { type TrainInput, trainModel } from './train-model.js';
import type { Trial } from './trial.js';

const ROWS = 600;
const FEATURES: readonly FeatureInput[] = [
  { name: 'a', type: 'number' },
  { name: 'b', type: 'number' },
  { name: 'kind', type: 'category' },
];

/** A table whose label is a circle in a and b, shifted by kind: boosted trees can learn it, a line cannot. */
function data(task: CodedTarget['task'], rows = ROWS): { readonly table: Frame; readonly target: CodedTarget } {
  const source = random(5);
  const a = Array.from({ length: rows }, () => source.normal());
  const b = Array.from({ length: rows }, () => source.normal());
  const kind = Array.from({ length: rows }, () => ['x', 'y', 'z'][source.below(3)] as string);
  const height = a.map((value, i) => value ** 2 + (b[i] as number) ** 2 + (kind[i] === 'x' ? 1 : 0));
  const label =
    task === 'regression'
      ? columnFrom('number', height)
      : columnFrom(
          'string',
          height.map((h) => (h < 1 ? 'low' : h < 2.5 || task === 'binary' ? 'high' : 'top')),
        );
  const table = frame({ a: columnFrom('number', a), b: columnFrom('number', b), kind: columnFrom('string', kind) });
  return { table, target: codeTarget(label, task, task === 'binary' ? 'high' : null) };
}

const CONSTANT: CandidatePlan = { kind: 'candidate', estimator: 'constant', params: {} };
const LINE: CandidatePlan = {
  kind: 'candidate',
  estimator: 'logistic',
  params: { l2: { kind: 'logUniformSpace', low: 0.1, high: 10 } },
};
const TREES: CandidatePlan = {
  kind: 'candidate',
  estimator: 'gbdt',
  params: { rounds: 60, earlyStopping: 10, minRows: 5, leaves: { kind: 'intSpace', low: 4, high: 16 } },
};
const RANDOM: SplitPlan = { kind: 'randomSplit', test: 0.2, validation: 0.2 };
const FOLDS: SplitPlan = { kind: 'foldSplit', test: 0.2, folds: 3, column: null, gap: 0 };

function planOf(split: SplitPlan, changes: Partial<TrainPlan['search']> = {}, candidates = [CONSTANT, LINE, TREES]): TrainPlan {
  const search = { kind: 'search', by: 'auc', trials: 6, timeBudget: null, seed: 7, ...changes } as const;
  return { kind: 'train', split, sample: null, candidates, search };
}

function inputOf(task: CodedTarget['task'], plan: TrainPlan, changes: Partial<TrainInput> = {}): TrainInput {
  const { table, target } = data(task);
  const split = splitRows(plan.split, target, null, plan.search.seed);
  return { plan, value: null, table, features: FEATURES, target, split, clock: new SimulatedClock(0), ...changes };
}

const computeMetrics = (input: MetricInput): Record<string, number> =>
  Object.fromEntries(metricsFor(input.task).map(({ name, compute }) => [name, compute(input)]));
const plain = (trials: readonly Trial[]) => trials.map((trial) => ({ ...trial, seconds: 0, elapsed: 0 }));

// Every look at the clock takes a second; boosting looks once a round.
const slowClock = () => {
  const clock = new SimulatedClock(0);
  return { now: () => (clock.advanceTo(clock.now() + 1000), clock.now()) };
};

describe('a search', () => {
  test.each([
    ['binary', RANDOM, 'auc', 0.9],
    ['binary', FOLDS, 'auc', 0.9],
    ['multiclass', RANDOM, 'accuracy', 0.7],
    ['regression', FOLDS, 'r2', 0.8],
  ] as const)('ends with the best candidate, which is good on the test rows too: %s, %o', async (task, split, by, floor) => {
    const candidates = [CONSTANT, task === 'regression' ? { ...LINE, estimator: 'linear' } : LINE, TREES];
    const input = inputOf(task, planOf(split, { by }, candidates));
    const { pipeline, trials, best, validation, recipe } = await trainModel(input);
    expect(trials.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(trials.slice(0, 3).map(({ estimator }) => estimator)).toEqual(candidates.map(({ estimator }) => estimator));
    expect(best.estimator).toBe('gbdt');
    expect(best.score).toBe(Math.max(...trials.map(({ score }) => score ?? Number.NaN)));
    expect(best.rounds).toBe(recipe.trial.rounds);
    const { test: kept } = input.split;
    const predictions = pipeline.predict(takeRows(input.table, kept));
    const metrics = computeMetrics({
      task,
      outputs: pipeline.model.outputs,
      predictions,
      target: valuesAt(input.target.values, kept),
      threshold: pipeline.threshold,
    });
    expect(metrics[by]).toBeGreaterThan(floor);
    const again = computeMetrics({
      task,
      outputs: pipeline.model.outputs,
      predictions: validation.predictions,
      target: validation.target,
      threshold: recipe.threshold,
    });
    for (const [name, figure] of Object.entries(best.metrics)) expect(again[name]).toBe(figure);
  });

  test('gives the same bytes again, and so does a refit by its recipe', async () => {
    const input = inputOf('binary', planOf(RANDOM));
    const first = await trainModel(input);
    const second = await trainModel(inputOf('binary', planOf(RANDOM)));
    expect(plain(second.trials)).toEqual(plain(first.trials));
    const bytes = first.pipeline.serialize();
    expect(second.pipeline.serialize()).toEqual(bytes);
    const recipe = JSON.parse(JSON.stringify(first.recipe));
    expect((await refit(recipe, input.table, input.target, first.fitRows)).serialize()).toEqual(bytes);
    const other = await trainModel(inputOf('binary', planOf(RANDOM, { seed: 8 })));
    expect(plain(other.trials)).not.toEqual(plain(first.trials));
  });

  test('in workers gives the same trials in their order, and the same bytes', async () => {
    const alone = await trainModel(inputOf('binary', planOf(FOLDS, { trials: 9 })));
    const seen: number[] = [];
    const input = inputOf('binary', planOf(FOLDS, { trials: 9 }), {
      workers: 3,
      onTrial: ({ number }) => void seen.push(number),
    });
    const together = await trainModel(input);
    expect(plain(together.trials)).toEqual(plain(alone.trials));
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(together.pipeline.serialize()).toEqual(alone.pipeline.serialize());
  });

  test('fits objectives of the definition itself, which workers do not know', async () => {
    const own = customObjective({
      name: 'search-twin',
      version: 1,
      loss: (score, target) => (score - target) ** 2,
      gradient: (score, target) => score - target,
      hessian: () => 1,
    });
    const params = { ...TREES.params, rounds: 15, objective: own.id };
    const plan = planOf(RANDOM, { by: 'rmse', trials: 2 }, [{ ...TREES, params }]);
    const { trials, pipeline } = await trainModel(inputOf('regression', plan, { workers: 2 }));
    expect(trials.map(({ failure }) => failure)).toEqual([undefined, undefined]);
    expect(Buffer.from(pipeline.serialize()).includes('search-twin@1')).toBe(true);
  });

  test('goes on when a trial cannot be fitted, and says why; when none can, that is the error', async () => {
    const wild: CandidatePlan = { kind: 'candidate', estimator: 'gbdt', params: { rounds: 400, learningRate: 10 } };
    const { trials, best } = await trainModel(inputOf('regression', planOf(RANDOM, { by: 'rmse' }, [wild, CONSTANT])));
    expect(best.estimator).toBe('constant');
    expect(trials[0]).toMatchObject({ number: 1, estimator: 'gbdt', score: null, metrics: {} });
    expect(trials[0]?.failure).toContain('not finite');
    const none = trainModel(inputOf('regression', planOf(RANDOM, { by: 'rmse' }, [wild])));
    await expect(none).rejects.toMatchObject({ code: 'MW_MODEL_DIVERGED' });
  });

  test('taken up after any number of trials goes on as if it had not stopped', async () => {
    const whole = await trainModel(inputOf('binary', planOf(RANDOM)));
    for (const done of [1, 4, 6]) {
      const seen: number[] = [];
      const finished = whole.trials.slice(0, done);
      const resumed = await trainModel(
        inputOf('binary', planOf(RANDOM), { finished, onTrial: ({ number }) => void seen.push(number) }),
      );
      expect(seen).toEqual([1, 2, 3, 4, 5, 6].slice(done));
      expect(plain(resumed.trials)).toEqual(plain(whole.trials));
      expect(resumed.pipeline.serialize()).toEqual(whole.pipeline.serialize());
      expect(resumed.validation.predictions).toEqual(whole.validation.predictions);
    }
  });

  test.each([
    [12_000, ['constant']],
    [1000, ['constant']],
  ])('of %d ms starts no trial after its time and drops one that runs over it', async (timeBudget, expected) => {
    const plan = planOf(RANDOM, { timeBudget }, [CONSTANT, TREES]);
    const { trials, best } = await trainModel(inputOf('binary', plan, { clock: slowClock() }));
    expect(trials.map(({ estimator }) => estimator)).toEqual(expected);
    expect(best.estimator).toBe('constant');
  });

  test.each([
    [200_000, RANDOM],
    [300_000, RANDOM],
    [200_000, FOLDS],
    [500_000, FOLDS],
  ])('of %d ms, %o, ends in its time with the final fit', async (timeBudget, split) => {
    const clock = slowClock();
    const trees: CandidatePlan = { ...TREES, params: { ...TREES.params, rounds: 1000, earlyStopping: 0 } };
    const plan = planOf(split, { timeBudget, trials: 50 }, [CONSTANT, LINE, trees]);
    // A round of a trial is three looks at the clock; one of the final fit, on more rows, takes as long for each.
    const all = inputOf('binary', plan).split;
    const share = all.fit.length / (all.folds[0]?.train.length ?? 1);
    let started = false;
    const onProgress = ({ step, done }: { step: string; done: number }) => {
      if (step === 'fit' && started && done > 0) for (let look = 0; look < 3 * share; look++) clock.now();
      started = step === 'fit';
    };
    const { seconds, best } = await trainModel(inputOf('binary', plan, { clock, onProgress }));
    expect(best.estimator).toBe('gbdt');
    expect(seconds * 1000).toBeLessThan(1.1 * timeBudget);
    expect(seconds * 1000).toBeGreaterThan(0.6 * timeBudget);
  });

  test('gives up a trial that would leave no time for its final fit, and goes on with others', async () => {
    // A forest has no rounds to leave out; it looks at the clock at each tree.
    const endless: CandidatePlan = { kind: 'candidate', estimator: 'forest', params: { trees: 500, leaves: 4 } };
    const plan = planOf(RANDOM, { timeBudget: 200_000, trials: 3 }, [CONSTANT, endless, TREES]);
    const { trials, best } = await trainModel(inputOf('binary', plan, { clock: slowClock() }));
    expect(trials.map(({ estimator }) => estimator)).toEqual(['constant', 'forest', 'gbdt']);
    expect(trials[1]).toMatchObject({ score: null, failure: expect.stringMatching(/^Given up after \d+\.0 s/) });
    expect(best.estimator).toBe('gbdt');
  });

  test('gives the first boosted trial the rounds that there is time for', async () => {
    const plan = planOf(RANDOM, { timeBudget: 60_000 }, [CONSTANT, TREES]);
    const slow = inputOf('binary', plan, { clock: slowClock() });
    const { trials, best, recipe, pipeline, fitRows } = await trainModel(slow);
    expect(trials.map(({ estimator }) => estimator)).toEqual(['constant', 'gbdt']);
    const rounds = best.params['rounds'] as number;
    expect(rounds).toBeGreaterThanOrEqual(5);
    expect(rounds).toBeLessThan(30);
    const again = await refit(recipe, slow.table, slow.target, fitRows);
    expect(again.serialize()).toEqual(pipeline.serialize());
  });

  test('stops when it is told to', async () => {
    const controller = new AbortController();
    const input = inputOf('binary', planOf(RANDOM), { signal: controller.signal, onTrial: () => controller.abort() });
    await expect(trainModel(input)).rejects.toMatchObject({ code: 'MW_INTERRUPTED' });
  });

  test('on many rows works on a sample and fits the final model on all', async () => {
    const input = inputOf('binary', planOf(RANDOM), { searchRows: 100 });
    const { searchedOn, fitRows, validation } = await trainModel(input);
    expect(searchedOn).toBe(100);
    expect(fitRows).toEqual(input.split.fit);
    expect(validation.rows.length).toBe(100);
    const limited = await trainModel({ ...input, plan: { ...input.plan, sample: 150 }, searchRows: 1000 });
    expect([limited.fitRows.length, limited.searchedOn]).toEqual([150, 150]);
  });

  test('chooses the threshold by money where outcomes have a price', async () => {
    const value: ValuePlan = {
      kind: 'value',
      truePositive: 1,
      falsePositive: -50,
      falseNegative: 0,
      trueNegative: 0,
      capacity: 0.1,
      currency: 'EUR',
    };
    const careful = await trainModel(inputOf('binary', planOf(RANDOM, { by: 'value' }), { value }));
    const share = careful.validation.predictions.filter((p) => p >= careful.pipeline.threshold).length;
    expect(share / careful.validation.predictions.length).toBeLessThanOrEqual(0.1);
    expect(careful.best.score).toBe(careful.best.metrics['value']);
    expect(careful.best.score).toBeGreaterThan(0);
  });

  test('has a learning curve that ends in the score of its best trial', async () => {
    const input = inputOf('binary', planOf(FOLDS));
    const { best } = await trainModel(input);
    const points = await learningCurve(input, best);
    expect(points.map(({ rows }) => rows)).toEqual([20, 40, 80, 160, 320]);
    const scores = points.map(({ score }) => score as number);
    expect(scores[4]).toBe(best.score);
    expect(scores[3]).toBeGreaterThan(scores[0] as number);
    for (const score of scores) expect(score).toBeGreaterThan(0.5);
    expect(await learningCurve(input, best)).toEqual(points);
  });

  test('gives an estimator every level of a category when its parameters take them', async () => {
    const input = inputOf('binary', planOf(RANDOM));
    const source = random(9);
    const shop = Array.from({ length: ROWS }, () => `shop ${source.below(500)}`);
    const values = input.target.values.map((y, i) => (source.below(4) === 0 ? Number(shop[i].length % 2 === 0) : y));
    const table = frame({ ...input.table.columns, shop: columnFrom('string', shop) });
    const features: readonly FeatureInput[] = [...FEATURES, { name: 'shop', type: 'category' }];
    const outputs = async (categories: string) => {
      const plan = planOf(FOLDS, { trials: 1 }, [{ ...TREES, params: { rounds: 10, categories } }]);
      const changed = { plan, table, features, target: { ...input.target, values } };
      const { pipeline, recipe, fitRows } = await trainModel({ ...inputOf('binary', plan), ...changed });
      expect((await refit(recipe, table, changed.target, fitRows)).serialize()).toEqual(pipeline.serialize());
      return pipeline.encoder.outputs;
    };
    expect(new Set(shop).size).toBeGreaterThan(300);
    expect(await outputs('ordered')).toEqual(['a', 'b', 'kind', 'shop']);
    expect(await outputs('sorted')).toEqual(['a', 'b', 'kind', 'shop', 'shop mean target']);
  });

  test('does not learn from test rows', async () => {
    const input = inputOf('binary', planOf(RANDOM, { trials: 3 }));
    const values = input.target.values.slice();
    for (const row of input.split.test) values[row] = 1 - (values[row] as number);
    const flipped = await trainModel({ ...input, target: { ...input.target, values } });
    expect(flipped.pipeline.serialize()).toEqual((await trainModel(input)).pipeline.serialize());
  });
});

describe('what cannot be searched is a coded error', () => {
  test.each<[string, Partial<TrainInput>]>([
    ['MW_TRAIN_NO_FEATURES', { features: [] }],
    ['MW_TRAIN_NO_TRIAL', { plan: planOf(RANDOM, {}, []) }],
    ['MW_TRAIN_CANDIDATE_UNFIT', { plan: planOf(RANDOM, {}, [{ kind: 'candidate', estimator: 'linear', params: {} }]) }],
    ['MW_PIPELINE_FEATURE_MISSING', { features: [{ name: 'c', type: 'number' }] }],
    ['MW_METRIC_UNKNOWN', { plan: planOf(RANDOM, { by: 'luck' }) }],
    ['MW_OPTION_UNKNOWN', { plan: planOf(RANDOM, {}, [{ ...CONSTANT, params: { depth: 3 } }]) }],
  ])('%s', async (expected, changes) => {
    await expect(trainModel(inputOf('binary', planOf(RANDOM), changes))).rejects.toMatchObject({ code: expected });
  });
});

describe('an ensemble as a candidate', () => {
  const stack: CandidatePlan = {
    kind: 'candidate',
    estimator: 'stack(gbdt,logistic)',
    params: { folds: 3, 'gbdt.rounds': 60, 'gbdt.earlyStopping': 5, 'gbdt.minRows': { kind: 'intSpace', low: 3, high: 9 } },
  };

  test('is searched like any other, and fitted again with the rounds its members settled on', async () => {
    const input = inputOf('binary', planOf(RANDOM, { trials: 3 }, [CONSTANT, stack]));
    const result = await trainModel(input);
    expect(result.best.estimator).toBe('stack(gbdt,logistic)');
    expect(result.best.score).toBeGreaterThan(0.9);
    expect(result.best.settled?.['gbdt.rounds']).toBeGreaterThan(0);
    expect(result.pipeline.model.summary['gbdt.rounds']).toBe(result.best.settled?.['gbdt.rounds']);
    const again = await refit(result.recipe, input.table, input.target, result.fitRows);
    expect(again.serialize()).toEqual(result.pipeline.serialize());
  });
});

describe('calibration', () => {
  test.each(['platt', 'isotonic', 'temperature'] as const)(
    'by %s is part of the final model and of its recipe',
    async (calibrate) => {
      const plan = { ...planOf(FOLDS, { trials: 1 }, [TREES]), calibrate };
      const input = inputOf('binary', plan);
      const result = await trainModel(input);
      const raw = await trainModel(inputOf('binary', planOf(FOLDS, { trials: 1 }, [TREES])));
      expect(result.pipeline.model.estimator).toBe('calibrated(gbdt)');
      expect(result.validation.predictions).not.toEqual(raw.validation.predictions);
      const loss = ({ validation }: typeof raw): number =>
        computeMetrics({ ...validation, task: 'binary', outputs: 1, threshold: 0.5 })['logloss'] as number;
      expect(loss(result)).toBeLessThan(loss(raw) + 1e-6);
      const again = await refit(result.recipe, input.table, input.target, result.fitRows);
      expect(again.serialize()).toEqual(result.pipeline.serialize());
      expect(JSON.parse(JSON.stringify(result.recipe))).toEqual(result.recipe);
    },
  );
});
