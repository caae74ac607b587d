import { sigmoid } from '../../kernels/math.js';
import { ByteReader, ByteWriter, corrupt } from '../bytes.js';
import { checkInputs, predictRows } from '../data.js';
import type { Matrix, Model, Task } from '../estimator.js';
import { softmax } from '../softmax.js';

/** What a feature says about the classes. */
export type Evidence =
  /** Normal in each class; a variance of 0 says nothing. */
  | { readonly kind: 'normal'; readonly means: Float64Array; readonly variances: Float64Array; readonly offsets: Float64Array }
  /** Log likelihoods, code by code, one a class; zeros for a code that was never seen. */
  | { readonly kind: 'categories'; readonly logs: Float64Array };

const KINDS: readonly Evidence['kind'][] = ['normal', 'categories'];

/** Most that one value can speak against a class, so that no score becomes infinite. */
const MOST_AGAINST = 1e100;

export interface BayesParts {
  readonly estimator: string;
  readonly version: number;
  readonly task: Task;
  /** Log share of each class, two for a binary task. */
  readonly priors: Float64Array;
  readonly evidence: readonly Evidence[];
  readonly summary: Readonly<Record<string, number>>;
}

/** Classes by the product of what each feature says. Missing, infinite and never seen values say nothing. */
export class BayesModel implements Model {
  readonly estimator: string;
  readonly task: Task;
  readonly outputs: number;
  readonly inputs: number;
  readonly summary: Readonly<Record<string, number>>;
  readonly parts: BayesParts;
  readonly #scores: Float64Array;

  constructor(parts: BayesParts) {
    this.estimator = parts.estimator;
    this.task = parts.task;
    this.outputs = parts.task === 'multiclass' ? parts.priors.length : 1;
    this.inputs = parts.evidence.length;
    this.summary = parts.summary;
    this.parts = parts;
    this.#scores = new Float64Array(parts.priors.length);
  }

  predict(matrix: Matrix): Float64Array {
    checkInputs(matrix, this.inputs, true);
    return predictRows(matrix, this.outputs, (row, out, offset) => this.predictRow(row, out, offset));
  }

  predictRow(row: Float64Array, out: Float64Array, offset = 0): void {
    const { priors, evidence } = this.parts;
    const scores = this.#scores;
    const classes = scores.length;
    scores.set(priors);
    for (let j = 0; j < evidence.length; j++) {
      const value = row[j];
      if (!Number.isFinite(value)) continue;
      const said = evidence[j];
      if (said.kind === 'normal') {
        for (let k = 0; k < classes; k++) {
          const variance = said.variances[k];
          if (variance === 0) continue;
          const away = value - said.means[k];
          scores[k] += said.offsets[k] - Math.min(MOST_AGAINST, (0.5 * away * away) / variance);
        }
      } else if (Number.isInteger(value) && value >= 0 && (value + 1) * classes <= said.logs.length)
        for (let k = 0; k < classes; k++) scores[k] += said.logs[value * classes + k];
    }
    if (this.outputs === 1) {
      out[offset] = sigmoid(scores[1] - scores[0]);
      return;
    }
    for (let k = 0; k < classes; k++) out[offset + k] = scores[k];
    softmax(out, offset, classes);
  }

  serialize(): Uint8Array {
    const { version, priors, evidence } = this.parts;
    const writer = new ByteWriter().header({ ...this, version }).f64s(priors);
    for (const said of evidence) {
      writer.u8(KINDS.indexOf(said.kind));
      if (said.kind === 'normal') writer.f64s(said.means).f64s(said.variances).f64s(said.offsets);
      else writer.f64s(said.logs);
    }
    return writer.finish();
  }

  /** @throws MW_MODEL_CORRUPT, MW_MODEL_VERSION */
  static load(bytes: Uint8Array, estimator: string, version: number): BayesModel {
    const reader = new ByteReader(bytes);
    const header = reader.header({ estimator, version });
    const priors = reader.f64s();
    const classes = header.task === 'multiclass' ? header.outputs : 2;
    if (priors.length !== classes || header.task === 'regression') corrupt('Their parts do not fit together');
    const evidence: Evidence[] = [];
    for (let j = 0; j < header.inputs; j++) {
      const kind = KINDS[reader.u8()] ?? corrupt('They name no kind of feature');
      if (kind === 'categories') {
        const logs = reader.f64s();
        if (logs.length % classes !== 0) corrupt('Their parts do not fit together');
        evidence.push({ kind, logs });
        continue;
      }
      const [means, variances, offsets] = [reader.f64s(), reader.f64s(), reader.f64s()];
      if ([means, variances, offsets].some(({ length }) => length !== classes) || variances.some((variance) => variance < 0))
        corrupt('Their parts do not fit together');
      evidence.push({ kind, means, variances, offsets });
    }
    reader.finish();
    return new BayesModel({ ...header, priors, evidence });
  }
}
