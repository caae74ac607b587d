import { ByteReader, ByteWriter, corrupt } from '../bytes.js';
import { checkInputs, predictRows } from '../data.js';
import type { Matrix, Model, Task } from '../estimator.js';
import { reach } from './nearest.js';

export interface NeighboursParts {
  readonly estimator: string;
  readonly version: number;
  readonly task: Task;
  readonly outputs: number;
  readonly inputs: number;
  readonly neighbours: number;
  readonly byDistance: boolean;
  /** Training rows, row-major. */
  readonly points: Float64Array;
  readonly target: Float64Array;
  readonly weight: Float64Array;
  readonly summary: Readonly<Record<string, number>>;
}

/**
 * The weighted mean of the nearest training rows. Rows are taken from the nearest on until they weigh `neighbours`; those that are
 * equally far share what is left, so that the order of the rows never matters.
 */
export class NeighboursModel implements Model {
  readonly estimator: string;
  readonly task: Task;
  readonly outputs: number;
  readonly inputs: number;
  readonly summary: Readonly<Record<string, number>>;
  readonly parts: NeighboursParts;
  readonly #distances: Float64Array;
  readonly #order: Uint32Array;

  constructor(parts: NeighboursParts) {
    this.estimator = parts.estimator;
    this.task = parts.task;
    this.outputs = parts.outputs;
    this.inputs = parts.inputs;
    this.summary = parts.summary;
    this.parts = parts;
    this.#distances = new Float64Array(parts.target.length);
    this.#order = new Uint32Array(parts.target.length);
  }

  predict(matrix: Matrix): Float64Array {
    checkInputs(matrix, this.inputs);
    return predictRows(matrix, this.outputs, (row, out, offset) => this.predictRow(row, out, offset));
  }

  predictRow(row: Float64Array, out: Float64Array, offset = 0): void {
    const { points, target, weight, neighbours, byDistance } = this.parts;
    const distances = this.#distances;
    const order = this.#order;
    const { inputs, outputs } = this;
    for (let i = 0, at = 0; i < distances.length; i++) {
      let squares = 0;
      for (let j = 0; j < inputs; j++, at++) {
        const away = points[at] - row[j];
        squares += away * away;
      }
      distances[i] = Math.min(Number.MAX_VALUE, Math.sqrt(squares));
      // A fresh order each time, so that a prediction does not depend on those before it.
      order[i] = i;
    }
    const radius = reach(distances, weight, order, neighbours);
    let inside = 0;
    let rim = 0;
    let touching = false;
    for (let i = 0; i < distances.length; i++) {
      if (distances[i] < radius) inside += weight[i];
      else if (distances[i] === radius) rim += weight[i];
      if (distances[i] === 0) touching = true;
    }
    const share = Math.max(0, Math.min(1, (neighbours - inside) / rim));
    out.fill(0, offset, offset + outputs);
    let total = 0;
    for (let i = 0; i < distances.length; i++) {
      const distance = distances[i];
      if (distance > radius || (byDistance && touching && distance > 0)) continue;
      // Relative to the radius, so that no vote overflows or vanishes.
      const vote = weight[i] * (distance === radius ? share : 1) * (byDistance && !touching ? radius / distance : 1);
      total += vote;
      if (outputs > 1) out[offset + target[i]] += vote;
      else out[offset] += vote * target[i];
    }
    for (let k = 0; k < outputs; k++) out[offset + k] /= total;
  }

  serialize(): Uint8Array {
    const { version, neighbours, byDistance, points, target, weight } = this.parts;
    return new ByteWriter()
      .header({ ...this, version })
      .u32(neighbours)
      .u8(byDistance ? 1 : 0)
      .f64s(points)
      .f64s(target)
      .f64s(weight)
      .finish();
  }

  /** @throws MW_MODEL_CORRUPT, MW_MODEL_VERSION */
  static load(bytes: Uint8Array, estimator: string, version: number): NeighboursModel {
    const reader = new ByteReader(bytes);
    const header = reader.header({ estimator, version });
    const neighbours = reader.u32();
    const votes = reader.u8();
    const [points, target, weight] = [reader.f64s(), reader.f64s(), reader.f64s()];
    reader.finish();
    const rows = target.length;
    const limit = header.task === 'binary' ? 2 : header.outputs;
    if (rows === 0 || neighbours === 0 || votes > 1 || weight.length !== rows || points.length !== rows * header.inputs)
      corrupt('Their parts do not fit together');
    if (header.task !== 'regression' && target.some((y) => !Number.isInteger(y) || y < 0 || y >= limit))
      corrupt('They name no class');
    if (weight.some((w) => !(w > 0))) corrupt('A weight in them is not above zero');
    return new NeighboursModel({ ...header, neighbours, byDistance: votes === 1, points, target, weight });
  }
}
