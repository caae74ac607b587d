import { exp, log, sigmoid, softplus } from '../../kernels/math.js';
import type { EngineLoss } from '../../kernels/tree-engine.js';
import type { TrainingData } from '../estimator.js';
import { logSumExp } from '../softmax.js';
import type { Link } from '../trees/forest-model.js';

/**
 * A loss as boosting needs it. Scores are row-major, `outputs` a row. `pairs` receives gradient and hessian of one output for each
 * row, as floats.
 */
export interface Objective {
  readonly outputs: number;
  /** Scores that fit all rows alike best. */
  start(data: TrainingData): Float64Array;
  /** Writes the pairs of one output; returns the largest absolute gradient and the largest hessian. */
  gradients(
    scores: Float64Array,
    data: TrainingData,
    output: number,
    pairs: Float32Array,
  ): { gradient: number; hessian: number };
  /** Mean weighted loss. */
  meanLoss(scores: Float64Array, data: TrainingData): number;
  /** The name by which the engine computes the same gradients itself, where it can. */
  readonly loss?: EngineLoss;
  /** How scores become outputs. */
  readonly link: Link;
}

/** Keeps a share away from 0 and 1, so that a class without rows has a finite score. */
const EDGE = 1e-6;

function classShares(data: TrainingData, classes: number): Float64Array {
  const shares = new Float64Array(classes);
  let total = 0;
  for (let i = 0; i < data.target.length; i++) {
    const w = data.weight ? data.weight[i] : 1;
    shares[data.target[i]] += w;
    total += w;
  }
  return shares.map((share) => Math.min(1 - EDGE, Math.max(EDGE, share / total)));
}

/** Mean of a loss a row, weighted. */
function averageLoss(data: TrainingData, rowLoss: (row: number) => number): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < data.target.length; i++) {
    const w = data.weight ? data.weight[i] : 1;
    sum += w * rowLoss(i);
    total += w;
  }
  return sum / total;
}

export const binaryObjective: Objective = {
  outputs: 1,
  loss: 'binary',
  link: 'sigmoid',
  start(data) {
    const share = classShares(data, 2)[1];
    return Float64Array.of(log(share / (1 - share)));
  },
  gradients(scores, data, _output, pairs) {
    const { target, weight } = data;
    let gradient = 0;
    let hessian = 0;
    for (let i = 0; i < target.length; i++) {
      const p = sigmoid(scores[i]);
      const w = weight ? weight[i] : 1;
      const g = Math.fround(w * (p - target[i]));
      const h = Math.fround(w * p * (1 - p));
      pairs[2 * i] = g;
      pairs[2 * i + 1] = h;
      gradient = Math.max(gradient, Math.abs(g));
      hessian = Math.max(hessian, h);
    }
    return { gradient, hessian };
  },
  meanLoss(scores, data) {
    return averageLoss(data, (i) => softplus(scores[i]) - data.target[i] * scores[i]);
  },
};

export const squaredObjective: Objective = {
  outputs: 1,
  loss: 'squared',
  link: 'identity',
  start(data) {
    let sum = 0;
    let total = 0;
    for (let i = 0; i < data.target.length; i++) {
      const w = data.weight ? data.weight[i] : 1;
      sum += w * data.target[i];
      total += w;
    }
    return Float64Array.of(sum / total);
  },
  gradients(scores, data, _output, pairs) {
    const { target, weight } = data;
    let gradient = 0;
    let hessian = 0;
    for (let i = 0; i < target.length; i++) {
      const w = weight ? weight[i] : 1;
      const g = Math.fround(w * (scores[i] - target[i]));
      const h = Math.fround(w);
      pairs[2 * i] = g;
      pairs[2 * i + 1] = h;
      gradient = Math.max(gradient, Math.abs(g));
      hessian = Math.max(hessian, h);
    }
    return { gradient, hessian };
  },
  meanLoss(scores, data) {
    return averageLoss(data, (i) => (scores[i] - data.target[i]) ** 2);
  },
};

export function softmaxObjective(classes: number): Objective {
  const factor = classes / (classes - 1);
  return {
    outputs: classes,
    link: 'softmax',
    start: (data) => classShares(data, classes).map(log),
    gradients(scores, data, output, pairs) {
      const { target, weight } = data;
      let gradient = 0;
      let hessian = 0;
      for (let i = 0; i < target.length; i++) {
        const p = exp(scores[i * classes + output] - logSumExp(scores, i * classes, classes));
        const w = weight ? weight[i] : 1;
        const g = Math.fround(w * (p - (target[i] === output ? 1 : 0)));
        const h = Math.fround(w * factor * p * (1 - p));
        pairs[2 * i] = g;
        pairs[2 * i + 1] = h;
        gradient = Math.max(gradient, Math.abs(g));
        hessian = Math.max(hessian, h);
      }
      return { gradient, hessian };
    },
    meanLoss(scores, data) {
      return averageLoss(data, (i) => logSumExp(scores, i * classes, classes) - scores[i * classes + data.target[i]]);
    },
  };
}
