import type { Task } from '../estimator.js';

/** Predictions for rows that the model was not fitted on, and what came true. */
export interface CalibrationRows {
  readonly task: Task;
  /** Outputs a row: 1, or the number of classes. */
  readonly outputs: number;
  /** Row-major probabilities, rows x outputs. */
  readonly predictions: Float64Array;
  /** 0/1 or class index of each row. */
  readonly target: Float64Array;
  /** Non-negative row weights; all one when absent. */
  readonly weight?: Float64Array;
}

/** A fitted map from a model's probabilities to better ones, as plain data. */
export type Calibration =
  /** sigmoid(slope x log-odds + offset) of each output, made to sum to one again. */
  | { readonly kind: 'platt'; readonly slopes: readonly number[]; readonly offsets: readonly number[] }
  /** The logarithms of the probabilities divided by the temperature. */
  | { readonly kind: 'temperature'; readonly temperature: number }
  /** A rising function of each output, linear between its points, made to sum to one again. */
  | {
      readonly kind: 'isotonic';
      readonly curves: readonly { readonly from: readonly number[]; readonly to: readonly number[] }[];
    };

export type CalibrationMethod = Calibration['kind'];
export const CALIBRATION_METHODS = Object.freeze(['platt', 'isotonic', 'temperature'] as const satisfies CalibrationMethod[]);

/** One way to calibrate: one file each, listed in the catalogue; the conformance test runs on every entry. */
export interface Calibrator<C extends Calibration = Calibration> {
  readonly kind: C['kind'];
  readonly doc: string;
  fit(rows: CalibrationRows): C;
  /** Maps the outputs of one row, in place. */
  apply(calibration: C, out: Float64Array, offset: number, outputs: number): void;
}
