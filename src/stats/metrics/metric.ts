import type { Estimate, Scale } from './estimate.js';

/** Kinds of problem a metric may judge. */
export type MetricTask = 'binary' | 'multiclass' | 'regression';

/** Predictions beside the truth. All rows count the same. */
export interface MetricInput {
  readonly task: MetricTask;
  /** Outputs a row: 1 (binary: probability of class 1; regression: the value) or the number of classes. */
  readonly outputs: number;
  /** Row-major, rows x outputs. */
  readonly predictions: Float64Array;
  /** 0/1, class index, or a number; never missing. */
  readonly target: Float64Array;
  /** Probability from which a binary row is decided positive. */
  readonly threshold: number;
}

/** One metric: what it means, for which problems, and which way is better. NaN means that the rows do not define it. */
export interface Metric {
  readonly name: string;
  readonly doc: string;
  readonly tasks: readonly MetricTask[];
  readonly better: 'higher' | 'lower';
  /** Whether a binary problem's figure looks at decisions only, and not at the probabilities behind them. */
  readonly ofDecisions: boolean;
  /** Whether the figure of several classes is a mean over the classes, a rare one counting as much as a common one. */
  readonly overClasses: boolean;
  readonly scale: Scale;
  /** @throws TypeError when predictions, rows and outputs do not fit together */
  compute(input: MetricInput): number;
  /**
   * The figure as an estimate, with its standard error for independent rows. `value` is what `compute` gave for the same rows, a number.
   */
  estimate(input: MetricInput, value: number): Estimate;
}
