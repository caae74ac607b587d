import { ByteReader, ByteWriter, corrupt } from '../bytes.js';
import { checkInputs, predictRows } from '../data.js';
import type { Matrix, Model } from '../estimator.js';
import { squaredDistance } from './points.js';

export interface KmeansParts {
  readonly estimator: string;
  readonly version: number;
  readonly inputs: number;
  readonly outputs: number;
  /** Row-major, the cluster of the most weight first. */
  readonly centres: Float64Array;
  readonly summary: Readonly<Record<string, number>>;
}

/**
 * Rows go to the nearest of the centres. The outputs are memberships, one a cluster: 1 for the row's own and 0 for the others, which sum to one
 * like the probabilities of classes and can go wherever these go.
 */
export class KmeansModel implements Model<'clustering'> {
  readonly estimator: string;
  readonly task = 'clustering';
  readonly outputs: number;
  readonly inputs: number;
  readonly summary: Readonly<Record<string, number>>;
  /** Row-major, clusters x inputs. */
  readonly centres: Float64Array;
  readonly #version: number;

  constructor(parts: KmeansParts) {
    this.estimator = parts.estimator;
    this.outputs = parts.outputs;
    this.inputs = parts.inputs;
    this.summary = parts.summary;
    this.centres = parts.centres;
    this.#version = parts.version;
  }

  predict(matrix: Matrix): Float64Array {
    checkInputs(matrix, this.inputs);
    return predictRows(matrix, this.outputs, (row, out, offset) => this.predictRow(row, out, offset));
  }

  predictRow(row: Float64Array, out: Float64Array, offset = 0): void {
    const nearest = this.nearest(row);
    for (let c = 0; c < this.outputs; c++) out[offset + c] = c === nearest ? 1 : 0;
  }

  /** Cluster of a row, the first of those that are equally near. */
  nearest(row: Float64Array): number {
    let best = Infinity;
    let found = 0;
    for (let c = 0; c < this.outputs; c++) {
      const squares = squaredDistance(row, 0, this.centres, c * this.inputs, this.inputs);
      if (squares < best) {
        best = squares;
        found = c;
      }
    }
    return found;
  }

  /** Distance of a row to the centre of a cluster: how unlike its cluster it is. */
  distance(row: Float64Array, cluster: number): number {
    return Math.sqrt(squaredDistance(row, 0, this.centres, cluster * this.inputs, this.inputs));
  }

  serialize(): Uint8Array {
    return new ByteWriter()
      .header({ ...this, version: this.#version })
      .f64s(this.centres)
      .finish();
  }

  /** @throws MW_MODEL_CORRUPT, MW_MODEL_VERSION */
  static load(bytes: Uint8Array, estimator: string, version: number): KmeansModel {
    const reader = new ByteReader(bytes);
    const header = reader.clusteringHeader({ estimator, version });
    const centres = reader.f64s();
    reader.finish();
    // Without features there is nothing to tell clusters apart by.
    if (header.inputs === 0 && header.outputs !== 1) corrupt('They tell clusters apart by nothing');
    if (centres.length !== header.inputs * header.outputs) corrupt('Their parts do not fit together');
    return new KmeansModel({ ...header, version, centres });
  }
}
