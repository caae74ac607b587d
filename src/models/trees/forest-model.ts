import { exp, sigmoid } from '../../kernels/math.js';
import { ByteReader, ByteWriter, corrupt } from '../bytes.js';
import { checkInputs, predictRows } from '../data.js';
import type { FitHistory, Matrix, Model, Task } from '../estimator.js';
import type { MarginUnit, RowExplainer } from '../explainer.js';
import { softmax } from '../softmax.js';
import { type Forest, ForestScorer } from './forest.js';
import { readForest, writeForest } from './forest-bytes.js';
import { PackedForest } from './packed-forest.js';
import { TreeExplainer } from './shap.js';

/** Forests of fewer trees gain nothing from the kernel. */
const FEWEST_PACKED = 4;

/**
 * How scores become outputs: as they are, by the logistic function, by softmax, as shares clipped to 0..1 that sum to one, or by the
 * exponential function.
 */
export type Link = 'identity' | 'sigmoid' | 'softmax' | 'shares' | 'exp';
const LINKS: readonly Link[] = ['identity', 'sigmoid', 'softmax', 'shares', 'exp'];
const UNITS: Readonly<Record<Link, MarginUnit>> = {
  identity: 'value',
  sigmoid: 'log-odds',
  softmax: 'log-odds',
  shares: 'share',
  exp: 'log-value',
};

/** The first format that holds the name of an objective; models without one keep to the format before. */
const NAMED = 2;

export interface ForestParts {
  readonly estimator: string;
  readonly version: number;
  readonly task: Task;
  readonly link: Link;
  /** What was minimised, where it is not the usual loss of the task: a name, or `name@version` of an own one. */
  readonly objective?: string | null;
  readonly start: Float64Array;
  readonly forest: Forest;
  readonly gain: Float64Array;
  readonly summary: Readonly<Record<string, number>>;
  readonly history?: FitHistory;
}

/** A sum of trees as a model. */
export class ForestModel implements Model {
  readonly estimator: string;
  readonly task: Task;
  readonly outputs: number;
  readonly inputs: number;
  readonly summary: Readonly<Record<string, number>>;
  /** The trees, for explanations and exchange formats. */
  readonly forest: Forest;
  /** How sums become outputs, and what sums begin with, for exchange formats. */
  readonly link: Link;
  readonly start: Float64Array;
  /** What was minimised, null where it is the usual loss of the task. */
  readonly objective: string | null;
  readonly history?: FitHistory;
  readonly #parts: ForestParts;
  readonly #scorer: ForestScorer;
  /** The trees as the kernel walks them; null when it cannot, undefined before the first row. */
  #packed: PackedForest | null | undefined;

  constructor(parts: ForestParts) {
    this.estimator = parts.estimator;
    this.task = parts.task;
    this.outputs = parts.start.length;
    this.inputs = parts.forest.features.length;
    this.summary = parts.summary;
    this.forest = parts.forest;
    this.link = parts.link;
    this.start = parts.start;
    this.objective = parts.objective ?? null;
    if (parts.history) this.history = parts.history;
    this.#parts = parts;
    this.#scorer = new ForestScorer(parts.forest, parts.start.length);
    if (parts.forest.roots.length - 1 < FEWEST_PACKED) this.#packed = null;
  }

  predict(matrix: Matrix): Float64Array {
    checkInputs(matrix, this.inputs);
    const { start, link } = this.#parts;
    const outputs = start.length;
    const out = new Float64Array(matrix.rows * outputs);
    for (let at = 0; at < out.length; at += outputs) out.set(start, at);
    if (!this.#pack()?.addAll(matrix.columns, matrix.rows, out))
      return predictRows(matrix, outputs, (row, into, offset) => this.predictRow(row, into, offset));
    for (let at = 0; at < out.length; at += outputs) applyLink(link, out, at, outputs);
    return out;
  }

  predictRow(row: Float64Array, out: Float64Array, offset = 0): void {
    const { start, link } = this.#parts;
    for (let k = 0; k < start.length; k++) out[offset + k] = start[k];
    if (!this.#pack()?.addRow(row, out, offset)) this.#scorer.add(row, out, offset);
    applyLink(link, out, offset, start.length);
  }

  #pack(): PackedForest | null {
    if (this.#packed === undefined) this.#packed = PackedForest.pack(this.forest, this.outputs) ?? null;
    return this.#packed;
  }

  serialize(): Uint8Array {
    const { start, link, forest, gain, version } = this.#parts;
    const writer = new ByteWriter().header({ ...this, version: this.objective === null ? version : Math.max(version, NAMED) });
    writer.u8(LINKS.indexOf(link));
    if (this.objective !== null) writer.text(this.objective);
    writer.f64s(start).f64s(gain);
    writeForest(writer, forest);
    return writer.finish();
  }

  importances(): Float64Array {
    return this.#parts.gain.slice();
  }

  splitCounts(): Float64Array {
    const { slot, left } = this.forest;
    const counts = new Float64Array(this.inputs);
    for (let i = 0; i < left.length; i++) if (left[i] !== i) counts[slot[i] < 0 ? -1 - slot[i] : slot[i] >> 1] += 1;
    return counts;
  }

  explainer(): RowExplainer {
    const { estimator, forest, start, link } = this.#parts;
    return new TreeExplainer(estimator, forest, start, UNITS[link]);
  }

  /** @throws MW_MODEL_CORRUPT, MW_MODEL_VERSION */
  static load(bytes: Uint8Array, estimator: string, version: number): ForestModel {
    const reader = new ByteReader(bytes);
    const header = reader.header({ estimator, version: Math.max(version, NAMED), oldest: version });
    const link = LINKS[reader.u8()] ?? corrupt('They name no link');
    const objective = header.version >= NAMED ? reader.text() : null;
    const start = reader.f64s();
    const gain = reader.f64s();
    if (start.length !== header.outputs || gain.length !== header.inputs) corrupt('Their parts do not fit together');
    return new ForestModel({ ...header, version, link, objective, start, gain, forest: readForest(reader, header.inputs) });
  }
}

function applyLink(link: Link, out: Float64Array, offset: number, count: number): void {
  if (link === 'sigmoid') out[offset] = sigmoid(out[offset]);
  else if (link === 'softmax') softmax(out, offset, count);
  else if (link === 'shares') shares(out, offset, count);
  else if (link === 'exp') out[offset] = exp(out[offset]);
}

function shares(out: Float64Array, offset: number, count: number): void {
  let sum = 0;
  for (let k = 0; k < count; k++) {
    out[offset + k] = Math.min(1, Math.max(0, out[offset + k]));
    sum += out[offset + k];
  }
  if (count === 1) return;
  for (let k = 0; k < count; k++) out[offset + k] = sum > 0 ? out[offset + k] / sum : 1 / count;
}
