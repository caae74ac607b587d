import type { Matrix } from '../estimator.js';
import { dealFolds, dealSparseFolds } from '../margins/deal-folds.js';
import { type SparseRows, sparseRows, takeMatrixRows } from '../sparse.js';

/** Rows that machines learn from. All sums go by rising features, so that both kinds give the same bits. */
export interface Points {
  readonly count: number;
  readonly inputs: number;
  /** `start` plus weight times value of a row. */
  score(row: number, weights: Float64Array, start: number): number;
  /** `start` plus the squares of the values of a row. */
  squares(row: number, start: number): number;
  /** Adds a multiple of a row to the weights. */
  addTo(weights: Float64Array, row: number, factor: number): void;
  take(rows: Uint32Array): Points;
  /** Parts for out-of-fold scores, see `dealFolds`. */
  deal(target: Float64Array, seed: number): Uint8Array;
}

/** The given rows of a matrix, which rise; without their zeros when it has sparse columns. */
export function pointsOf(matrix: Matrix, rows: Uint32Array): Points {
  const inputs = matrix.columns.length;
  if (matrix.sparse) return sparsePoints(sparseRows(takeMatrixRows(matrix, rows)), inputs);
  const values = new Float64Array(rows.length * inputs);
  rows.forEach((row, i) => {
    for (let j = 0; j < inputs; j++) values[i * inputs + j] = matrix.columns[j][row];
  });
  return densePoints(values, rows.length, inputs);
}

/** @param values row-major, `inputs` a row */
export function densePoints(values: Float64Array, count: number, inputs: number): Points {
  return {
    count,
    inputs,
    score(row, weights, start) {
      let sum = start;
      for (let j = 0, at = row * inputs; j < inputs; j++, at++) sum += weights[j] * values[at];
      return sum;
    },
    squares(row, start) {
      let sum = start;
      for (let at = row * inputs; at < (row + 1) * inputs; at++) sum += values[at] ** 2;
      return sum;
    },
    addTo(weights, row, factor) {
      for (let j = 0, at = row * inputs; j < inputs; j++, at++) weights[j] += factor * values[at];
    },
    take(rows) {
      const part = new Float64Array(rows.length * inputs);
      rows.forEach((row, i) => part.set(values.subarray(row * inputs, (row + 1) * inputs), i * inputs));
      return densePoints(part, rows.length, inputs);
    },
    deal: (target, seed) => dealFolds(values, inputs, target, seed),
  };
}

function sparsePoints(rows: SparseRows, inputs: number): Points {
  const { starts, features, values } = rows;
  const count = starts.length - 1;
  return {
    count,
    inputs,
    score(row, weights, start) {
      let sum = start;
      for (let k = starts[row]; k < starts[row + 1]; k++) sum += weights[features[k]] * values[k];
      return sum;
    },
    squares(row, start) {
      let sum = start;
      for (let k = starts[row]; k < starts[row + 1]; k++) sum += values[k] ** 2;
      return sum;
    },
    addTo(weights, row, factor) {
      for (let k = starts[row]; k < starts[row + 1]; k++) weights[features[k]] += factor * values[k];
    },
    take(chosen) {
      const ends = new Uint32Array(chosen.length + 1);
      chosen.forEach((row, i) => {
        ends[i + 1] = ends[i] + starts[row + 1] - starts[row];
      });
      const part = {
        starts: ends,
        features: new Uint32Array(ends[chosen.length]),
        values: new Float64Array(ends[chosen.length]),
      };
      chosen.forEach((row, i) => {
        part.features.set(features.subarray(starts[row], starts[row + 1]), ends[i]);
        part.values.set(values.subarray(starts[row], starts[row + 1]), ends[i]);
      });
      return sparsePoints(part, inputs);
    },
    deal: (target, seed) => dealSparseFolds(rows, target, seed),
  };
}
