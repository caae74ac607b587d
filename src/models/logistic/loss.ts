import { log, sigmoid, softplus } from '../../kernels/math.js';
import type { TrainingData } from '../estimator.js';
import { logSumExp, softmax } from '../softmax.js';
import { addScaled, columnsOf, dot, type FeatureColumn, weightedSquares } from '../sparse.js';

/** Keeps the share of a class without rows away from zero. */
const EDGE = 1e-6;

/**
 * Mean log loss of a linear classifier with its ridge penalty. Parameters: `inputs` weights for each output, then the intercepts,
 * which carry no penalty. One output is the logistic loss, several are softmax.
 */
export class LogisticLoss {
  readonly #data: TrainingData;
  readonly #columns: readonly FeatureColumn[];
  readonly #outputs: number;
  readonly #l2: number;
  readonly #weight: Float64Array;
  readonly #total: number;
  /** Scores, then residuals, column by column. */
  readonly #scores: Float64Array[];

  constructor(data: TrainingData, outputs: number, l2: number) {
    this.#data = data;
    this.#columns = columnsOf(data.matrix);
    this.#outputs = outputs;
    this.#l2 = l2;
    this.#weight = data.weight ?? new Float64Array(data.matrix.rows).fill(1);
    this.#total = this.#weight.reduce((sum, w) => sum + w, 0);
    this.#scores = Array.from({ length: outputs }, () => new Float64Array(data.matrix.rows));
  }

  /** No weights, and the intercepts of the class shares. */
  start(): Float64Array {
    const outputs = this.#outputs;
    const inputs = this.#columns.length;
    const at = new Float64Array((inputs + 1) * outputs);
    const { target } = this.#data;
    const shares = new Float64Array(Math.max(2, outputs));
    for (let i = 0; i < target.length; i++) shares[target[i]] += this.#weight[i] / this.#total;
    for (let k = 0; k < shares.length; k++) shares[k] = Math.min(1 - EDGE, Math.max(EDGE, shares[k]));
    if (outputs === 1) at[inputs] = log(shares[1] / (1 - shares[1]));
    else for (let k = 0; k < outputs; k++) at[inputs * outputs + k] = log(shares[k]);
    return at;
  }

  /** Diagonal of the Hessian when every class has its share as probability: the scale of each direction. */
  diagonal(): Float64Array {
    const outputs = this.#outputs;
    const columns = this.#columns;
    const inputs = columns.length;
    const out = new Float64Array((inputs + 1) * outputs);
    const p = outputs === 1 ? 0.5 : 1 / outputs;
    const curvature = Math.max(p * (1 - p), 1e-3);
    for (let j = 0; j < inputs; j++) {
      const squares = weightedSquares(this.#weight, columns[j]);
      for (let k = 0; k < outputs; k++) out[k * inputs + j] = (curvature * squares + this.#l2) / this.#total || 1;
    }
    for (let k = 0; k < outputs; k++) out[inputs * outputs + k] = curvature;
    return out;
  }

  /** Loss at the parameters; writes the gradient. */
  readonly evaluate = (at: Float64Array, gradient: Float64Array): number => {
    const outputs = this.#outputs;
    const columns = this.#columns;
    const inputs = columns.length;
    for (let k = 0; k < outputs; k++) {
      const scores = this.#scores[k];
      scores.fill(at[inputs * outputs + k]);
      for (let j = 0; j < inputs; j++) {
        const w = at[k * inputs + j];
        if (w !== 0) addScaled(scores, w, columns[j]);
      }
    }
    const loss = outputs === 1 ? this.#logistic() : this.#softmax();
    let penalty = 0;
    for (let k = 0; k < outputs; k++) {
      const residuals = this.#scores[k];
      for (let j = 0; j < inputs; j++) {
        const w = at[k * inputs + j];
        gradient[k * inputs + j] = (dot(residuals, columns[j]) + this.#l2 * w) / this.#total;
        penalty += w * w;
      }
      let sum = 0;
      for (let i = 0; i < residuals.length; i++) sum += residuals[i];
      gradient[inputs * outputs + k] = sum / this.#total;
    }
    return (loss + 0.5 * this.#l2 * penalty) / this.#total;
  };

  /** Summed loss; turns the scores into residuals. */
  #logistic(): number {
    const { target } = this.#data;
    const scores = this.#scores[0];
    let loss = 0;
    for (let i = 0; i < scores.length; i++) {
      const score = scores[i];
      const w = this.#weight[i];
      loss += w * (softplus(score) - target[i] * score);
      scores[i] = w * (sigmoid(score) - target[i]);
    }
    return loss;
  }

  #softmax(): number {
    const { target } = this.#data;
    const outputs = this.#outputs;
    const row = new Float64Array(outputs);
    let loss = 0;
    for (let i = 0; i < target.length; i++) {
      for (let k = 0; k < outputs; k++) row[k] = this.#scores[k][i];
      const w = this.#weight[i];
      loss += w * (logSumExp(row, 0, outputs) - row[target[i]]);
      softmax(row, 0, outputs);
      for (let k = 0; k < outputs; k++) this.#scores[k][i] = w * (row[k] - (target[i] === k ? 1 : 0));
    }
    return loss;
  }
}
