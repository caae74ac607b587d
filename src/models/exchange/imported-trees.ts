import type { Task } from '../estimator.js';

/** How sums of leaves become outputs; 'sigmoids' is one-versus-all, 'step' tells 1 above zero, 'signedSquare' undoes a root. */
export type ImportedLink = 'identity' | 'sigmoid' | 'softmax' | 'sigmoids' | 'exp' | 'signedSquare' | 'softplus' | 'step';

export type Sums = 'float64' | 'float32';

/** Bits of a node's rule, as in LightGBM's decision_type; FLOAT compares as XGBoost does, strictly less in float32. */
export const CATEGORICAL = 1;
export const DEFAULT_LEFT = 2;
export const MISSING_ZERO = 4;
export const MISSING_NAN = 8;
export const FLOAT = 16;
/** The threshold is infinite: beyond the largest number, or below the smallest. */
export const BEYOND = 32;
const MISSING = MISSING_ZERO | MISSING_NAN;
/** The feature of a leaf. */
export const LEAF = -1;

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
  /** Rows, or their hessians, that reached each node in training, and what each split gained; empty where the file does not tell. */
  readonly cover: Float64Array;
  readonly gain: Float64Array;
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

/** Adds the leaves of a row to the sums at `offset`, tree by tree: the plain walk, which knows every rule. */
export function addLeaves({ forest, sums }: ImportedForestParts, row: Float64Array, out: Float64Array, offset: number): void {
  const { roots, output, value } = forest;
  for (let t = 0; t < output.length; t++) {
    const at = offset + output[t];
    const sum = out[at] + value[leafOf(forest, roots[t], row)];
    out[at] = sums === 'float32' ? Math.fround(sum) : sum;
  }
}

export function leafOf(forest: ImportedForest, root: number, row: Float64Array): number {
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
      else goesLeft = (bits & BEYOND) === 0 || value[node] > 0 ? Math.fround(x) < value[node] : false;
    } else if ((bits & CATEGORICAL) !== 0) {
      goesLeft = contains(forest, value[node], x);
    } else {
      const missing = bits & MISSING;
      if (x !== x && missing !== MISSING_NAN) x = 0;
      if ((missing === MISSING_NAN && x !== x) || (missing === MISSING_ZERO && x >= -ZERO && x <= ZERO))
        goesLeft = (bits & DEFAULT_LEFT) !== 0;
      else goesLeft = (bits & BEYOND) === 0 ? x <= value[node] : value[node] > 0 || x === -Infinity;
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
