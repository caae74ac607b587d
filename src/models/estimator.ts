import type { OptionSpecs } from '../base/options.js';
import type { Watch } from '../base/progress.js';
import type { RowExplainer } from './explainer.js';
import type { BinCache } from './trees/bin-cache.js';

/** What can be learnt from rows with a target. */
export type Task = 'binary' | 'multiclass' | 'regression';
/** All that can be learnt: also groups of rows that are alike, for which no target is needed. */
export type AnyTask = Task | 'clustering';

/**
 * Inputs of an estimator, column by column: `columns[j][i]` is feature j of row i, NaN when missing. A categorical feature holds
 * integer codes 0..categories-1.
 */
export interface Matrix {
  readonly rows: number;
  readonly columns: readonly Float64Array[];
  readonly features: readonly MatrixFeature[];
  /**
   * The numeric features that are given without their zeros, undefined for the others: `columns[j]` is empty where `sparse[j]` is not. Only
   * for estimators with `needs.sparse`; all others refuse it.
   */
  readonly sparse?: readonly (SparseColumn | undefined)[];
  /** First column of the inputs for each of an ensemble's needs, where there are several. */
  readonly parts?: readonly number[];
}
/** A feature that is 0 in most rows: `values[k]` in row `indexes[k]`, rows rising, and 0 in all others. */
export interface SparseColumn {
  readonly indexes: Uint32Array;
  readonly values: Float64Array;
}
export interface MatrixFeature {
  readonly name: string;
  /** Number of categories of a categorical feature, 0 for a numeric one. */
  readonly categories: number;
  /** The input that it was made of, where that has another name. */
  readonly source?: string;
}

/**
 * Rows to learn from. `target` is 0/1 (binary), class index 0..classes-1 (multiclass), or a real number; never missing. Clustering
 * ignores it; it may be empty then.
 */
export interface TrainingData {
  readonly matrix: Matrix;
  readonly target: Float64Array;
  /** Non-negative row weights; all one when absent. */
  readonly weight?: Float64Array;
  /** Number of rows of each query where rows are ranked within queries, in row order; each at least 1, together all rows. */
  readonly group?: Uint32Array;
}

export interface FitContext<T extends AnyTask = Task> extends Watch {
  readonly task: T;
  /** Number of classes of a multiclass task, 2 of a binary one, 1 of any other. */
  readonly classes: number;
  readonly seed: number;
  /** Rows for early stopping; an estimator without rounds ignores them. */
  readonly validation?: TrainingData;
  /** Asked before every round but the first: true ends the learning, with the model that so many rounds give. */
  readonly enough?: () => boolean;
  /** A model of the same estimator, task and inputs that learning goes on from; an estimator that cannot ignores it. */
  readonly from?: Model;
  /** Keeps the loss after each round, also of the training rows, which costs a pass over them a round. */
  readonly history?: boolean;
  /** Columns binned by other fits over the same data; results do not depend on it. */
  readonly shared?: BinCache | undefined;
}

/** Mean loss after each round of a fit, also of rounds that early stopping took back. */
export interface FitHistory {
  readonly training?: Float64Array;
  readonly validation?: Float64Array;
}

/** What an estimator can cope with by itself, so that the encoder does the rest. */
export interface Needs {
  /** True when NaN must be imputed first. */
  readonly imputed: boolean;
  /** True when features must be on one scale. */
  readonly scaled: boolean;
  /** How they are put on it: standardised as they are unless 'log' draws in long tails first. */
  readonly shape?: 'log';
  /**
   * 'codes' takes categorical features as codes, a few hundred of them; 'everyCode' any number; 'onehot' wants them expanded (rare and many
   * categories target-encoded).
   */
  readonly categories: 'codes' | 'everyCode' | 'onehot';
  /** True when fit and predict take sparse columns as well; all columns are dense otherwise. */
  readonly sparse?: boolean;
}

/**
 * An algorithm: its name, declared parameters, needs, and how it fits and loads. One file each, listed in the catalogue; the
 * conformance suite runs on every entry. Same data, params and seed give the same bytes.
 */
export interface Estimator<T extends AnyTask = Task> {
  readonly name: string;
  readonly doc: string;
  readonly tasks: readonly T[];
  readonly params: OptionSpecs;
  readonly needs: Needs;
  /** Of an ensemble whose members need different things: its inputs are encoded for each of these, one after another. */
  readonly memberNeeds?: readonly Needs[];
  /** Its needs with some parameters, where they depend on more of these than `shape`: of an ensemble each member's. */
  needsFor?(params: Readonly<Record<string, unknown>>): readonly Needs[];
  /**
   * @throws MW_MODEL_* on data it cannot learn from; AbortError-like MW_INTERRUPTED when `context.signal` aborts
   */
  fit(data: TrainingData, params: Readonly<Record<string, unknown>>, context: FitContext<T>): Promise<Model<T>>;
  /** @throws MW_MODEL_CORRUPT on bytes that `Model.serialize` did not write */
  load(bytes: Uint8Array): Model<T>;
}

/**
 * A fitted model. Outputs a row: one value (binary: probability of class 1; regression: the prediction) or one probability a class
 * (multiclass), or one membership a cluster (clustering: 1 for its own, 0 for the others). Batch and single row give identical bits.
 */
export interface Model<T extends AnyTask = Task> {
  readonly estimator: string;
  readonly task: T;
  /** Outputs a row: 1, or the number of classes or clusters. */
  readonly outputs: number;
  /** Number of input features. */
  readonly inputs: number;
  /** Row-major outputs, rows x outputs. */
  predict(matrix: Matrix): Float64Array;
  /** `row` holds one value a feature; writes `outputs` values at `offset` of `out`. Allocates nothing. */
  predictRow(row: Float64Array, out: Float64Array, offset?: number): void;
  /** Compact, versioned, without times or paths: the same model gives the same bytes. */
  serialize(): Uint8Array;
  /** Non-negative importance a feature where the algorithm has its own (gain, absolute weight). */
  importances?(): Float64Array;
  /** How often each feature is split on, where there are splits. */
  splitCounts?(): Float64Array;
  /**
   * Shapley values of the inputs, where the algorithm has exact ones. `means` are the training means of the inputs, which a linear model
   * compares with; 0 when absent.
   */
  explainer?(means?: Float64Array): RowExplainer;
  /** What was learnt, for reports: rounds used, best validation loss and the like. */
  readonly summary: Readonly<Record<string, number>>;
  /** How the loss fell, of a model that was just fitted with a watch on it; not part of its bytes. */
  readonly history?: FitHistory;
}
