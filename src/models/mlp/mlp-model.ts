import { sigmoid } from '../../kernels/math.js';
import { ByteReader, ByteWriter, corrupt } from '../bytes.js';
import { checkInputs, predictRows } from '../data.js';
import type { Matrix, Model, Task } from '../estimator.js';
import { softmax } from '../softmax.js';

/** Weights from `inputs` to `biases.length` units, row-major by input. */
export interface Dense {
  readonly inputs: number;
  readonly weights: Float32Array;
  readonly biases: Float32Array;
}

export interface MlpParts {
  readonly estimator: string;
  readonly version: number;
  readonly task: Task;
  readonly outputs: number;
  readonly inputs: number;
  readonly layers: readonly Dense[];
  /** What the output of a regression is multiplied by, and what is added to it then. */
  readonly scale: number;
  readonly shift: number;
  readonly summary: Readonly<Record<string, number>>;
}

/** Layers of rectified units and a linear last one, evaluated in double precision. */
export class MlpModel implements Model {
  readonly estimator: string;
  readonly task: Task;
  readonly outputs: number;
  readonly inputs: number;
  readonly summary: Readonly<Record<string, number>>;
  readonly parts: MlpParts;
  /** Values of the units, layer by layer. */
  readonly #units: readonly Float64Array[];

  constructor(parts: MlpParts) {
    this.estimator = parts.estimator;
    this.task = parts.task;
    this.outputs = parts.outputs;
    this.inputs = parts.inputs;
    this.summary = parts.summary;
    this.parts = parts;
    this.#units = parts.layers.map(({ biases }) => new Float64Array(biases.length));
  }

  predict(matrix: Matrix): Float64Array {
    checkInputs(matrix, this.inputs);
    return predictRows(matrix, this.outputs, (row, out, offset) => this.predictRow(row, out, offset));
  }

  predictRow(row: Float64Array, out: Float64Array, offset = 0): void {
    const { layers, scale, shift } = this.parts;
    let from = row;
    for (let l = 0; l < layers.length; l++) {
      const { weights, biases } = layers[l];
      const units = this.#units[l];
      const count = units.length;
      for (let k = 0; k < count; k++) units[k] = biases[k];
      for (let j = 0; j < layers[l].inputs; j++) {
        const x = from[j];
        if (x === 0 || (l > 0 && !(x > 0))) continue;
        for (let k = 0, at = j * count; k < count; k++, at++) units[k] += x * weights[at];
      }
      from = units;
    }
    for (let k = 0; k < this.outputs; k++) out[offset + k] = from[k];
    if (this.task === 'binary') out[offset] = sigmoid(out[offset]);
    else if (this.task === 'multiclass') softmax(out, offset, this.outputs);
    else out[offset] = out[offset] * scale + shift;
  }

  serialize(): Uint8Array {
    const { version, layers, scale, shift } = this.parts;
    const writer = new ByteWriter()
      .header({ ...this, version })
      .f64(scale)
      .f64(shift)
      .u8(layers.length);
    for (const { weights, biases } of layers) writer.f32s(weights).f32s(biases);
    return writer.finish();
  }

  /** @throws MW_MODEL_CORRUPT, MW_MODEL_VERSION */
  static load(bytes: Uint8Array, estimator: string, version: number): MlpModel {
    const reader = new ByteReader(bytes);
    const header = reader.header({ estimator, version });
    const scale = reader.finite();
    const shift = reader.finite();
    const layers: Dense[] = [];
    let { inputs } = header;
    for (let left = reader.u8(); left > 0; left--) {
      const [weights, biases] = [reader.f32s(), reader.f32s()];
      if (biases.length === 0 || weights.length !== inputs * biases.length) corrupt('Their layers do not fit together');
      layers.push({ inputs, weights, biases });
      inputs = biases.length;
    }
    reader.finish();
    if (layers.length < 2 || inputs !== header.outputs) corrupt('Their layers do not fit the outputs');
    return new MlpModel({ ...header, layers, scale, shift });
  }
}
