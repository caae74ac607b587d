import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { SystemPlan } from '../../define/plan.js';
import { ESTIMATORS, estimatorOf } from '../../models/catalogue.js';
import type { Model } from '../../models/estimator.js';
import { NO_LOSS } from '../../models/module/model-script.js';
import { loadPipeline, makePipeline } from '../../pipeline/make-pipeline.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import type { ModelVersion } from '../../registry/models.js';
import type { Answer } from '../../serve/predict.js';
import { rowErrorDetail } from '../../server/error-answer.js';
import { moduleOf } from './module-file.js';
import { featuresOf, HOSTILE, oddPipeline, oddPlan, oddRequests, servedBy } from './testing/odd-system.js';

const dir = mkdtempSync(join(tmpdir(), 'millwright-module-'));
afterAll(() => rmSync(dir, { recursive: true }));

const version = {
  model: 'odd */ model',
  version: 3,
  hash: `sha256:${'0'.repeat(64)}`,
  pipeline: `sha256:${'1'.repeat(64)}`,
  metrics: { test: { auc: 0.75 } },
} as unknown as ModelVersion;

const write = (plan: SystemPlan, pipeline: Pipeline) => moduleOf({ version, plan, pipeline }, NO_LOSS);

interface Imported {
  predict(request: unknown): unknown;
  predictBatch(requests: unknown): unknown[];
  check(request: unknown): { code: string; severity: string; column: string | null }[];
  describe(): Record<string, unknown> & { inputs: { name: string; categories: string[] | null }[] };
}
let files = 0;
async function imported(code: string): Promise<Imported> {
  const path = join(dir, `model-${files++}.mjs`);
  writeFileSync(path, code);
  return (await import(/* @vite-ignore */ pathToFileURL(path).href)) as Imported;
}

const FIX = 'Correct the named columns; describe() tells their types.';

/** An answer of the server as the module gives it: without its id. */
const ofServer = (answer: Answer): unknown => {
  // What to do about it is said for who has no server to ask.
  if (!answer.ok) return { error: { ...rowErrorDetail(answer), fix: FIX } };
  const { prediction, probability, warnings } = answer;
  return { prediction, probability, ...(warnings ? { warnings } : {}) };
};
const guess = / Did you mean [^?]*\?/g;
const plain = (answers: readonly unknown[]): unknown =>
  answers.map((answer) => JSON.parse(JSON.stringify(answer).replace(guess, '')));

/** Those that have a script; src/models/module has a test of what the others say. */
const WRITTEN =
  'constant logistic linear tree gbdt forest extraTrees bayes neighbours elastic svm mlp rbfSvm stack(gbdt,logistic)'.split(
    ' ',
  );
const cases = WRITTEN.map(estimatorOf).flatMap((estimator) => estimator.tasks.map((task) => ({ estimator, task })));

describe.each(cases.map(({ estimator, task }) => ({ name: estimator.name, estimator, task })))(
  'a module of $name for a $task problem',
  async ({ estimator, task }) => {
    const plan = oddPlan(task);
    const params =
      'trees' in estimator.params
        ? { trees: 6 }
        : 'rounds' in estimator.params
          ? { rounds: 8 }
          : 'epochs' in estimator.params
            ? { epochs: 5 }
            : {};
    const pipeline = await oddPipeline(plan, estimator, task, featuresOf(plan, oddRequests(160, 1)), params);

    test('answers 500 requests as the server does, to the bit', async () => {
      const module = await imported(write(plan, pipeline).code);
      const requests = oddRequests(500, 2);
      const answers = servedBy(plan, pipeline).predict(requests, { now: () => 0 }, () => 'id');
      const found = module.predictBatch(requests);
      const good = answers.filter(({ ok }) => ok).length;
      expect(good).toBeGreaterThan(300);
      expect(good).toBeLessThan(500);
      // JSON writes numbers so that they read back to the same bits, and `__proto__` is a class here.
      const scores = task === 'multiclass' ? pipeline.predict(featuresOf(plan, requests)) : null;
      let place = 0;
      const expected = answers.map((answer) => {
        const one = ofServer(answer) as { prediction: unknown; probability: unknown };
        if (scores === null || !answer.ok) return one;
        const own = scores.subarray(place, (place += pipeline.model.outputs));
        return { ...one, probability: Object.fromEntries(pipeline.classes.map((name, k) => [name, own[k]])) };
      });
      expect(plain(found)).toEqual(plain(expected));
    });
  },
);

describe('a module', async () => {
  const plan = oddPlan('binary');
  const table = featuresOf(plan, oddRequests(160, 1));
  const pipeline = await oddPipeline(plan, ESTIMATORS['logistic'] as never, 'binary', table);
  const written = write(plan, pipeline);
  const module = await imported(written.code);

  test('describes itself, and what it gives away cannot change it', () => {
    const description = module.describe();
    expect(description).toMatchObject({
      model: version.model,
      version: 3,
      hash: version.hash,
      pipeline: version.pipeline,
      estimator: 'logistic',
      task: 'binary',
      threshold: 0.4,
      metrics: { test: { auc: 0.75 } },
      loss: null,
    });
    const columns = plan.request.columns;
    expect(description.inputs.map(({ name }) => name)).toEqual(Object.keys(columns));
    const category = description.inputs.find(({ name }) => name === '__proto__named');
    expect(category).toEqual({
      name: '__proto__named',
      type: 'category',
      categories: columns['__proto__named']?.categories,
      required: false,
      used: true,
      from: 'request',
      says: null,
    });
    category?.categories?.splice(0);
    expect(module.describe().inputs.find(({ name }) => name === '__proto__named')?.categories).toHaveLength(6);
  });

  test('refuses a bad request with the code and message of the server', () => {
    const bad = { number: 'three', town: '<', unused: 'u' };
    const [answer] = servedBy(plan, pipeline).predict([bad], { now: () => 0 }, () => 'id');
    let thrown: unknown;
    try {
      module.predict(bad);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(Error);
    expect(thrown).toMatchObject({ name: 'MillwrightError', code: 'MW_SERVE_ROW_INVALID' });
    expect(JSON.parse(JSON.stringify(thrown))).toEqual({ ...rowErrorDetail(answer as never), fix: FIX });
    for (const nothing of [null, undefined, 3, 'text', [], [{}], () => 1])
      expect(() => module.predict(nothing)).toThrow('A row is an object by column name');
    expect(() => module.predictBatch({ rows: [] })).toThrow('The requests are no list');
    const inherited = Object.create({ number: 1, 'it\'s "a" `${1}` \\': 1, unused: '' });
    expect(() => module.predict(inherited)).toThrow('is required and not there');
  });

  test('tells warnings to who asks, and takes a request without a column that no feature reads', () => {
    const request = { 'it\'s "a" `${1}` \\': 1, number: 2, town: 'new', twon: 't1', __proto__named: 'unheard of' };
    expect(module.check(request).map(({ code, column }) => `${code} ${column}`)).toEqual([
      'MW_ROW_CATEGORY_UNSEEN __proto__named',
      'MW_ROW_CHECK town',
      'MW_ROW_COLUMN_UNKNOWN twon',
    ]);
    expect(module.predict(request)).toEqual({
      prediction: expect.any(String),
      probability: expect.any(Number),
      warnings: module.check(request).map(({ code, column }) => ({ code, column })),
    });
    expect(module.check({ ...request, unused: '\u0000' }).map(({ code }) => code)).toContain('MW_ROW_TYPE');
  });

  test('stands in a page and in a line of a log', () => {
    expect(written.code).not.toMatch(/<\/|<!--|\u2028|\u2029/);
    expect(written.code).not.toMatch(/\b(?:import|require|process|Buffer|globalThis|eval|Function)\b/);
    // The header ends where it should, whatever the model is called.
    expect(written.code.slice(written.code.indexOf('*/'))).toMatch(/^\*\/\nconst /);
  });

  test('is not led astray by a request that asks while it is read', () => {
    const request = { number: 1, 'it\'s "a" `${1}` \\': 1, skewed: 3, whole: 4, town: 't1', unused: '' };
    const nosy = {
      ...request,
      get whole() {
        module.predict({ ...request, number: -9, skewed: 0, town: 'y' });
        return 4;
      },
    };
    expect(module.predict(nosy)).toEqual(module.predict(request));
  });

  test('changes no prototype whatever is asked', () => {
    const request = JSON.parse('{"__proto__": {"number": 7}, "constructor": 1}') as object;
    module.check(request);
    expect(() => module.predict(request)).toThrow('is required');
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

test('a model without features, and one of classes with odd names', async () => {
  const plan = { ...oddPlan('multiclass'), features: [] };
  const { encoder } = await oddPipeline(
    plan,
    ESTIMATORS['constant'] as never,
    'multiclass',
    featuresOf(plan, oddRequests(40, 1)),
  );
  const constant = await (ESTIMATORS['constant'] as never as typeof ESTIMATORS.constant).fit(
    { matrix: { rows: 4, columns: [], features: [] }, target: Float64Array.of(0, 1, 2, 5) },
    {},
    { task: 'multiclass', classes: HOSTILE.length, seed: 1 },
  );
  const pipeline = makePipeline({ encoder, model: constant, classes: HOSTILE });
  const { code, inputs } = write(plan, pipeline);
  const module = await imported(code);
  const { prediction, probability } = module.predict({}) as { prediction: string; probability: Record<string, number> };
  expect(prediction).toBe(HOSTILE[0]);
  expect(Object.entries(probability)).toEqual(HOSTILE.map((name, k) => [name, [0.25, 0.25, 0.25, 0, 0, 0.25][k]]));
  expect(inputs.every(({ used }) => !used)).toBe(true);
});

test('a hundred thousand categories', async () => {
  const categories = Array.from({ length: 100_000 }, (_, i) => `k${(i * 7919) % 100_000}`);
  const whole = oddPlan('regression');
  const plan: SystemPlan = {
    ...whole,
    request: {
      ...whole.request,
      columns: { town: { kind: 'column', type: 'category', categories, nullable: true } },
    },
    features: whole.features.filter(({ name }) => name === 'town'),
    sources: {
      ...whole.sources,
      rows: { ...whole.sources['rows'], contract: { kind: 'contract', columns: {}, checks: [] } } as never,
    },
  };
  const rows = categories.slice(0, 30_000).map((town) => ({ town }));
  const pipeline = await oddPipeline(plan, ESTIMATORS['linear'] as never, 'regression', featuresOf(plan, rows));
  const { code, types } = write(plan, pipeline);
  expect(code.length).toBeLessThan(2_200_000);
  expect(types.length).toBeLessThan(5000);
  const module = await imported(code);
  const asked = [{ town: 'k5' }, { town: 'k99999' }, { town: 'never' }, { town: null }, ...rows.slice(-200)];
  const answers = servedBy(plan, pipeline).predict(asked, { now: () => 0 }, () => 'id');
  expect(module.predictBatch(asked)).toEqual(answers.map(ofServer));
});

test('an estimator that has no script yet is an error with a code', () => {
  const plan = oddPlan('binary');
  const unknown = { estimator: 'oracle', task: 'binary', outputs: 1, inputs: 0 } as unknown as Model;
  const encoder = { inputs: [], outputs: [], toData: () => ({ inputs: [], parts: [] }) };
  const pipeline = { task: 'binary', features: [], classes: ['a', 'b'], threshold: 0.5, encoder, model: unknown };
  expect(() => write(plan, pipeline as unknown as Pipeline)).toThrow("A model of 'oracle' cannot be written as a module yet.");
});

test('the same version gives the same bytes', async () => {
  const plan = oddPlan('regression');
  const pipeline = await oddPipeline(plan, ESTIMATORS['gbdt'] as never, 'regression', featuresOf(plan, oddRequests(99, 1)), {
    rounds: 5,
  });
  expect(write(plan, loadPipeline(pipeline.serialize()))).toEqual(write(plan, pipeline));
});
