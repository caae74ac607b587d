import { fail } from '../../base/error.js';
import { resolveOptions } from '../../base/options.js';
import { checkTraining, pause } from '../data.js';
import type { Estimator, FitContext, TrainingData } from '../estimator.js';
import { columnsOf, type FeatureColumn, sparseRows, splitColumns } from '../sparse.js';
import { checkNumbers, LinearModel } from './linear-model.js';
import { linearOptions } from './options.js';
import { solvePositive } from './solve.js';

const VERSION = 1;

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

/** Weights and, last, the intercept, by the normal equations of the centred columns. */
async function ridge(data: TrainingData, l2: number, context: FitContext): Promise<Float64Array> {
  const { rows } = data.matrix;
  const columns = columnsOf(data.matrix);
  const n = columns.length;
  const weight = data.weight ?? new Float64Array(rows).fill(1);
  let total = 0;
  for (const w of weight) total += w;
  const means = Float64Array.from(columns, (column) => dot(column, weight) / total);
  const targetMean = dot(data.target, weight) / total;
  const a = new Float64Array(n * n);
  const b = new Float64Array(n);
  const centred = columns.map((column, j) =>
    column instanceof Float64Array ? column.map((value) => value - means[j]) : column,
  );
  const weighted = new Float64Array(rows);
  for (let j = 0; j < n; j++) {
    if (j % 16 === 0) await pause(context.signal);
    context.onProgress?.({ step: 'fit', done: j, total: n });
    const column = centred[j];
    if (!(column instanceof Float64Array)) continue;
    for (let i = 0; i < rows; i++) weighted[i] = column[i] * weight[i];
    // A weighted dense column adds up to zero, so that a sparse one need not be centred.
    for (let k = 0; k < n; k++) {
      const other = centred[k];
      if (k <= j || !(other instanceof Float64Array)) a[Math.max(j, k) * n + Math.min(j, k)] = dot(other, weighted);
    }
    b[j] = dot(data.target, weighted);
  }
  if (data.matrix.sparse) addSparse(a, b, { columns, means, weight, total, target: data.target, targetMean });
  for (let j = 0; j < n; j++) a[j * n + j] += l2;
  const solved = solvePositive(a, b);
  const out = new Float64Array(n + 1);
  out.set(solved);
  out[n] = targetMean - dot(means, solved);
  return out;
}

/** The products of sparse columns with each other and with the target, in time that goes with the pairs of nonzeros in a row. */
function addSparse(
  a: Float64Array,
  b: Float64Array,
  {
    columns,
    means,
    weight,
    total,
    target,
    targetMean,
  }: {
    readonly columns: readonly FeatureColumn[];
    readonly means: Float64Array;
    readonly weight: Float64Array;
    readonly total: number;
    readonly target: Float64Array;
    readonly targetMean: number;
  },
): void {
  const n = columns.length;
  const places = Array.from(columns.keys()).filter((j) => !(columns[j] instanceof Float64Array));
  const chosen = places.map((j) => columns[j]);
  const { starts, features, values } = sparseRows({ rows: weight.length, ...splitColumns(chosen) });
  for (let i = 0; i < weight.length; i++)
    for (let p = starts[i]; p < starts[i + 1]; p++) {
      const j = places[features[p]];
      const value = weight[i] * values[p];
      for (let q = starts[i]; q <= p; q++) a[j * n + places[features[q]]] += value * values[q];
      b[j] += value * (target[i] - targetMean);
    }
  for (const j of places) for (const k of places) if (k <= j) a[j * n + k] -= total * means[j] * means[k];
}

/** Sum of products: four running sums, added in a fixed order. */
function dot(a: FeatureColumn, b: Float64Array): number {
  let s0 = 0;
  if (!(a instanceof Float64Array)) {
    for (let k = 0; k < a.indexes.length; k++) s0 += a.values[k] * b[a.indexes[k]];
    return s0;
  }
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
