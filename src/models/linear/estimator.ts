import { fail } from '../../base/error.js';
import { resolveOptions } from '../../base/options.js';
import { checkTraining, pause } from '../data.js';
import type { Estimator, FitContext, TrainingData } from '../estimator.js';
import { checkNumbers, LinearModel } from './linear-model.js';
import { linearOptions } from './options.js';
import { solvePositive } from './solve.js';

const VERSION = 1;

export const linear: Estimator = {
  name: 'linear',
  doc: 'Ridge regression: the weighted sum of the features with the least squared error.',
  tasks: ['regression'],
  params: linearOptions,
  needs: { imputed: true, scaled: true, categories: 'onehot' },
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

/** Weights and, last, the intercept, by the normal equations of the centred columns. */
async function ridge(data: TrainingData, l2: number, context: FitContext): Promise<Float64Array> {
  const { columns, rows } = data.matrix;
  const n = columns.length;
  const weight = data.weight ?? new Float64Array(rows).fill(1);
  let total = 0;
  for (const w of weight) total += w;
  const means = Float64Array.from(columns, (column) => dot(column, weight) / total);
  const targetMean = dot(data.target, weight) / total;
  const a = new Float64Array(n * n);
  const b = new Float64Array(n);
  const centred = columns.map((column, j) => column.map((value) => value - means[j]));
  const weighted = new Float64Array(rows);
  for (let j = 0; j < n; j++) {
    if (j % 16 === 0) await pause(context.signal);
    context.onProgress?.({ step: 'fit', done: j, total: n });
    for (let i = 0; i < rows; i++) weighted[i] = centred[j][i] * weight[i];
    for (let k = 0; k <= j; k++) a[j * n + k] = dot(weighted, centred[k]);
    a[j * n + j] += l2;
    b[j] = dot(weighted, data.target);
  }
  const solved = solvePositive(a, b);
  const out = new Float64Array(n + 1);
  out.set(solved);
  out[n] = targetMean - dot(means, solved);
  return out;
}

/** Sum of products: four running sums, added in a fixed order. */
function dot(a: Float64Array, b: Float64Array): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = 0;
  for (; i + 4 <= a.length; i += 4) {
    s0 += a[i] * b[i];
    s1 += a[i + 1] * b[i + 1];
    s2 += a[i + 2] * b[i + 2];
    s3 += a[i + 3] * b[i + 3];
  }
  for (; i < a.length; i++) s0 += a[i] * b[i];
  return s0 + s1 + (s2 + s3);
}
