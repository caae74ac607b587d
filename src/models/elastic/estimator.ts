import { fail } from '../../base/error.js';
import { type OptionValues, resolveOptions } from '../../base/options.js';
import { checkTraining, pause } from '../data.js';
import type { Estimator, FitContext, TrainingData } from '../estimator.js';
import { checkNumbers, LinearModel } from '../linear/linear-model.js';
import { columnsOf, dot } from '../sparse.js';
import { denseCoordinate, Residuals, sparseCoordinate } from './coordinates.js';
import { elasticOptions } from './options.js';

const VERSION = 1;

/**
 * Elastic net (Zou and Hastie 2005) by cyclic coordinate descent on residuals (Friedman, Hastie and Tibshirani 2010). With the target
 * in standard deviations, minimises mean squared error / 2 + penalty (l1Ratio |w| + (1 - l1Ratio) / 2 |w|^2); the intercept is free.
 */
export const elastic: Estimator = {
  name: 'elastic',
  doc: 'Elastic net: linear regression whose penalty sets needless weights to zero; lasso and ridge are its ends.',
  tasks: ['regression'],
  params: elasticOptions,
  needs: { imputed: true, scaled: true, categories: 'onehot', sparse: true },
  async fit(data, params, context) {
    const resolved = resolveOptions('elastic', elasticOptions, params);
    checkTraining(elastic, data, context);
    checkNumbers('elastic', data.matrix);
    await pause(context.signal);
    const { weights, iterations, converged } = await descend(data, resolved, context);
    if (!weights.every(Number.isFinite))
      fail('MW_MODEL_DIVERGED', { what: 'The weights are not finite.', where: { estimator: 'elastic' } });
    const used = weights.subarray(0, -1).reduce((count, w) => count + Number(w !== 0), 0);
    return new LinearModel({
      estimator: 'elastic',
      version: VERSION,
      task: 'regression',
      outputs: 1,
      inputs: data.matrix.columns.length,
      weights,
      summary: { iterations, converged: Number(converged), features: used },
    });
  },
  load: (bytes) => LinearModel.load(bytes, 'elastic', VERSION),
};

interface Descent {
  /** Weights and, last, the intercept. */
  readonly weights: Float64Array;
  readonly iterations: number;
  readonly converged: boolean;
}

async function descend(data: TrainingData, params: OptionValues<typeof elasticOptions>, context: FitContext): Promise<Descent> {
  const { rows } = data.matrix;
  const given = data.weight ?? new Float64Array(rows).fill(1);
  let total = 0;
  for (const w of given) total += w;
  const share = given.map((w) => w / total);
  const targetMean = dot(share, data.target);
  const centred = data.target.map((y) => y - targetMean);
  let variance = 0;
  for (let i = 0; i < rows; i++) variance += share[i] * centred[i] * centred[i];
  const deviation = Math.sqrt(variance);
  const n = data.matrix.columns.length;
  const out = new Float64Array(n + 1);
  out[n] = targetMean;
  if (deviation === 0) return { weights: out, iterations: 0, converged: true };
  for (let i = 0; i < rows; i++) centred[i] /= deviation;
  const residuals = new Residuals(share, centred);
  const coordinates = columnsOf(data.matrix).map((column) =>
    column instanceof Float64Array ? denseCoordinate(column, residuals) : sparseCoordinate(column, residuals),
  );
  const l1 = params.penalty * params.l1Ratio;
  const l2 = params.penalty - l1;
  let converged = false;
  let pass = 0;
  for (; pass < params.maxIterations && !converged; pass++) {
    await pause(context.signal);
    context.onProgress?.({ step: 'fit', done: pass, total: params.maxIterations });
    if (data.matrix.sparse) residuals.centre();
    let largest = 0;
    for (let j = 0; j < n; j++) {
      const { mean, squares, slope, move } = coordinates[j];
      // A column that hardly varies beside its mean is constant but for rounding.
      if (!(squares > 1e-24 * mean * mean)) continue;
      const along = slope(squares * out[j]);
      const next = (Math.sign(along) * Math.max(0, Math.abs(along) - l1)) / (squares + l2);
      const step = next - out[j];
      if (step === 0) continue;
      out[j] = next;
      move(step);
      largest = Math.max(largest, Math.abs(step) * Math.sqrt(squares));
    }
    converged = largest <= params.tolerance;
  }
  for (let j = 0; j < n; j++) {
    out[j] *= deviation;
    out[n] -= out[j] * coordinates[j].mean;
  }
  return { weights: out, iterations: pass, converged };
}
