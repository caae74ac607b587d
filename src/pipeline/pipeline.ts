import type { Scalar } from '../frame/column.js';
import type { Frame } from '../frame/frame.js';
import type { Matrix, Model, Task } from '../models/estimator.js';

/** A feature column as the encoder is told of it: its name and how it is to be read. */
export interface FeatureInput {
  readonly name: string;
  readonly type: 'number' | 'boolean' | 'category' | 'text';
}

/**
 * Feature values to estimator inputs, fitted on training rows only: imputation, scaling, codes, one-hot, target encoding, hashed
 * text. Batch and single row give identical bits; a category never seen is a case of its own, not an error.
 */
export interface Encoder {
  readonly inputs: readonly FeatureInput[];
  /** Names of the encoded inputs. */
  readonly outputs: readonly string[];
  /** Index of the input that each output comes from; without it, output j comes from input j. */
  readonly sources?: Int32Array;
  /** Training mean of each output, where the estimator needs features on one scale. */
  readonly means?: Float64Array;
  encode(table: Frame): Matrix;
  /** Encodes the feature values of one row (in the order of `inputs`, null for missing) into `out`. */
  encodeRow(values: readonly Scalar[], out: Float64Array): void;
  /** Plain data that `loadEncoder` reads back. */
  toData(): unknown;
}

/** Encoder and model as one: feature values in, predictions out. What the registry stores and every surface scores with. */
export interface Pipeline {
  readonly task: Task;
  readonly features: readonly FeatureInput[];
  /** Class labels as text, in output order; [negative, positive] for binary, empty for regression. */
  readonly classes: readonly string[];
  /** Probability from which a binary row is decided positive. */
  readonly threshold: number;
  readonly encoder: Encoder;
  readonly model: Model;
  /** Row-major outputs, rows x model.outputs. */
  predict(table: Frame): Float64Array;
  predictRow(values: readonly Scalar[], out: Float64Array, offset?: number): void;
  serialize(): Uint8Array;
}
