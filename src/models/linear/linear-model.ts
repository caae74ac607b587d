import { fail } from '../../base/error.js';
import { sigmoid } from '../../kernels/math.js';
import { ByteReader, ByteWriter, corrupt } from '../bytes.js';
import { checkInputs, predictRows } from '../data.js';
import type { Matrix, Model, Task } from '../estimator.js';
import type { RowExplainer } from '../explainer.js';
import { softmax } from '../softmax.js';
import { sparseRows } from '../sparse.js';
import { LinearExplainer } from './linear-explainer.js';

/** Weights of a linear model: `inputs` weights for each output, then all intercepts. */
export interface LinearParts {
  readonly estimator: string;
  readonly version: number;
  readonly task: Task;
  readonly outputs: number;
  readonly inputs: number;
  readonly weights: Float64Array;
  readonly summary: Readonly<Record<string, number>>;
}

/** A weighted sum of the features a output; through the logistic function or softmax for classes. */
export class LinearModel implements Model {
  readonly estimator: string;
  readonly task: Task;
  readonly outputs: number;
  readonly inputs: number;
  readonly summary: Readonly<Record<string, number>>;
  /** `inputs` weights for each output, then all intercepts. */
  readonly weights: Float64Array;
  readonly #version: number;

  constructor(parts: LinearParts) {
    this.estimator = parts.estimator;
    this.task = parts.task;
    this.outputs = parts.outputs;
    this.inputs = parts.inputs;
    this.summary = parts.summary;
    this.weights = parts.weights;
    this.#version = parts.version;
  }

  predict(matrix: Matrix): Float64Array {
    checkInputs(matrix, this.inputs, true);
    if (matrix.sparse && this.#ignoresZeros()) return this.#predictSparse(matrix);
    return predictRows(matrix, this.outputs, (row, out, offset) => this.predictRow(row, out, offset));
  }

  /** Whether adding weight times zero changes no bit of any sum. */
  #ignoresZeros(): boolean {
    const intercepts = this.weights.subarray(this.inputs * this.outputs);
    return this.weights.every(Number.isFinite) && !intercepts.some((w) => Object.is(w, -0));
  }

  /** What `predictRow` adds up, in the same order, without the zeros. */
  #predictSparse(matrix: Matrix): Float64Array {
    const { weights, inputs, outputs } = this;
    const { starts, features, values } = sparseRows(matrix);
    const out = new Float64Array(matrix.rows * outputs);
    for (let i = 0; i < matrix.rows; i++) {
      for (let k = 0; k < outputs; k++) {
        let sum = weights[inputs * outputs + k];
        for (let at = starts[i]; at < starts[i + 1]; at++) sum += weights[k * inputs + features[at]] * values[at];
        out[i * outputs + k] = sum;
      }
      this.#link(out, i * outputs);
    }
    return out;
  }

  predictRow(row: Float64Array, out: Float64Array, offset = 0): void {
    const { weights, inputs, outputs } = this;
    for (let k = 0; k < outputs; k++) {
      let sum = weights[inputs * outputs + k];
      for (let j = 0, at = k * inputs; j < inputs; j++, at++) sum += weights[at] * row[j];
      out[offset + k] = sum;
    }
    this.#link(out, offset);
  }

  /** Turns the sums of a row into its outputs. */
  #link(out: Float64Array, offset: number): void {
    if (this.task === 'binary') out[offset] = sigmoid(out[offset]);
    else if (this.task === 'multiclass') softmax(out, offset, this.outputs);
  }

  serialize(): Uint8Array {
    return new ByteWriter()
      .header({ ...this, version: this.#version })
      .f64s(this.weights)
      .finish();
  }

  /** Mean absolute weight a feature: comparable when features are on one scale. */
  importances(): Float64Array {
    const out = new Float64Array(this.inputs);
    for (let at = 0; at < this.inputs * this.outputs; at++) out[at % this.inputs] += Math.abs(this.weights[at]) / this.outputs;
    return out;
  }

  explainer(means = new Float64Array(this.inputs)): RowExplainer {
    return new LinearExplainer(this.estimator, this.weights, means, this.task === 'regression' ? 'value' : 'log-odds');
  }

  /** @throws MW_MODEL_CORRUPT, MW_MODEL_VERSION */
  static load(bytes: Uint8Array, estimator: string, version: number): LinearModel {
    const reader = new ByteReader(bytes);
    const header = reader.header({ estimator, version });
    const weights = reader.f64s();
    reader.finish();
    if (weights.length !== (header.inputs + 1) * header.outputs) corrupt('Their parts do not fit together');
    return new LinearModel({ ...header, weights });
  }
}

/** @throws MW_MODEL_DATA when a feature has missing or infinite values, or is still in codes */
export function checkNumbers(estimator: string, matrix: Matrix): void {
  matrix.features.forEach((feature, j) => {
    if (feature.categories > 0)
      fail('MW_MODEL_DATA', {
        what: `Feature '${feature.name}' is categorical; '${estimator}' takes numbers.`,
        where: { estimator, feature: feature.name },
        fix: 'Encode the categories as numbers first.',
      });
    const sparse = matrix.sparse?.[j];
    const column = sparse ? sparse.values : matrix.columns[j];
    for (let i = 0; i < column.length; i++) {
      if (Number.isFinite(column[i])) continue;
      const row = sparse ? sparse.indexes[i] : i;
      fail('MW_MODEL_DATA', {
        what: `Feature '${feature.name}' is ${column[i]} in row ${row}; '${estimator}' takes finite numbers.`,
        where: { estimator, feature: feature.name, row },
        fix: 'Impute missing values and clip infinite ones first.',
      });
    }
  });
}
