import { log, sigmoid, softplus } from '../../kernels/math.js';
import type { Task } from '../estimator.js';
import { logSumExp, softmax } from '../softmax.js';

/** Keeps the share of a class without rows away from zero. */
const EDGE = 1e-6;

/** The target of a network and the loss of its outputs: log loss, or half the squared error in standard deviations of the target. */
export class OutputLoss {
  readonly outputs: number;
  /** Outputs of the network that knows nothing. */
  readonly start: Float64Array;
  /** What a regression's output is multiplied by, and what is added to it then. */
  readonly scale: number;
  readonly shift: number;
  readonly #task: Task;
  readonly #row: Float64Array;

  /** @param weight above zero */
  constructor(task: Task, classes: number, target: Float64Array, weight: Float64Array) {
    this.#task = task;
    this.outputs = task === 'multiclass' ? classes : 1;
    this.#row = new Float64Array(this.outputs);
    this.start = new Float64Array(this.outputs);
    let total = 0;
    for (const w of weight) total += w;
    let [scale, shift] = [1, 0];
    if (task === 'regression') {
      for (let i = 0; i < target.length; i++) shift += weight[i] * target[i];
      shift /= total;
      let squares = 0;
      for (let i = 0; i < target.length; i++) squares += weight[i] * (target[i] - shift) ** 2;
      scale = Math.sqrt(squares / total) || 1;
    } else {
      const shares = new Float64Array(Math.max(2, this.outputs));
      for (let i = 0; i < target.length; i++) shares[target[i]] += weight[i] / total;
      for (let k = 0; k < shares.length; k++) shares[k] = Math.min(1 - EDGE, Math.max(EDGE, shares[k]));
      if (task === 'binary') this.start[0] = log(shares[1] / (1 - shares[1]));
      else for (let k = 0; k < shares.length; k++) this.start[k] = log(shares[k]);
    }
    this.scale = scale;
    this.shift = shift;
  }

  /**
   * Loss of a row whose outputs begin at `at` of `scores`; with `deltas` given, its derivatives by them, times `factor`, are written
   * there at `deltaAt`.
   */
  row(scores: Float32Array, at: number, target: number, deltas?: Float32Array, deltaAt = 0, factor = 1): number {
    if (this.#task === 'regression') {
      const away = scores[at] - (target - this.shift) / this.scale;
      if (deltas) deltas[deltaAt] = factor * away;
      return 0.5 * away * away;
    }
    if (this.#task === 'binary') {
      if (deltas) deltas[deltaAt] = factor * (sigmoid(scores[at]) - target);
      return softplus(scores[at]) - target * scores[at];
    }
    const row = this.#row;
    for (let k = 0; k < row.length; k++) row[k] = scores[at + k];
    const loss = logSumExp(row, 0, row.length) - row[target];
    if (!deltas) return loss;
    softmax(row, 0, row.length);
    for (let k = 0; k < row.length; k++) deltas[deltaAt + k] = factor * (row[k] - (k === target ? 1 : 0));
    return loss;
  }
}
