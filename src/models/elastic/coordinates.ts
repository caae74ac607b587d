import type { SparseColumn } from '../estimator.js';
import { dot } from '../sparse.js';

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
  let squares = 0;
  for (let i = 0; i < centred.length; i++) squares += share[i] * centred[i] * centred[i];
  return {
    mean,
    squares,
    // The offset falls out: the centred column has no mean.
    slope(start) {
      let sum = start;
      for (let i = 0; i < centred.length; i++) sum += share[i] * centred[i] * values[i];
      return sum;
    },
    move(step) {
      for (let i = 0; i < centred.length; i++) values[i] -= step * centred[i];
    },
  };
}

export function sparseCoordinate({ indexes, values: nonzeros }: SparseColumn, residuals: Residuals): Coordinate {
  const { share, values } = residuals;
  const weighted = nonzeros.map((value, k) => share[indexes[k]] * value);
  let mean = 0;
  for (let k = 0; k < weighted.length; k++) mean += weighted[k];
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
    slope(start) {
      let sum = start + residuals.offset * mean;
      for (let k = 0; k < indexes.length; k++) sum += weighted[k] * values[indexes[k]];
      return sum;
    },
    move(step) {
      for (let k = 0; k < indexes.length; k++) values[indexes[k]] -= step * nonzeros[k];
      residuals.offset += step * mean;
    },
  };
}
