import type { EngineLoss } from '../../kernels/tree-engine.js';
import type { TrainingData } from '../estimator.js';
import type { Link } from '../trees/forest-model.js';

/** The largest absolute gradient and the largest hessian of some rows. */
export interface Largest {
  readonly gradient: number;
  readonly hessian: number;
}

/**
 * A loss as boosting needs it. Scores are row-major, `outputs` a row. `pairs` receives gradient and hessian of one output for each
 * row, as floats.
 */
export interface Objective {
  readonly outputs: number;
  /** Refuses rows that the loss has no value for. @throws MW_MODEL_DATA, MW_MODEL_OBJECTIVE */
  check?(data: TrainingData): void;
  /** Scores that fit all rows alike best. */
  start(data: TrainingData): Float64Array;
  /** What the gradients of all outputs of a round rest on, from the scores before it; they get it in the place of the scores. */
  prepare?(scores: Float64Array, data: TrainingData): Float64Array;
  /** Writes the pairs of one output; returns the largest of each. */
  gradients(scores: Float64Array, data: TrainingData, output: number, pairs: Float32Array): Largest;
  /**
   * The share of a leaf's rows, by weight, whose residual (target less score) is at most the leaf's value, where the loss has a better
   * value than the Newton step.
   */
  readonly leafQuantile?: number;
  /** Mean weighted loss. */
  meanLoss(scores: Float64Array, data: TrainingData): number;
  /** The name by which the engine computes the same gradients itself, where it can. */
  readonly loss?: EngineLoss;
  /** How scores become outputs. */
  readonly link: Link;
}
