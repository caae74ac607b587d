import { type Random, shuffle } from '../../base/random.js';

/** Sparse rows: row i holds `values[j]` at column `indexes[j]` for j in starts[i] to starts[i + 1]. */
export interface SparseRows {
  readonly starts: Int32Array;
  readonly indexes: Int32Array;
  readonly values: Float32Array;
  readonly width: number;
}

const PASSES = 20;
const TOLERANCE = 0.05;

/**
 * A linear score of sparse rows by dual coordinate descent (Hsieh et al., 2008, as in LIBLINEAR): squared-hinge support vector machine
 * for labels -1 and 1, ridge regression for numbers. Cost 1; the last weight is the bias.
 */
export function fitSparseLinear(
  rows: SparseRows,
  use: Int32Array,
  target: Float64Array,
  hinge: boolean,
  source: Random,
): Float64Array {
  const { starts, indexes, values, width } = rows;
  const diagonal = 0.5;
  const weights = new Float64Array(width + 1);
  const alpha = new Float64Array(use.length);
  const norm = new Float64Array(use.length);
  for (let k = 0; k < use.length; k++) {
    let sum = 1;
    for (let j = starts[use[k]]; j < starts[use[k] + 1]; j++) sum += values[j] * values[j];
    norm[k] = sum;
  }
  const order = Int32Array.from(use.keys());
  for (let pass = 0; pass < PASSES; pass++) {
    shuffle(order, source);
    let largest = 0;
    for (const k of order) {
      const row = use[k];
      const end = starts[row + 1];
      let score = weights[width];
      for (let j = starts[row]; j < end; j++) score += weights[indexes[j]] * values[j];
      const y = target[row];
      const gradient = hinge ? y * score - 1 + diagonal * alpha[k] : score - y + diagonal * alpha[k];
      let next = alpha[k] - gradient / (norm[k] + diagonal);
      if (hinge && next < 0) next = 0;
      const step = (next - alpha[k]) * (hinge ? y : 1);
      if (step === 0) continue;
      if (Math.abs(step) > largest) largest = Math.abs(step);
      alpha[k] = next;
      for (let j = starts[row]; j < end; j++) weights[indexes[j]] += step * values[j];
      weights[width] += step;
    }
    if (largest < TOLERANCE) break;
  }
  return weights;
}

/** Score of one row. */
export function sparseScore(rows: SparseRows, row: number, weights: Float64Array): number {
  let score = weights[rows.width];
  for (let j = rows.starts[row]; j < rows.starts[row + 1]; j++) score += weights[rows.indexes[j]] * rows.values[j];
  return score;
}
