import { exp, sigmoid } from '../../kernels/math.js';
import { ByteReader, ByteWriter, corrupt } from '../bytes.js';
import { checkInputs, predictRows } from '../data.js';
import type { Matrix, Model, Task } from '../estimator.js';
import { softmax } from '../softmax.js';

export interface RbfParts {
  readonly estimator: string;
  readonly version: number;
  readonly task: Task;
  readonly outputs: number;
  readonly inputs: number;
  readonly gamma: number;
  /** Support vectors, row-major. */
  readonly points: Float64Array;
  /** Coefficient of each support vector in each machine, `outputs` values a vector. */
  readonly coefficients: Float64Array;
  /** One a machine; there are as many machines as outputs. */
  readonly intercepts: Float64Array;
  /** Output k, before the logistic function or softmax: offsets[k] + the sum over machines m of slopes[k * outputs + m] x score m. */
  readonly slopes: Float64Array;
  readonly offsets: Float64Array;
  readonly summary: Readonly<Record<string, number>>;
}

/** Weighted similarities to the support vectors, calibrated. */
export class RbfModel implements Model {
  readonly estimator: string;
  readonly task: Task;
  readonly outputs: number;
  readonly inputs: number;
  readonly summary: Readonly<Record<string, number>>;
  readonly parts: RbfParts;
  readonly #scores: Float64Array;

  constructor(parts: RbfParts) {
    this.estimator = parts.estimator;
    this.task = parts.task;
    this.outputs = parts.outputs;
    this.inputs = parts.inputs;
    this.summary = parts.summary;
    this.parts = parts;
    this.#scores = new Float64Array(parts.outputs);
  }

  predict(matrix: Matrix): Float64Array {
    checkInputs(matrix, this.inputs);
    return predictRows(matrix, this.outputs, (row, out, offset) => this.predictRow(row, out, offset));
  }

  predictRow(row: Float64Array, out: Float64Array, offset = 0): void {
    const { slopes, offsets } = this.parts;
    const { outputs } = this;
    const scores = this.#scores;
    this.scoreRow(row, scores);
    for (let k = 0, at = 0; k < outputs; k++) {
      let sum = offsets[k];
      for (let m = 0; m < outputs; m++, at++) sum += slopes[at] * scores[m];
      out[offset + k] = sum;
    }
    if (this.task === 'binary') out[offset] = sigmoid(out[offset]);
    else if (this.task === 'multiclass') softmax(out, offset, outputs);
  }

  /** Score of each machine before calibration: above zero is its class; of a regression, standard deviations from the mean. */
  scoreRow(row: Float64Array, scores: Float64Array): void {
    const { gamma, points, coefficients, intercepts } = this.parts;
    const { inputs, outputs } = this;
    for (let m = 0; m < outputs; m++) scores[m] = intercepts[m];
    for (let v = 0, at = 0; v < coefficients.length; v += outputs) {
      let squares = 0;
      for (let j = 0; j < inputs; j++, at++) {
        const away = points[at] - row[j];
        squares += away * away;
      }
      const alike = exp(-gamma * squares);
      for (let m = 0; m < outputs; m++) scores[m] += coefficients[v + m] * alike;
    }
  }

  serialize(): Uint8Array {
    const { version, gamma, points, coefficients, intercepts, slopes, offsets } = this.parts;
    return new ByteWriter()
      .header({ ...this, version })
      .f64(gamma)
      .f64s(intercepts)
      .f64s(slopes)
      .f64s(offsets)
      .f64s(coefficients)
      .f64s(points)
      .finish();
  }

  /** @throws MW_MODEL_CORRUPT, MW_MODEL_VERSION */
  static load(bytes: Uint8Array, estimator: string, version: number): RbfModel {
    const reader = new ByteReader(bytes);
    const header = reader.header({ estimator, version });
    const gamma = reader.finite();
    const [intercepts, slopes, offsets] = [reader.f64s(), reader.f64s(), reader.f64s()];
    const [coefficients, points] = [reader.f64s(), reader.f64s()];
    reader.finish();
    const { inputs, outputs } = header;
    const fits = intercepts.length === outputs && offsets.length === outputs && slopes.length === outputs * outputs;
    if (!fits || coefficients.length % outputs !== 0 || points.length !== (coefficients.length / outputs) * inputs)
      corrupt('Their parts do not fit together');
    if (!(gamma > 0)) corrupt('Their similarity is none');
    return new RbfModel({ ...header, gamma, points, coefficients, intercepts, slopes, offsets });
  }
}
