import { fail } from '../../base/error.js';
import { resolveOptions } from '../../base/options.js';
import { checkTraining, pause } from '../data.js';
import type { Estimator, FitContext, TrainingData } from '../estimator.js';
import { columnsOf } from '../sparse.js';
import { conjugateRidge } from './conjugate-ridge.js';
import { exactRidge } from './exact-ridge.js';
import { checkNumbers, LinearModel } from './linear-model.js';
import { linearOptions } from './options.js';
import { pairwiseDot, type RidgeSystem } from './ridge-system.js';

const VERSION = 1;
/** Features up to which sparse columns are solved exactly, by a matrix with a number for each pair. */
const MOST_PAIRED = 500;

export const linear: Estimator = {
  name: 'linear',
  doc: 'Ridge regression: the weighted sum of the features with the least squared error.',
  tasks: ['regression'],
  params: linearOptions,
  needs: { imputed: true, scaled: true, categories: 'onehot', sparse: true },
  async fit(data, params, context) {
    const { l2 } = resolveOptions('linear', linearOptions, params);
    checkTraining(linear, data, context);
    checkNumbers('linear', data.matrix);
    await pause(context.signal);
    const weights = await ridge(data, l2, context);
    if (!weights.every(Number.isFinite))
      fail('MW_MODEL_DIVERGED', {
        what: 'The sums of squares of the features are not finite.',
        where: { estimator: 'linear' },
      });
    return new LinearModel({
      estimator: 'linear',
      version: VERSION,
      task: 'regression',
      outputs: 1,
      inputs: data.matrix.columns.length,
      weights,
      summary: {},
    });
  },
  load: (bytes) => LinearModel.load(bytes, 'linear', VERSION),
};

/** Weights and, last, the intercept. */
async function ridge(data: TrainingData, l2: number, context: FitContext): Promise<Float64Array> {
  const given = columnsOf(data.matrix);
  const n = given.length;
  const weight = data.weight ?? new Float64Array(data.matrix.rows).fill(1);
  let total = 0;
  for (const w of weight) total += w;
  const means = Float64Array.from(given, (column) => pairwiseDot(column, weight) / total);
  const targetMean = pairwiseDot(data.target, weight) / total;
  const system: RidgeSystem = {
    columns: given.map((column, j) => (column instanceof Float64Array ? column.map((value) => value - means[j]) : column)),
    shifts: means.map((mean, j) => (given[j] instanceof Float64Array ? 0 : mean)),
    weight,
    total,
    target: data.target,
    targetMean,
    l2,
  };
  const step = async (done: number, of: number): Promise<void> => {
    await pause(context.signal);
    context.onProgress?.({ step: 'fit', done, total: of });
  };
  const solved = data.matrix.sparse && n > MOST_PAIRED ? await conjugateRidge(system, step) : await exactRidge(system, step);
  const out = new Float64Array(n + 1);
  out.set(solved);
  out[n] = targetMean - pairwiseDot(means, solved);
  return out;
}
