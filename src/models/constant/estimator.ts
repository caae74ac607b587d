import { resolveOptions } from '../../base/options.js';
import { ByteReader, ByteWriter, corrupt } from '../bytes.js';
import { checkInputs, checkTraining, pause } from '../data.js';
import type { Estimator, Matrix, Model, Task } from '../estimator.js';
import { constantOptions } from './options.js';

const VERSION = 1;

/** The same outputs whatever the row. */
export class ConstantModel implements Model {
  readonly estimator = 'constant';
  readonly summary = {};
  readonly outputs: number;

  constructor(
    readonly task: Task,
    readonly inputs: number,
    readonly values: Float64Array,
  ) {
    this.outputs = values.length;
  }

  predict(matrix: Matrix): Float64Array {
    checkInputs(matrix, this.inputs);
    const out = new Float64Array(matrix.rows * this.outputs);
    for (let i = 0; i < matrix.rows; i++) out.set(this.values, i * this.outputs);
    return out;
  }

  predictRow(_row: Float64Array, out: Float64Array, offset = 0): void {
    for (let k = 0; k < this.outputs; k++) out[offset + k] = this.values[k];
  }

  serialize(): Uint8Array {
    return new ByteWriter()
      .header({ ...this, version: VERSION })
      .f64s(this.values)
      .finish();
  }
}

export const constant: Estimator = {
  name: 'constant',
  doc: 'The mean of the target, or the share of each class, whatever the features: the floor that others must beat.',
  tasks: ['binary', 'multiclass', 'regression'],
  params: constantOptions,
  needs: { imputed: false, scaled: false, categories: 'codes' },
  async fit(data, params, context) {
    resolveOptions('constant', constantOptions, params);
    checkTraining(constant, data, context);
    await pause(context.signal);
    const { target, weight } = data;
    const values = new Float64Array(context.task === 'multiclass' ? context.classes : 1);
    let total = 0;
    for (let i = 0; i < target.length; i++) {
      const w = weight ? weight[i] : 1;
      total += w;
      if (context.task === 'multiclass') values[target[i]] += w;
      else values[0] += w * target[i];
    }
    return new ConstantModel(
      context.task,
      data.matrix.columns.length,
      values.map((sum) => sum / total),
    );
  },
  load(bytes) {
    const reader = new ByteReader(bytes);
    const header = reader.header({ estimator: 'constant', version: VERSION });
    const values = reader.f64s();
    reader.finish();
    if (values.length !== header.outputs) corrupt('Their parts do not fit together');
    return new ConstantModel(header.task, header.inputs, values);
  },
};
