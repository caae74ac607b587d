import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { random } from '../../base/random.js';
import { ScriptWriter } from '../../base/script/script-writer.js';
import { CalibratedModel } from '../calibration/calibrated-model.js';
import { fitCalibration } from '../calibration/catalogue.js';
import { ESTIMATORS, estimatorOf } from '../catalogue.js';
import type { Matrix, Model } from '../estimator.js';
import { readLightgbmText } from '../exchange/lightgbm-text.js';
import { readModelFile } from '../exchange/read-model-file.js';
import { CLASSES, contextOf, learnable } from '../testing/examples.js';
import { ForestModel } from '../trees/forest-model.js';
import { writeModelScript } from './catalogue.js';
import { NO_LOSS, type ScriptLoss } from './model-script.js';

const compile = (model: Model, loss: ScriptLoss = NO_LOSS) => {
  const writer = new ScriptWriter();
  const name = writeModelScript(model, writer, loss);
  const code = String(writer);
  const run = new Function(`"use strict";${code}\nreturn ${name}`)() as (x: Float64Array, y: Float64Array, o: number) => void;
  return { code, run, notes: writer.notes };
};

/** Null for a model that cannot be written yet, which must be said with its code; never so for those below. */
function compiledOrRefused(model: Model): ReturnType<typeof compile> | null {
  try {
    return compile(model);
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: 'MW_EXCHANGE_UNSUPPORTED', where: { estimator: model.estimator } });
    expect(WRITTEN).not.toContain(model.estimator);
    return null;
  }
}
const WRITTEN = 'constant logistic linear tree gbdt forest extraTrees bayes neighbours elastic svm mlp rbfSvm'.split(' ');

const predict = (run: (x: Float64Array, y: Float64Array, o: number) => void, matrix: Matrix, outputs: number) => {
  const out = new Float64Array(matrix.rows * outputs);
  for (let i = 0; i < matrix.rows; i++)
    run(
      Float64Array.from(matrix.columns, (column) => column[i]),
      out,
      i * outputs,
    );
  return out;
};

/** Rows with values that training had not: missing and infinite ones where the estimator takes them, codes never seen. */
function strange(matrix: Matrix, takesCodes: boolean): Matrix {
  const source = random(3);
  const columns = matrix.columns.map((column, j) =>
    column.map((value) => {
      const draw = source.below(12);
      if (!takesCodes) return draw === 0 ? 1e9 * source.normal() : draw === 1 ? -0 : value;
      if (draw === 0) return Number.NaN;
      if (matrix.features[j].categories > 0) return draw === 1 ? source.below(400) : value;
      return draw === 1 ? Infinity : draw === 2 ? -Infinity : draw === 3 ? Number.MAX_VALUE : draw === 4 ? -0 : value;
    }),
  );
  return { ...matrix, columns };
}

const cases = Object.values(ESTIMATORS).flatMap((estimator) => estimator.tasks.map((task) => ({ estimator, task })));

describe.each(cases.map(({ estimator, task }) => ({ name: estimator.name, estimator, task })))(
  '$name on $task',
  ({ estimator, task }) => {
    it('predicts as script with the same bits', async () => {
      const params =
        'trees' in estimator.params
          ? { trees: 11 }
          : 'rounds' in estimator.params
            ? { rounds: 12 }
            : 'epochs' in estimator.params
              ? { epochs: 5 }
              : {};
      const model = await estimator.fit(learnable(estimator, task, 300), params, contextOf(task));
      const rows = strange(learnable(estimator, task, 500, 2).matrix, estimator.needs.categories === 'codes');
      const { run, code } = compiledOrRefused(model) ?? {};
      if (!run) return;
      expect(predict(run, rows, task === 'multiclass' ? CLASSES : 1)).toEqual(model.predict(rows));
      expect(code).not.toContain('\u2028');
    });
  },
);

test.each(['poisson', 'quantile', 'huber'])(
  'trees boosted on the objective %s predict as script with the same bits',
  async (objective) => {
    const { gbdt } = ESTIMATORS;
    const data = learnable(gbdt, 'regression', 300);
    const positive = { ...data, target: data.target.map((y) => Math.abs(Math.round(y))) };
    const model = await gbdt.fit(positive, { objective, rounds: 8 }, contextOf('regression'));
    const rows = strange(data.matrix, true);
    expect(predict(compile(model).run, rows, 1)).toEqual(model.predict(rows));
  },
);

describe.each(['average(gbdt,bayes)', 'vote(gbdt,bayes,tree)', 'stack(gbdt,forest)', 'stack(logistic,mlp)'])('%s', (name) => {
  const estimator = estimatorOf(name);
  it.each(estimator.tasks)('predicts a %s problem as script with the same bits, calibrated or not', async (task) => {
    const data = learnable(estimator, task, 200);
    const model = await estimator.fit(data, {}, contextOf(task));
    const rows = strange(learnable(estimator, task, 200, 2).matrix, estimator.needs.categories === 'codes');
    const outputs = task === 'multiclass' ? CLASSES : 1;
    expect(predict(compile(model).run, rows, outputs)).toEqual(model.predict(rows));
    if (task === 'regression') return;
    for (const method of ['platt', 'isotonic', 'temperature'] as const) {
      const found = { task, outputs, predictions: model.predict(data.matrix), target: data.target };
      const calibrated = new CalibratedModel(model, fitCalibration(method, found));
      expect(predict(compile(calibrated).run, rows, outputs)).toEqual(calibrated.predict(rows));
    }
  });
});

test('a model of nearest rows says that it holds them', async () => {
  const { neighbours } = ESTIMATORS;
  const model = await neighbours.fit(learnable(neighbours, 'binary', 50), {}, contextOf('binary'));
  expect(compile(model).notes).toEqual([expect.stringContaining('50 training rows')]);
});

const lightgbm = (objective: string, decisions: string, threshold: string) => `tree
version=v4
num_class=1
num_tree_per_iteration=1
max_feature_idx=1
objective=${objective}
feature_names=a b
tree_sizes=1

Tree=0
num_leaves=3
num_cat=1
split_feature=1 0
threshold=0 ${threshold}
decision_type=${decisions}
left_child=1 -1
right_child=-2 -3
leaf_value=1.5 -2 0.4
cat_boundaries=0 2
cat_threshold=2 2

end of trees
`;

test.each([
  ['regression', '1 8'],
  ['regression', '1 2'],
  ['regression sqrt', '1 4'],
  ['regression', '1 6'],
  ['binary sigmoid:0.7', '1 10'],
  ['poisson', '1 0'],
  ['cross_entropy_lambda', '1 8'],
  ['regression', '1 8', 'inf'],
  ['regression', '1 4', '-inf'],
  ['regression', '1 10', '-inf'],
])(
  'an imported forest with the objective %s and the decisions %s predicts as script with the same bits',
  (objective, rules, threshold = '0.5') => {
    const { model } = readLightgbmText(lightgbm(objective, rules, threshold));
    const values = [0, -0, 1, 33, 34, 64, 1e9, -1, 0.5, 0.6, 1e-36, Number.NaN, Infinity, -Infinity];
    const pairs = values.flatMap((a) => values.map((b) => [a, b]));
    const columns = [0, 1].map((j) => Float64Array.from(pairs, (pair) => pair[j]));
    const matrix: Matrix = { rows: pairs.length, columns, features: [0, 1].map((j) => ({ name: `${j}`, categories: 0 })) };
    expect(predict(compile(model).run, matrix, 1)).toEqual(model.predict(matrix));
  },
);

const FILES = new URL('../exchange/testing/files/', import.meta.url);
test.each(readdirSync(FILES).filter((name) => !name.endsWith('.expected.json')))(
  'the model of %s, imported, predicts as script with the same bits',
  (name) => {
    const { model } = readModelFile(readFileSync(new URL(name, FILES)));
    const draw = random(9);
    const value = () => {
      const kind = draw.below(8);
      if (kind === 0) return Number.NaN;
      return kind < 4
        ? draw.below(70) - 3
        : kind === 4
          ? Math.fround(draw.normal())
          : kind === 5
            ? Infinity
            : 3 * draw.normal();
    };
    const columns = Array.from({ length: model.inputs }, () => Float64Array.from({ length: 500 }, value));
    const features = columns.map((_, j) => ({ name: `${j}`, categories: 0 }));
    const matrix: Matrix = { rows: 500, columns, features };
    const expected = model.predict(matrix);
    expect(new Set(expected).size).toBeGreaterThan(5);
    expect(predict(compile(model).run, matrix, model.outputs)).toEqual(expected);
  },
);

describe('what is given up for size', async () => {
  const { gbdt } = ESTIMATORS;
  const data = learnable(gbdt, 'regression', 2000);
  const model = await gbdt.fit(data, { rounds: 60, leaves: 31 }, contextOf('regression'));
  const exact = model.predict(data.matrix);
  const lossOf = (loss: Partial<ScriptLoss>) => {
    const { run, code } = compile(model, { ...NO_LOSS, ...loss });
    const found = predict(run, data.matrix, 1);
    const squares = found.reduce((sum, value, i) => sum + (value - exact[i]) ** 2, 0);
    const largest = found.reduce((most, value, i) => Math.max(most, Math.abs(value - exact[i])), 0);
    return { bytes: code.length, rms: Math.sqrt(squares / found.length), largest };
  };
  const spread = Math.max(...exact) - Math.min(...exact);

  it('by fewer bits a leaf is small, and smaller the more bits there are', () => {
    const [all, sixteen, eight] = ([64, 16, 8] as const).map((leafBits) => lossOf({ leafBits }));
    expect(all.largest).toBe(0);
    expect(sixteen.largest).toBeLessThan(1e-3 * spread);
    expect(eight.largest).toBeLessThan(0.05 * spread);
    expect(sixteen.largest).toBeLessThan(eight.largest / 50);
    expect(sixteen.bytes).toBeLessThan(0.8 * all.bytes);
    expect(eight.bytes).toBeLessThan(sixteen.bytes);
  });

  it('by pruning grows with the share, and a tree in full becomes its mean', () => {
    const [some, half, whole] = [0.2, 0.5, 1].map((prune) => lossOf({ prune }));
    expect(some.rms).toBeLessThan(0.02 * spread);
    expect(half.rms).toBeGreaterThan(some.rms);
    expect(half.rms).toBeLessThan(0.05 * spread);
    expect(half.bytes).toBeLessThan(some.bytes);
    const constant = predict(compile(model, { ...NO_LOSS, prune: 1 }).run, data.matrix, 1);
    expect(new Set(constant).size).toBe(1);
    const mean = exact.reduce((sum, value) => sum + value, 0) / exact.length;
    expect(Math.abs(constant[0] - mean)).toBeLessThan(0.02 * spread);
    expect(whole.bytes).toBeLessThan(3000);
  });

  it('prunes what changes the training rows least', () => {
    if (!(model instanceof ForestModel)) throw new TypeError('trees are expected');
    // Against as many leaves merged without looking at what that changes: the last splits of every tree.
    const pruned = lossOf({ prune: 0.3 });
    const coarse = lossOf({ prune: 0.6 });
    expect(pruned.rms).toBeLessThan(0.6 * coarse.rms);
  });
});
