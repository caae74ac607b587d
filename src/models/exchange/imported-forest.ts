import { exp, sigmoid, softplus } from '../../kernels/math.js';
import { ByteReader, ByteWriter, corrupt } from '../bytes.js';
import { checkInputs, predictRows } from '../data.js';
import type { Matrix, Model, Task } from '../estimator.js';
import { softmax } from '../softmax.js';

/** The estimator name of models that were trained elsewhere; it fits nothing, so it is not in the catalogue. */
export const IMPORTED_FOREST = 'imported-forest';
const VERSION = 2;

/** How sums of leaves become outputs; 'sigmoids' is one-versus-all, 'step' tells 1 above zero, 'signedSquare' undoes a root. */
export type ImportedLink = 'identity' | 'sigmoid' | 'softmax' | 'sigmoids' | 'exp' | 'signedSquare' | 'softplus' | 'step';
const LINKS: readonly ImportedLink[] = [
  'identity',
  'sigmoid',
  'softmax',
  'sigmoids',
  'exp',
  'signedSquare',
  'softplus',
  'step',
];

export type Sums = 'float64' | 'float32';
const SUMS: readonly Sums[] = ['float64', 'float32'];

/** Bits of a node's rule, as in LightGBM's decision_type; FLOAT compares as XGBoost does, strictly less in float32. */
export const CATEGORICAL = 1;
export const DEFAULT_LEFT = 2;
export const MISSING_ZERO = 4;
export const MISSING_NAN = 8;
export const FLOAT = 16;
const MISSING = MISSING_ZERO | MISSING_NAN;
const LEAF = -1;

/** LightGBM takes anything this close to zero for zero: 1e-35 as a float. */
export const ZERO = Math.fround(1e-35);

/** Trees as they were trained, all nodes in one list; children follow their parent, side by side. */
export interface ImportedForest {
  /** First node of each tree, and the number of nodes. */
  readonly roots: Uint32Array;
  /** The output that each tree adds to. */
  readonly output: Uint32Array;
  /** Feature of a split, -1 of a leaf. */
  readonly feature: Int32Array;
  readonly rule: Uint8Array;
  /** Left child; the right one is next. 0 in leaves. */
  readonly left: Uint32Array;
  /** Threshold of a numeric split, value of a leaf, number of the set of a categorical split. */
  readonly value: Float64Array;
  /** First word of each set of categories, and the number of words. */
  readonly setStart: Uint32Array;
  /** Categories as bits, 32 a word. They go left, in FLOAT rules right. */
  readonly sets: Uint32Array;
}

export interface ImportedForestParts {
  readonly task: Task;
  readonly inputs: number;
  readonly link: ImportedLink;
  /** Factor of the score inside the logistic function. */
  readonly steepness: number;
  /** The width of numbers in which leaves are added, in the order of the trees. */
  readonly sums: Sums;
  /** What sums are divided by. */
  readonly divisor: number;
  /** What sums begin with, one an output. */
  readonly start: Float64Array;
  readonly forest: ImportedForest;
}

/** A forest trained by another library, predicting what it predicts there. Categorical features are codes as there. */
export class ImportedForestModel implements Model {
  readonly estimator = IMPORTED_FOREST;
  readonly task: Task;
  readonly outputs: number;
  readonly inputs: number;
  readonly summary: Readonly<Record<string, number>>;
  readonly link: ImportedLink;
  readonly parts: ImportedForestParts;

  constructor(parts: ImportedForestParts) {
    this.task = parts.task;
    this.outputs = parts.start.length;
    this.inputs = parts.inputs;
    this.link = parts.link;
    this.summary = { trees: parts.forest.output.length };
    this.parts = parts;
  }

  predict(matrix: Matrix): Float64Array {
    checkInputs(matrix, this.inputs);
    return predictRows(matrix, this.outputs, (row, out, offset) => this.predictRow(row, out, offset));
  }

  /** Sums of leaves before the link. */
  predictScores(row: Float64Array, out: Float64Array, offset = 0): void {
    const { start, forest, divisor, sums } = this.parts;
    const { roots, output, value } = forest;
    for (let k = 0; k < start.length; k++) out[offset + k] = start[k];
    for (let t = 0; t < output.length; t++) {
      const at = offset + output[t];
      const sum = out[at] + value[leafOf(forest, roots[t], row)];
      out[at] = sums === 'float32' ? Math.fround(sum) : sum;
    }
    if (divisor !== 1) for (let k = 0; k < start.length; k++) out[offset + k] /= divisor;
  }

  predictRow(row: Float64Array, out: Float64Array, offset = 0): void {
    this.predictScores(row, out, offset);
    applyLink(this.parts, out, offset);
  }

  serialize(): Uint8Array {
    const { link, steepness, divisor, sums, start, forest } = this.parts;
    const writer = new ByteWriter().header({ ...this, estimator: IMPORTED_FOREST, version: VERSION });
    writer.u8(LINKS.indexOf(link)).u8(SUMS.indexOf(sums)).f64(steepness).f64(divisor).f64s(start);
    writer.u32s(forest.roots).u32s(forest.output).u32s(forest.feature).u8s(forest.rule).u32s(forest.left);
    return writer.f64s(forest.value).u32s(forest.setStart).u32s(forest.sets).finish();
  }

  /** @throws MW_MODEL_CORRUPT, MW_MODEL_VERSION */
  static load(bytes: Uint8Array): ImportedForestModel {
    const reader = new ByteReader(bytes);
    const { task, inputs, outputs } = reader.header({ estimator: IMPORTED_FOREST, version: VERSION });
    const link = LINKS[reader.u8()] ?? corrupt('They name no link');
    const sums = SUMS[reader.u8()] ?? corrupt('They name no width of sums');
    const steepness = reader.finite();
    const divisor = reader.finite();
    const start = reader.f64s();
    const forest: ImportedForest = {
      roots: reader.u32s(),
      output: reader.u32s(),
      feature: Int32Array.from(reader.u32s()),
      rule: reader.u8s(),
      left: reader.u32s(),
      value: reader.f64s(),
      setStart: reader.u32s(),
      sets: reader.u32s(),
    };
    reader.finish();
    if (start.length !== outputs || !(divisor > 0)) corrupt('Their parts do not fit together');
    checkForest(forest, inputs, outputs);
    return new ImportedForestModel({ task, inputs, link, steepness, sums, divisor, start, forest });
  }
}

function leafOf(forest: ImportedForest, root: number, row: Float64Array): number {
  const { feature, rule, left, value } = forest;
  for (let node = root; ; ) {
    const j = feature[node];
    if (j === LEAF) return node;
    const bits = rule[node];
    let x = row[j];
    let goesLeft: boolean;
    if ((bits & FLOAT) !== 0) {
      if (x !== x) goesLeft = (bits & DEFAULT_LEFT) !== 0;
      else if ((bits & CATEGORICAL) !== 0) goesLeft = !contains(forest, value[node], Math.fround(x));
      else goesLeft = Math.fround(x) < value[node];
    } else if ((bits & CATEGORICAL) !== 0) {
      goesLeft = contains(forest, value[node], x);
    } else {
      const missing = bits & MISSING;
      if (x !== x && missing !== MISSING_NAN) x = 0;
      if ((missing === MISSING_NAN && x !== x) || (missing === MISSING_ZERO && x >= -ZERO && x <= ZERO))
        goesLeft = (bits & DEFAULT_LEFT) !== 0;
      else goesLeft = x <= value[node];
    }
    node = left[node] + (goesLeft ? 0 : 1);
  }
}

/** Whether a set has the category that is the whole part of `x`; no set has a missing or negative one. */
function contains({ setStart, sets }: ImportedForest, set: number, x: number): boolean {
  if (!(x > -1)) return false;
  const code = Math.trunc(x);
  const from = setStart[set];
  if (code >= 32 * (setStart[set + 1] - from)) return false;
  return ((sets[from + (code >>> 5)] >>> (code & 31)) & 1) === 1;
}

function applyLink({ link, steepness, start }: ImportedForestParts, out: Float64Array, offset: number): void {
  const end = offset + start.length;
  switch (link) {
    case 'identity':
      return;
    case 'softmax':
      return softmax(out, offset, start.length);
    case 'sigmoid':
    case 'sigmoids':
      for (let k = offset; k < end; k++) out[k] = sigmoid(steepness * out[k]);
      return;
    case 'exp':
      for (let k = offset; k < end; k++) out[k] = exp(out[k]);
      return;
    case 'signedSquare':
      for (let k = offset; k < end; k++) out[k] *= Math.abs(out[k]);
      return;
    case 'softplus':
      for (let k = offset; k < end; k++) out[k] = softplus(out[k]);
      return;
    case 'step':
      for (let k = offset; k < end; k++) out[k] = out[k] > 0 ? 1 : 0;
  }
}

/** From 0 to `end`, never falling. */
function rising(list: Uint32Array, end: number): boolean {
  if (list.length === 0 || list[0] !== 0 || list[list.length - 1] !== end) return false;
  return list.every((at, i) => i === 0 || at >= list[i - 1]);
}

function checkForest(forest: ImportedForest, inputs: number, outputs: number): void {
  const { roots, output, feature, rule, left, value, setStart, sets } = forest;
  const nodes = feature.length;
  const lengths = [rule.length, left.length, value.length].every((length) => length === nodes);
  if (!lengths || roots.length !== output.length + 1 || !rising(roots, nodes) || !rising(setStart, sets.length))
    corrupt('Their parts do not fit together');
  for (let t = 0; t < output.length; t++) {
    if (output[t] >= outputs || roots[t] === roots[t + 1]) corrupt('A tree in them is empty or has no output');
    for (let i = roots[t]; i < roots[t + 1]; i++) {
      if (feature[i] === LEAF) continue;
      // Children after their parent: every walk ends.
      if (feature[i] < 0 || feature[i] >= inputs || left[i] <= i || left[i] + 1 >= roots[t + 1])
        corrupt('A split in them points nowhere');
      if ((rule[i] & CATEGORICAL) !== 0 && !(Number.isInteger(value[i]) && value[i] >= 0 && value[i] < setStart.length - 1))
        corrupt('A split in them has no categories');
    }
  }
}
