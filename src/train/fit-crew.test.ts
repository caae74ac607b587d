import type { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, test } from 'vitest';
import { resolveOptions } from '../base/options.js';
import { random } from '../base/random.js';
import { estimatorOf } from '../models/catalogue.js';
import type { TrainingData } from '../models/estimator.js';
import { sparseColumn, splitColumns } from '../models/sparse.js';
import { FitCrew, startWorker } from './fit-crew.js';
import { type EncodedFold, type FoldWork, fitFolds } from './fit-folds.js';

// Loading from TypeScript takes a second of each worker, so most tests share them.
const crew = new FitCrew();
const others: FitCrew[] = [];
const crewOf = (start: () => Worker) => {
  const other = new FitCrew(start);
  others.push(other);
  return other;
};
afterAll(() => {
  for (const one of [crew, ...others]) one.close();
});

function data(rows: number, seed: number): TrainingData {
  const source = random(seed);
  const columns = Array.from({ length: 3 }, () => Float64Array.from({ length: rows }, () => source.normal()));
  const target = Float64Array.from({ length: rows }, (_, i) => ((columns[0]?.[i] ?? 0) + source.normal() > 0 ? 1 : 0));
  const features = columns.map((_, j) => ({ name: `x${j}`, categories: 0 }));
  return { matrix: { rows, columns, features }, target };
}

const folds = [1, 2].map((seed) => ({
  key: `fold ${seed}`,
  fold: { training: data(400, seed), validation: data(200, seed + 10) } satisfies EncodedFold,
}));
const plain = folds.map(({ fold }) => fold);
const work = (estimator: string, params: Readonly<Record<string, unknown>> = {}): FoldWork => ({
  estimator,
  params: resolveOptions(estimator, estimatorOf(estimator).params, params),
  task: 'binary',
  classes: 2,
  seed: 3,
});
const TREES = work('gbdt', { rounds: 30, leaves: 7, earlyStopping: 5 });
const ENDLESS = work('gbdt', { rounds: 100_000, leaves: 31, learningRate: 1e-5 });

describe('workers', () => {
  test('fit the same to the bit as this thread does, several at a time', async () => {
    const all = [TREES, work('logistic'), work('constant'), work('gbdt', { rounds: 10 }), TREES];
    const halves = [all.slice(0, 3), all.slice(3)].map(async (some) => {
      const fitted = [];
      for (const one of some) fitted.push(await crew.fit(folds, one, {}));
      return fitted;
    });
    const fitted = (await Promise.all(halves)).flat();
    for (let k = 0; k < all.length; k++) expect(fitted[k]).toEqual(await fitFolds(plain, all[k] as FoldWork, {}));
  });

  test('get sparse columns, and the parts of an ensemble with several needs', async () => {
    const parted = (rows: number, seed: number): TrainingData => {
      const given = data(rows, seed);
      const { columns, features } = given.matrix;
      const thin = columns.map((column) => sparseColumn(column.map((x) => Math.max(0, x - 1))));
      const matrix = { rows, features: [...features, ...features], parts: [0, 3], ...splitColumns([...columns, ...thin]) };
      return { ...given, matrix };
    };
    const fold = { training: parted(300, 5), validation: parted(100, 6) };
    const ensemble = work('average(tree,logistic)');
    const { outputs } = await crew.fit([{ key: 'parted', fold }], ensemble, {});
    expect(outputs).toEqual((await fitFolds([fold], ensemble, {})).outputs);
  });

  test('are told when it is enough, and the result is that of so many rounds', async () => {
    let looks = 0;
    const { cut, ...cropped } = await crew.fit(folds, ENDLESS, { enough: () => ++looks >= 3 });
    expect(cut?.['rounds']).toBeGreaterThan(0);
    const { cut: none, ...asked } = await fitFolds(plain, { ...ENDLESS, params: { ...ENDLESS.params, ...cut } }, {});
    expect(none).toBe(null);
    expect(cropped).toEqual(asked);
  });

  test('keep the steps of a fit that was told it is enough, where they follow from the rounds it was asked for', async () => {
    const asked = work('gbdt', { rounds: 5000, leaves: 3 });
    let looks = 0;
    const { cut, ...cropped } = await fitFolds(plain, asked, { enough: () => ++looks >= 12 });
    expect(cut).toEqual({ rounds: 12, learningRate: 0.02 });
    const { cut: none, ...again } = await fitFolds(plain, { ...asked, params: { ...asked.params, ...cut } }, {});
    expect(none).toBe(null);
    expect(again).toEqual(cropped);
  });

  test('hand on the error of an estimator and go on', async () => {
    const bad = [
      {
        key: 'bad',
        fold: { ...plain[0], training: { ...plain[0]?.training, target: new Float64Array(400).fill(7) } } as EncodedFold,
      },
    ];
    await expect(crew.fit(bad, TREES, {})).rejects.toMatchObject({ code: 'MW_MODEL_DATA' });
    expect((await crew.fit(folds, work('constant'), {})).outputs).toHaveLength(2);
  });

  test('that die are replaced once, and their work is done', async () => {
    let started = 0;
    const dying = () => {
      const worker = startWorker();
      if (++started === 1) worker.once('online', () => void worker.terminate());
      return worker;
    };
    expect(await crewOf(dying).fit(folds, TREES, {})).toEqual(await fitFolds(plain, TREES, {}));
    expect(started).toBe(2);
  });

  test('that die again are a coded error, never a hang', async () => {
    const dying = () => {
      const worker = startWorker();
      worker.once('online', () => void worker.terminate());
      return worker;
    };
    await expect(crewOf(dying).fit(folds, TREES, {})).rejects.toMatchObject({ code: 'MW_TRAIN_WORKER_LOST' });
  });

  test('end at once when they are interrupted, whatever they do', async () => {
    const controller = new AbortController();
    const endless = crew.fit(folds, ENDLESS, { signal: controller.signal });
    let told = 0;
    const telling = crew.fit(folds, ENDLESS, {
      signal: controller.signal,
      onProgress: ({ done }) => {
        if (done > 0 && ++told === 2) controller.abort();
      },
    });
    for (const one of [endless, telling]) await expect(one).rejects.toMatchObject({ code: 'MW_INTERRUPTED' });
  });
});
