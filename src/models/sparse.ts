import type { Matrix, SparseColumn } from './estimator.js';

/** A numeric feature as it was given. */
export type FeatureColumn = Float64Array | SparseColumn;

/** Share of nonzeros above which a sparse column costs more than a dense one. */
const MOSTLY_ZERO = 0.5;

/** The features of a matrix, sparse ones that are hardly sparse as dense ones. */
export function columnsOf({ rows, columns, sparse }: Matrix): readonly FeatureColumn[] {
  if (!sparse) return columns;
  return columns.map((column, j) => {
    const without = sparse[j];
    if (!without) return column;
    return without.values.length > MOSTLY_ZERO * rows ? denseColumn(without, rows) : without;
  });
}

export function denseColumn({ indexes, values }: SparseColumn, rows: number): Float64Array {
  const out = new Float64Array(rows);
  for (let k = 0; k < indexes.length; k++) out[indexes[k]] = values[k];
  return out;
}

/** The column without its zeros. */
export function sparseColumn(column: Float64Array): SparseColumn {
  let nonzeros = 0;
  for (let i = 0; i < column.length; i++) if (column[i] !== 0) nonzeros++;
  const indexes = new Uint32Array(nonzeros);
  const values = new Float64Array(nonzeros);
  for (let i = 0, k = 0; i < column.length; i++) {
    if (column[i] === 0) continue;
    indexes[k] = i;
    values[k++] = column[i];
  }
  return { indexes, values };
}

/** Columns of either kind as a matrix has them. */
export function splitColumns(given: readonly FeatureColumn[]): Pick<Matrix, 'columns' | 'sparse'> {
  if (given.every((column) => column instanceof Float64Array)) return { columns: given };
  return {
    columns: given.map((column) => (column instanceof Float64Array ? column : new Float64Array(0))),
    sparse: given.map((column) => (column instanceof Float64Array ? undefined : column)),
  };
}

/** The given rows of a matrix, which rise. */
export function takeMatrixRows(matrix: Matrix, rows: Uint32Array): Matrix {
  const pick = (column: Float64Array): Float64Array => Float64Array.from(rows, (row) => column[row]);
  const { columns, sparse } = matrix;
  if (!sparse) return { ...matrix, rows: rows.length, columns: columns.map(pick) };
  const places = new Int32Array(matrix.rows).fill(-1);
  rows.forEach((row, place) => {
    places[row] = place;
  });
  return {
    ...matrix,
    rows: rows.length,
    columns: columns.map((column, j) => (sparse[j] ? column : pick(column))),
    sparse: sparse.map((column) => column && takeSparse(column, places)),
  };
}

/** @param places new place of each row, -1 for one that is left out */
function takeSparse({ indexes, values }: SparseColumn, places: Int32Array): SparseColumn {
  const kept = indexes.map((_, k) => k).filter((k) => places[indexes[k]] >= 0);
  return { indexes: kept.map((k) => places[indexes[k]]), values: Float64Array.from(kept, (k) => values[k]) };
}

/**
 * Rows of a matrix without their zeros: row i has `values[k]` of feature `features[k]` for k from starts[i] to starts[i + 1], features rising.
 */
export interface SparseRows {
  readonly starts: Uint32Array;
  readonly features: Uint32Array;
  readonly values: Float64Array;
}

export function sparseRows({ rows, columns, sparse }: Pick<Matrix, 'rows' | 'columns' | 'sparse'>): SparseRows {
  const starts = new Uint32Array(rows + 1);
  const each = (visit: (row: number, value: number, feature: number) => void): void =>
    columns.forEach((column, j) => {
      const without = sparse?.[j];
      if (without) {
        const { indexes, values } = without;
        for (let k = 0; k < indexes.length; k++) if (values[k] !== 0) visit(indexes[k], values[k], j);
      } else for (let i = 0; i < rows; i++) if (column[i] !== 0) visit(i, column[i], j);
    });
  each((row) => {
    starts[row + 1]++;
  });
  for (let i = 0; i < rows; i++) starts[i + 1] += starts[i];
  const next = starts.slice(0, rows);
  const features = new Uint32Array(starts[rows]);
  const values = new Float64Array(starts[rows]);
  each((row, value, feature) => {
    const k = next[row]++;
    features[k] = feature;
    values[k] = value;
  });
  return { starts, features, values };
}

/** Sum of products of values, one a row, and a column, by rising rows. */
export function dot(values: Float64Array, column: FeatureColumn): number {
  let sum = 0;
  if (column instanceof Float64Array) for (let i = 0; i < column.length; i++) sum += values[i] * column[i];
  else {
    const { indexes, values: nonzeros } = column;
    for (let k = 0; k < indexes.length; k++) sum += values[indexes[k]] * nonzeros[k];
  }
  return sum;
}

/** Weighted sum of the squares of a column, by rising rows. */
export function weightedSquares(weight: Float64Array, column: FeatureColumn): number {
  let sum = 0;
  if (column instanceof Float64Array) for (let i = 0; i < column.length; i++) sum += weight[i] * column[i] ** 2;
  else {
    const { indexes, values } = column;
    for (let k = 0; k < indexes.length; k++) sum += weight[indexes[k]] * values[k] ** 2;
  }
  return sum;
}

/** Adds a multiple of a column to values, one a row. */
export function addScaled(to: Float64Array, factor: number, column: FeatureColumn): void {
  if (column instanceof Float64Array) for (let i = 0; i < column.length; i++) to[i] += factor * column[i];
  else {
    const { indexes, values } = column;
    for (let k = 0; k < indexes.length; k++) to[indexes[k]] += factor * values[k];
  }
}
