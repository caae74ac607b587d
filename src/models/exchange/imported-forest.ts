import { exp, sigmoid, softplus } from '../../kernels/math.js';
import { ByteReader, ByteWriter, corrupt } from '../bytes.js';
import { checkInputs, predictRows } from '../data.js';
import type { Matrix, Model, Task } from '../estimator.js';
import type { RowExplainer } from '../explainer.js';
import { softmax } from '../softmax.js';
import { explainerOf } from './imported-explainer.js';
import { ImportedScorer } from './imported-scorer.js';
import {
  addLeaves,
  CATEGORICAL,
  type ImportedForest,
  type ImportedForestParts,
  type ImportedLink,
  LEAF,
  type Sums,
} from './imported-trees.js';

/** The estimator name of models that were trained elsewhere; it fits nothing, so it is not in the catalogue. */
export const IMPORTED_FOREST = 'imported-forest';
const VERSION = 3;
/** The format without what training saw of the nodes. */
const WITHOUT_COUNTS = 2;

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

const SUMS: readonly Sums[] = ['float64', 'float32'];

/** A forest trained by another library, predicting what it predicts there. Categorical features are codes as there. */
export class ImportedForestModel implements Model {
  readonly estimator = IMPORTED_FOREST;
  readonly task: Task;
  readonly outputs: number;
  readonly inputs: number;
  readonly summary: Readonly<Record<string, number>>;
  readonly link: ImportedLink;
  readonly parts: ImportedForestParts;
  /** Exact Shapley values on the scale of the scores; none where the file does not tell how many rows reached each node. */
  readonly explainer?: () => RowExplainer;
  /** Null where only the plain walk knows the rules of the forest, undefined before the first row. */
  #scorer: ImportedScorer | null | undefined;

  constructor(parts: ImportedForestParts) {
    this.task = parts.task;
    this.outputs = parts.start.length;
    this.inputs = parts.inputs;
    this.link = parts.link;
    this.summary = { trees: parts.forest.output.length };
    this.parts = parts;
    const explainer = explainerOf(parts);
    if (explainer) this.explainer = explainer;
  }

  predict(matrix: Matrix): Float64Array {
    checkInputs(matrix, this.inputs);
    return predictRows(matrix, this.outputs, (row, out, offset) => this.predictRow(row, out, offset));
  }

  /** Sums of leaves before the link. */
  predictScores(row: Float64Array, out: Float64Array, offset = 0): void {
    const { start, divisor } = this.parts;
    for (let k = 0; k < start.length; k++) out[offset + k] = start[k];
    if (this.#scorer === undefined) this.#scorer = ImportedScorer.of(this.parts);
    if (this.#scorer) this.#scorer.add(row, out, offset);
    else addLeaves(this.parts, row, out, offset);
    if (divisor !== 1) for (let k = 0; k < start.length; k++) out[offset + k] /= divisor;
  }

  predictRow(row: Float64Array, out: Float64Array, offset = 0): void {
    this.predictScores(row, out, offset);
    applyLink(this.parts, out, offset);
  }

  /** The gains of the splits on each input, where the file told them. */
  importances(): Float64Array {
    const { gain } = this.parts.forest;
    return this.#overSplits((node) => gain[node] ?? 1);
  }

  splitCounts(): Float64Array {
    return this.#overSplits(() => 1);
  }

  #overSplits(of: (node: number) => number): Float64Array {
    const { feature } = this.parts.forest;
    const sums = new Float64Array(this.inputs);
    feature.forEach((j, node) => {
      if (j !== LEAF) sums[j] += of(node);
    });
    return sums;
  }

  serialize(): Uint8Array {
    const { link, steepness, divisor, sums, start, forest } = this.parts;
    const writer = new ByteWriter().header({ ...this, estimator: IMPORTED_FOREST, version: VERSION });
    writer.u8(LINKS.indexOf(link)).u8(SUMS.indexOf(sums)).f64(steepness).f64(divisor).f64s(start);
    writer.u32s(forest.roots).u32s(forest.output).u32s(forest.feature).u8s(forest.rule).u32s(forest.left);
    writer.f64s(forest.value).u32s(forest.setStart).u32s(forest.sets);
    return writer.f64s(forest.cover).f64s(forest.gain).finish();
  }

  /** @throws MW_MODEL_CORRUPT, MW_MODEL_VERSION */
  static load(bytes: Uint8Array): ImportedForestModel {
    const reader = new ByteReader(bytes);
    const { task, inputs, outputs, version } = reader.header({
      estimator: IMPORTED_FOREST,
      version: VERSION,
      oldest: WITHOUT_COUNTS,
    });
    const link = LINKS[reader.u8()] ?? corrupt('They name no link');
    const sums = SUMS[reader.u8()] ?? corrupt('They name no width of sums');
    const steepness = reader.finite();
    const divisor = reader.finite();
    const start = reader.f64s();
    const trees = {
      roots: reader.u32s(),
      output: reader.u32s(),
      feature: Int32Array.from(reader.u32s()),
      rule: reader.u8s(),
      left: reader.u32s(),
      value: reader.f64s(),
      setStart: reader.u32s(),
      sets: reader.u32s(),
    };
    const counts = () => (version > WITHOUT_COUNTS ? reader.f64s() : new Float64Array(0));
    const forest: ImportedForest = { ...trees, cover: counts(), gain: counts() };
    reader.finish();
    if (start.length !== outputs || !(divisor > 0)) corrupt('Their parts do not fit together');
    checkForest(forest, inputs, outputs);
    return new ImportedForestModel({ task, inputs, link, steepness, sums, divisor, start, forest });
  }
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
  const { roots, output, feature, rule, left, value, setStart, sets, cover, gain } = forest;
  const nodes = feature.length;
  const lengths = [rule.length, left.length, value.length].every((length) => length === nodes);
  if (![cover, gain].every((list) => list.length === 0 || (list.length === nodes && list.every((each) => each >= 0))))
    corrupt('What training saw of their nodes does not fit them');
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
