import { fail } from '../../base/error.js';
import { type OptionValues, resolveOptions } from '../../base/options.js';
import { checkTraining, pause } from '../data.js';
import type { Estimator, FitContext, TrainingData } from '../estimator.js';
import { checkNumbers, LinearModel } from '../linear/linear-model.js';
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
  needs: { imputed: true, scaled: true, categories: 'onehot' },
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
  const { columns, rows } = data.matrix;
  const n = columns.length;
  const given = data.weight ?? new Float64Array(rows).fill(1);
  let total = 0;
  for (const w of given) total += w;
  const share = given.map((w) => w / total);
  const means = Float64Array.from(columns, (column) => weightedSum(share, column));
  const centred = columns.map((column, j) => column.map((value) => value - means[j]));
  const squares = Float64Array.from(centred, (column) => weightedSquares(share, column));
  const targetMean = weightedSum(share, data.target);
  const residual = data.target.map((y) => y - targetMean);
  const deviation = Math.sqrt(weightedSquares(share, residual));
  const out = new Float64Array(n + 1);
  out[n] = targetMean;
  if (deviation === 0) return { weights: out, iterations: 0, converged: true };
  for (let i = 0; i < rows; i++) residual[i] /= deviation;
  const l1 = params.penalty * params.l1Ratio;
  const l2 = params.penalty - l1;
  let converged = false;
  let pass = 0;
  for (; pass < params.maxIterations && !converged; pass++) {
    await pause(context.signal);
    context.onProgress?.({ step: 'fit', done: pass, total: params.maxIterations });
    let largest = 0;
    for (let j = 0; j < n; j++) {
      // A column that hardly varies beside its mean is constant but for rounding.
      if (!(squares[j] > 1e-24 * means[j] * means[j])) continue;
      const column = centred[j];
      let slope = squares[j] * out[j];
      for (let i = 0; i < rows; i++) slope += share[i] * column[i] * residual[i];
      const next = (Math.sign(slope) * Math.max(0, Math.abs(slope) - l1)) / (squares[j] + l2);
      const step = next - out[j];
      if (step === 0) continue;
      out[j] = next;
      for (let i = 0; i < rows; i++) residual[i] -= step * column[i];
      largest = Math.max(largest, Math.abs(step) * Math.sqrt(squares[j]));
    }
    converged = largest <= params.tolerance;
  }
  for (let j = 0; j < n; j++) {
    out[j] *= deviation;
    out[n] -= out[j] * means[j];
  }
  return { weights: out, iterations: pass, converged };
}

function weightedSum(share: Float64Array, values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += share[i] * values[i];
  return sum;
}

function weightedSquares(share: Float64Array, values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += share[i] * values[i] * values[i];
  return sum;
}
