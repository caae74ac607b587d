import type { SparseColumn } from '../estimator.js';
import { addScaled, dot } from '../sparse.js';

/**
 * What the weights so far leave of the target, row by row: `values[i]` + `offset`, whose weighted mean is zero. Sparse columns change the
 * offset where a centred one would change every row.
 */
export class Residuals {
  readonly share: Float64Array;
  readonly values: Float64Array;
  offset = 0;

  /** @param share weights of the rows, which add up to one */
  constructor(share: Float64Array, values: Float64Array) {
    this.share = share;
    this.values = values;
  }

  /** Sets the offset anew, so that rounding does not add up. */
  centre(): void {
    this.offset = -dot(this.share, this.values);
  }
}

/** A feature less its mean. */
export interface Coordinate {
  readonly mean: number;
  /** Weighted mean of its squares. */
  readonly squares: number;
  /** `start` plus the weighted mean of its products with the residuals. */
  slope(start: number): number;
  /** Takes `step` times the feature from the residuals. */
  move(step: number): void;
}

export function denseCoordinate(column: Float64Array, { share, values }: Residuals): Coordinate {
  const mean = dot(share, column);
  const centred = column.map((value) => value - mean);
  return {
    mean,
    squares: sumOfProducts(share, centred, centred),
    // The offset falls out: the centred column has no mean.
    slope: (start) => start + sumOfProducts(share, centred, values),
    move: (step) => addScaled(values, -step, centred),
  };
}

/** Four running sums, added in a fixed order. */
function sumOfProducts(a: Float64Array, b: Float64Array, c: Float64Array): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = 0;
  for (; i + 4 <= a.length; i += 4) {
    s0 += a[i] * b[i] * c[i];
    s1 += a[i + 1] * b[i + 1] * c[i + 1];
    s2 += a[i + 2] * b[i + 2] * c[i + 2];
    s3 += a[i + 3] * b[i + 3] * c[i + 3];
  }
  for (; i < a.length; i++) s0 += a[i] * b[i] * c[i];
  return s0 + s1 + (s2 + s3);
}

export function sparseCoordinate(column: SparseColumn, residuals: Residuals): Coordinate {
  const { share, values } = residuals;
  const { indexes, values: nonzeros } = column;
  const products = { indexes, values: nonzeros.map((value, k) => share[indexes[k]] * value) };
  const mean = dot(share, column);
  let zeros = 1;
  let squares = 0;
  for (let k = 0; k < indexes.length; k++) {
    zeros -= share[indexes[k]];
    squares += share[indexes[k]] * (nonzeros[k] - mean) ** 2;
  }
  squares += Math.max(0, zeros) * mean * mean;
  return {
    mean,
    squares,
    // The mean falls out: the residuals have none.
    slope: (start) => start + residuals.offset * mean + dot(values, products),
    move(step) {
      addScaled(values, -step, column);
      residuals.offset += step * mean;
    },
  };
}
