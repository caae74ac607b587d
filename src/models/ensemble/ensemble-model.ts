import { ByteReader, ByteWriter, corrupt } from '../bytes.js';
import { checkInputs } from '../data.js';
import type { Matrix, Model, Task } from '../estimator.js';
import type { Combiner, EnsembleKind } from './ensemble.js';
import { MOST_MEMBERS } from './ensemble-name.js';

const VERSION = 1;

/** A member reads `model.inputs` columns from `first` on. */
export interface Member {
  readonly model: Model;
  readonly first: number;
}

/** Several models as one. */
export class EnsembleModel implements Model {
  readonly estimator: string;
  readonly task: Task;
  readonly outputs: number;
  readonly inputs: number;
  readonly summary: Readonly<Record<string, number>>;
  readonly members: readonly Member[];
  readonly combiner: Combiner;
  readonly #rows: readonly Float64Array[];
  readonly #values: Float64Array;

  constructor(parts: {
    readonly estimator: string;
    readonly task: Task;
    readonly inputs: number;
    readonly summary: Readonly<Record<string, number>>;
    readonly members: readonly Member[];
    readonly combiner: Combiner;
  }) {
    this.estimator = parts.estimator;
    this.task = parts.task;
    this.inputs = parts.inputs;
    this.summary = parts.summary;
    this.members = parts.members;
    this.outputs = (parts.members[0] as Member).model.outputs;
    this.combiner = parts.combiner;
    this.#rows = parts.members.map(({ model }) => new Float64Array(model.inputs));
    this.#values = new Float64Array(parts.members.length * this.outputs);
  }

  predict(matrix: Matrix): Float64Array {
    // Each member tells what it takes.
    checkInputs(matrix, this.inputs, true);
    const values = memberOutputs(
      this.members.map(({ model, first }) => model.predict(columnsFrom(matrix, first, model.inputs))),
      matrix.rows,
      this.outputs,
    );
    const out = new Float64Array(matrix.rows * this.outputs);
    const width = this.members.length * this.outputs;
    for (let i = 0; i < matrix.rows; i++) this.combiner.combine(values, i * width, out, i * this.outputs);
    return out;
  }

  predictRow(row: Float64Array, out: Float64Array, offset = 0): void {
    for (let m = 0; m < this.members.length; m++) {
      const { model, first } = this.members[m];
      const part = this.#rows[m];
      for (let j = 0; j < part.length; j++) part[j] = row[first + j];
      model.predictRow(part, this.#values, m * this.outputs);
    }
    this.combiner.combine(this.#values, 0, out, offset);
  }

  serialize(): Uint8Array {
    const writer = new ByteWriter().header({ ...this, version: VERSION }).u32(this.members.length);
    for (const { model, first } of this.members) writer.u32(first).u8s(model.serialize());
    return writer.u8s(this.combiner.serialize()).finish();
  }

  /** @throws MW_MODEL_CORRUPT, MW_MODEL_VERSION */
  static load(
    bytes: Uint8Array,
    estimator: string,
    kind: EnsembleKind,
    names: readonly string[],
    loadMember: (bytes: Uint8Array) => Model,
  ): EnsembleModel {
    const reader = new ByteReader(bytes);
    const header = reader.header({ estimator, version: VERSION });
    if (!kind.tasks.includes(header.task)) corrupt('They name a task that the ensemble does not do');
    const count = reader.u32();
    if (count !== names.length || count > MOST_MEMBERS) corrupt('Their members are not those of their name');
    const members = names.map((name): Member => {
      const first = reader.u32();
      const body = reader.u8s();
      if (new ByteReader(body).header().estimator !== name) corrupt('Their members are not those of their name');
      const model = loadMember(body);
      if (model.task !== header.task || model.outputs !== header.outputs || first + model.inputs > header.inputs)
        corrupt('Their parts do not fit together');
      return { model, first };
    });
    const combiner = kind.load(reader.u8s(), header.task, members.length, header.outputs);
    reader.finish();
    return new EnsembleModel({ ...header, members, combiner });
  }
}

/** So many columns of a matrix from one on. */
export function columnsFrom({ rows, columns, features, sparse }: Matrix, first: number, count: number): Matrix {
  const slice = <T>(of: readonly T[]): readonly T[] => (count === of.length ? of : of.slice(first, first + count));
  const parts = sparse && slice(sparse);
  return {
    rows,
    columns: slice(columns),
    features: slice(features),
    ...(parts?.some((column) => column) ? { sparse: parts } : {}),
  };
}

/** Outputs of the members side by side, rows x members x outputs. */
export function memberOutputs(parts: readonly Float64Array[], rows: number, outputs: number): Float64Array {
  const values = new Float64Array(rows * parts.length * outputs);
  parts.forEach((part, m) => {
    for (let i = 0; i < rows; i++)
      for (let k = 0; k < outputs; k++) values[(i * parts.length + m) * outputs + k] = part[i * outputs + k];
  });
  return values;
}
