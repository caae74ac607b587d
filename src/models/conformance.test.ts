import { describe, expect, it } from 'vitest';
import { MillwrightError } from '../base/error.js';
import { random } from '../base/random.js';
import { crc32 } from './bytes.js';
import { CLUSTERERS, clustererOf, ESTIMATORS, estimatorOf, loadClusters, loadModel } from './catalogue.js';
import type { AnyTask, Estimator, Model, TrainingData } from './estimator.js';
import {
  CLASSES,
  contextOf,
  densified,
  learnable,
  lossOf,
  matrixOf,
  mutate,
  sparseLearnable,
  take,
} from './testing/examples.js';

type Any = Estimator<AnyTask>;

/** All estimators, an ensemble of each kind, and what finds clusters. */
const TESTED: readonly Any[] = [
  ...Object.values(ESTIMATORS),
  ...['average(gbdt,tree)', 'vote(tree,gbdt,forest)', 'stack(tree,gbdt)'].map((name) => estimatorOf(name)),
  ...Object.values(CLUSTERERS),
];
const load = (bytes: Uint8Array, task: AnyTask): Model<AnyTask> => (task === 'clustering' ? loadClusters : loadModel)(bytes);
const cases = TESTED.flatMap((estimator) => estimator.tasks.map((task) => ({ estimator, task })));

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
  } catch (thrown) {
    if (thrown instanceof MillwrightError) return thrown.code;
    throw thrown;
  }
  return 'none';
};

const takesSparse = ({ needs, memberNeeds = [needs] }: Any): boolean => memberNeeds.some(({ sparse }) => sparse);

/** Small models, to be quick. */
const SMALL = { trees: 15, width: 16, clusters: CLASSES };

const SMALL_MEMBERS = { trees: 5, rounds: 25, folds: 3 };
const smallFor = ({ name }: { readonly name: string }): Readonly<Record<string, number>> =>
  name.includes('(') ? SMALL_MEMBERS : name === 'gbdt' ? { rounds: 60 } : SMALL;

const known = (estimator: Any, params: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.keys(estimator.params).flatMap((param) => {
      const own = param.slice(param.lastIndexOf('.') + 1);
      return own in params ? [[param, params[own]]] : [];
    }),
  );

const fit = (estimator: Any, data: TrainingData, task: AnyTask, params = {}, seed = 1): Promise<Model<AnyTask>> =>
  estimator.fit(data, { ...known(estimator, smallFor(estimator)), ...params }, contextOf(task, seed));

/** Mean absolute difference. */
const distance = (p: Float64Array, q: Float64Array): number =>
  p.reduce((sum, value, i) => sum + Math.abs(value - q[i]), 0) / p.length;

const outputsOk = ({ task, outputs }: Model<AnyTask>, predicted: Float64Array): void => {
  for (const value of predicted) expect(Number.isFinite(value)).toBe(true);
  if (task === 'regression') return;
  for (const value of predicted) expect(value >= 0 && value <= 1).toBe(true);
  if (task === 'binary') return;
  if (task === 'multiclass') expect(outputs).toBe(CLASSES);
  for (let i = 0; i < predicted.length; i += outputs)
    expect(predicted.subarray(i, i + outputs).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
};

describe.each(TESTED.map((estimator) => ({ name: estimator.name, estimator })))('$name', ({ estimator }) => {
  it('is in the catalogue under its name', () => {
    const [task] = estimator.tasks;
    expect(task === 'clustering' ? clustererOf(estimator.name) : estimatorOf(estimator.name)).toBe(estimator);
  });

  it('refuses parameters it does not have or that are out of range', async () => {
    const [task] = estimator.tasks;
    const data = learnable(estimator, task, 40);
    expect(await codeOf(fit(estimator, data, task, { bogus: 1 }))).toBe('MW_OPTION_UNKNOWN');
    for (const [name, spec] of Object.entries(estimator.params)) {
      const bad: unknown[] = ['text', Number.NaN];
      if ('min' in spec && spec.min !== undefined) bad.push(spec.min - 1);
      if ('max' in spec && spec.max !== undefined) bad.push(spec.max + 1);
      if (spec.kind === 'integer') bad.push(spec.default + 0.5);
      for (const value of bad)
        expect([name, value, await codeOf(fit(estimator, data, task, { [name]: value }))]).toContain('MW_OPTION_INVALID');
    }
  });

  it('refuses a task it does not learn', async () => {
    const [task] = estimator.tasks;
    for (const other of ['binary', 'multiclass', 'regression', 'clustering'] as const)
      if (!estimator.tasks.includes(other))
        expect(await codeOf(fit(estimator, learnable(estimator, task, 40), other))).toBe('MW_MODEL_TASK');
  });
});

describe.each(cases.map(({ estimator, task }) => ({ name: estimator.name, estimator, task })))(
  '$name on $task',
  ({ estimator, task }) => {
    const data = learnable(estimator, task, 800);
    const fresh = learnable(estimator, task, 400, 2);

    it('learns a simple signal', async () => {
      const model = await fit(estimator, data, task);
      // One cluster for all is wrong on half of the rows.
      const floor =
        task === 'clustering' ? 0.5 : lossOf(task, fresh, (await fit(ESTIMATORS.constant, data, task)).predict(fresh.matrix));
      const predicted = model.predict(fresh.matrix);
      outputsOk(model, predicted);
      if (estimator.name !== 'constant') expect(lossOf(task, fresh, predicted)).toBeLessThan(0.6 * floor);
      expect(model).toMatchObject({ estimator: estimator.name, task, inputs: data.matrix.columns.length });
      expect(model.outputs).toBe(predicted.length / fresh.matrix.rows);
    });

    it('gives the same bytes for the same data, parameters and seed', async () => {
      const once = (await fit(estimator, data, task, {}, 7)).serialize();
      expect(once).toEqual((await fit(estimator, data, task, {}, 7)).serialize());
    });

    it('treats a weight of n like n repetitions', async () => {
      // The folds of a stack part rows, and so the repetitions of one.
      if (estimator.name.startsWith('stack')) return;
      // Few distinct values and shallow trees, so that the bins are the same and no two splits are nearly equal; all rows in one batch.
      const coarse = learnable(estimator, task, 800, 1, 1);
      const source = random(5);
      const weight = Float64Array.from({ length: coarse.matrix.rows }, () => source.below(4));
      const repeated = [...weight].flatMap((times, i) => Array.from({ length: times }, () => i));
      const near = {
        maxDepth: 2,
        minRows: 1,
        minCategoryRows: 1,
        rounds: 20,
        bootstrap: false,
        batch: 65_536,
        tolerance: 1e-7,
        maxIterations: 10_000,
        clusters: 8,
        columnSample: 1,
      };
      const params = known(estimator, near);
      const predict = async (rows: TrainingData): Promise<Float64Array> =>
        (await fit(estimator, rows, task, params)).predict(fresh.matrix);
      const weighted = await predict({ ...coarse, weight });
      const counted = await predict(take(coarse, repeated));
      const plain = await predict(coarse);
      expect(distance(weighted, counted)).toBeLessThan(
        /gbdt|forest|extraTrees|mlp/.test(estimator.name) ? 0.2 * distance(counted, plain) : 1e-4,
      );
      expect(distance(counted, plain)).toBeGreaterThan(1e-3);
    });

    it('predicts a row exactly as in a batch, without touching other outputs', async () => {
      const model = await fit(estimator, data, task);
      const batch = model.predict(fresh.matrix);
      const out = new Float64Array(model.outputs + 2).fill(-7);
      for (let i = 0; i < fresh.matrix.rows; i++) {
        model.predictRow(
          Float64Array.from(fresh.matrix.columns, (column) => column[i]),
          out,
          1,
        );
        expect(out.subarray(1, 1 + model.outputs)).toEqual(batch.subarray(i * model.outputs, (i + 1) * model.outputs));
      }
      expect([out[0], out[out.length - 1]]).toEqual([-7, -7]);
    });

    it('comes back from its bytes unchanged', async () => {
      const model = await fit(estimator, data, task);
      const bytes = model.serialize();
      const back = load(bytes, task);
      expect(back.serialize()).toEqual(bytes);
      expect(back.predict(fresh.matrix)).toEqual(model.predict(fresh.matrix));
      expect(back).toMatchObject({
        estimator: estimator.name,
        task,
        inputs: model.inputs,
        outputs: model.outputs,
        summary: model.summary,
      });
      expect(back.importances?.()).toEqual(model.importances?.());
    });

    it('refuses damaged bytes', async () => {
      const bytes = (await fit(estimator, take(data, [...Array(60).keys()]), task)).serialize();
      for (let length = 0; length < bytes.length; length += length < 80 ? 1 : 97)
        expect(await codeOf(Promise.resolve().then(() => load(bytes.subarray(0, length), task)))).toBe('MW_MODEL_CORRUPT');
      const source = random(11);
      for (let k = 0; k < 200; k++) {
        const damaged = bytes.slice();
        damaged[source.below(damaged.length)] ^= 1 << source.below(8);
        expect(await codeOf(Promise.resolve().then(() => load(damaged, task)))).toBe('MW_MODEL_CORRUPT');
      }
    });

    it('never crashes on hostile bytes with a right checksum', async () => {
      const bytes = (await fit(estimator, take(data, [...Array(80).keys()]), task, {}, 3)).serialize();
      const source = random(13);
      let refused = 0;
      for (let k = 0; k < 600; k++) {
        const hostile = mutate(bytes, source, 1 + source.below(3));
        new DataView(hostile.buffer).setUint32(hostile.length - 4, crc32(hostile.subarray(0, -4)), true);
        try {
          const model = load(hostile, task);
          if (model.inputs < 1000 && model.outputs < 1000)
            model.predictRow(new Float64Array(model.inputs).fill(1), new Float64Array(model.outputs));
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(MillwrightError);
          expect((thrown as MillwrightError).code).toMatch(/^MW_MODEL_(CORRUPT|VERSION|UNKNOWN)$/);
          refused++;
        }
      }
      expect(refused).toBeGreaterThan(20);
    });

    it('has non-negative importances, one a feature', async () => {
      const importances = (await fit(estimator, data, task)).importances?.();
      if (!importances) return;
      expect(importances.length).toBe(data.matrix.columns.length);
      for (const value of importances) expect(value).toBeGreaterThanOrEqual(0);
      expect(importances[0]).toBeGreaterThan(importances[2]);
    });

    it('stops when it is interrupted', async () => {
      const signal = AbortSignal.abort();
      expect(await codeOf(estimator.fit(data, {}, { ...contextOf(task), signal }))).toBe('MW_INTERRUPTED');
    });

    it('refuses unusable rows', async () => {
      const bad = (change: Partial<TrainingData>): Promise<string> => codeOf(fit(estimator, { ...data, ...change }, task));
      const { rows } = data.matrix;
      expect(await bad({ matrix: take(data, []).matrix, target: new Float64Array(0) })).toBe('MW_MODEL_DATA');
      // Clustering does not look at the target.
      const target = task === 'clustering' ? 'none' : 'MW_MODEL_DATA';
      expect(await bad({ target: new Float64Array(rows - 1) })).toBe(target);
      expect(await bad({ target: new Float64Array(rows).fill(Number.NaN) })).toBe(target);
      expect(await bad({ target: new Float64Array(rows).fill(task === 'regression' ? Infinity : 9) })).toBe(target);
      expect(await bad({ weight: new Float64Array(rows) })).toBe('MW_MODEL_DATA');
      expect(await bad({ weight: new Float64Array(rows).fill(-1) })).toBe('MW_MODEL_DATA');
      expect(await bad({ matrix: { ...data.matrix, columns: data.matrix.columns.slice(1) } })).toBe('MW_MODEL_DATA');
      const model = await fit(estimator, data, task);
      const narrow = matrixOf([new Float64Array(3)]);
      expect(await codeOf(Promise.resolve().then(() => model.predict(narrow)))).toBe('MW_MODEL_INPUT');
    });

    it('copes with one row, constant columns, one class and no features', async () => {
      const { rows } = data.matrix;
      const one = await fit(estimator, take(data, [0]), task);
      outputsOk(one, one.predict(fresh.matrix));
      const flat = matrixOf(data.matrix.columns.map(() => new Float64Array(rows).fill(3)));
      const constant = await fit(estimator, { ...data, matrix: flat }, task);
      outputsOk(constant, constant.predict(flat));
      const none: TrainingData = { ...data, matrix: { rows, columns: [], features: [] } };
      const blind = await fit(estimator, none, task);
      outputsOk(blind, blind.predict(none.matrix));
      if (task === 'clustering') return;
      const same = await fit(estimator, { ...data, target: new Float64Array(rows).fill(1) }, task);
      const predicted = same.predict(data.matrix);
      outputsOk(same, predicted);
      const outputs = same.outputs;
      for (let i = 0; i < rows; i++) expect(predicted[i * outputs + (outputs > 1 ? 1 : 0)]).toBeGreaterThan(0.99);
    });

    it('takes missing, infinite and never seen values as it declares', async () => {
      const { rows } = data.matrix;
      const odd = data.matrix.columns[0].map((value, i) => [Number.NaN, Infinity, -Infinity, value][i % 4]);
      const columns = [odd, new Float64Array(rows).fill(Number.NaN), ...data.matrix.columns.slice(1)];
      const matrix = matrixOf(columns, [0, 0, ...data.matrix.features.slice(1).map((feature) => feature.categories)]);
      if (estimator.needs.imputed) {
        expect(await codeOf(fit(estimator, { ...data, matrix }, task))).toBe('MW_MODEL_DATA');
        return;
      }
      const model = await fit(estimator, { ...data, matrix }, task);
      outputsOk(model, model.predict(matrix));
      const strange = new Float64Array(model.outputs);
      for (const value of [Number.NaN, Infinity, -Infinity, -1, 1e9, 0.5]) {
        model.predictRow(new Float64Array(model.inputs).fill(value), strange);
        outputsOk(model, strange);
      }
    });

    it('takes a hundred thousand categories, or refuses categories', async () => {
      const { rows } = data.matrix;
      const source = random(17);
      const codes = Float64Array.from({ length: rows }, () => source.below(100_000));
      const wide = { ...data, matrix: matrixOf([codes, ...data.matrix.columns.slice(0, 2)], [100_000]) };
      if (estimator.needs.categories === 'onehot') {
        expect(await codeOf(fit(estimator, wide, task))).toBe('MW_MODEL_DATA');
        return;
      }
      const model = await fit(estimator, wide, task);
      outputsOk(model, model.predict(wide.matrix));
    });

    it('learns and predicts sparse columns like dense ones, or refuses them', async () => {
      const shape = task === 'clustering' ? 'multiclass' : task;
      const sparse = sparseLearnable(estimator, shape, 400);
      const weighted = { ...sparse, weight: Float64Array.from(sparse.target, (_, i) => (i * 7) % 4) };
      const dense = { ...weighted, matrix: densified(sparse.matrix) };
      const model = await fit(estimator, dense, task);
      if (!takesSparse(estimator)) {
        expect(await codeOf(fit(estimator, weighted, task))).toBe('MW_MODEL_DATA');
        expect(await codeOf(fit(estimator, { ...dense, matrix: { ...dense.matrix, sparse: [] } }, task))).toBe('MW_MODEL_DATA');
        // A constant looks at no column.
        if (estimator.name === 'constant') return;
        expect(await codeOf(Promise.resolve().then(() => model.predict(sparse.matrix)))).toBe('MW_MODEL_DATA');
        return;
      }
      const near = known(estimator, { tolerance: 1e-12, maxIterations: 100_000 });
      const fitted = await fit(estimator, weighted, task, near);
      const twin = (await fit(estimator, dense, task, near)).predict(dense.matrix);
      const predicted = fitted.predict(sparse.matrix);
      predicted.forEach((value, i) => expect(Math.abs(value - twin[i])).toBeLessThan(1e-9 * Math.max(1, Math.abs(twin[i]))));
      expect(predicted).toEqual(fitted.predict(dense.matrix));
      const out = new Float64Array(fitted.outputs);
      for (let i = 0; i < sparse.matrix.rows; i++) {
        fitted.predictRow(
          Float64Array.from(dense.matrix.columns, (column) => column[i]),
          out,
        );
        expect(out).toEqual(predicted.subarray(i * fitted.outputs, (i + 1) * fitted.outputs));
      }
      expect((await fit(estimator, weighted, task, near)).serialize()).toEqual(fitted.serialize());
    });

    it('refuses sparse columns that are none', async () => {
      if (!takesSparse(estimator) || task === 'clustering') return;
      const data = sparseLearnable(estimator, task, 40);
      const j = data.matrix.columns.length - 1;
      const spoilt = (indexes: readonly number[], values: readonly number[], column = new Float64Array(0)): Promise<string> => {
        const sparse = data.matrix.sparse?.with(j, { indexes: Uint32Array.from(indexes), values: Float64Array.from(values) });
        return codeOf(
          fit(
            estimator,
            { ...data, matrix: { ...data.matrix, columns: data.matrix.columns.with(j, column), sparse: sparse as never } },
            task,
          ),
        );
      };
      expect(await spoilt([1, 5], [1, 2])).toBe('none');
      expect(await spoilt([], [])).toBe('none');
      expect(await spoilt([0, 39], [0, 1])).toBe('none');
      expect(await spoilt([5, 1], [1, 2])).toBe('MW_MODEL_DATA');
      expect(await spoilt([5, 5], [1, 2])).toBe('MW_MODEL_DATA');
      expect(await spoilt([5, 40], [1, 2])).toBe('MW_MODEL_DATA');
      expect(await spoilt([5], [1, 2])).toBe('MW_MODEL_DATA');
      expect(await spoilt([5], [1], new Float64Array(40))).toBe('MW_MODEL_DATA');
      expect(await spoilt([5], [Number.NaN])).toBe(estimator.needs.imputed ? 'MW_MODEL_DATA' : 'none');
    });

    it('takes more leaves than rows', async () => {
      if (!('leaves' in estimator.params)) return;
      const few = take(data, [...Array(30).keys()]);
      const model = await fit(estimator, few, task, { leaves: 1000, minRows: 1 });
      outputsOk(model, model.predict(fresh.matrix));
    });
  },
);
