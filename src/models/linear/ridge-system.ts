import type { FeatureColumn } from '../sparse.js';

/** Least squares with a ridge penalty: the weights w of the columns less their shifts with (X'WX + l2) w = X'W (target - mean). */
export interface RidgeSystem {
  readonly columns: readonly FeatureColumn[];
  /** Weighted mean of each sparse column; 0 for dense ones, which have none. */
  readonly shifts: Float64Array;
  readonly weight: Float64Array;
  /** Sum of the weights. */
  readonly total: number;
  readonly target: Float64Array;
  readonly targetMean: number;
  readonly l2: number;
}

/** Sum of products: of a dense column four running sums, added in a fixed order. */
export function pairwiseDot(a: FeatureColumn, b: Float64Array): number {
  let s0 = 0;
  if (!(a instanceof Float64Array)) {
    for (let k = 0; k < a.indexes.length; k++) s0 += a.values[k] * b[a.indexes[k]];
    return s0;
  }
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = 0;
  for (; i + 4 <= a.length; i += 4) {
    s0 += a[i] * b[i];
    s1 += a[i + 1] * b[i + 1];
    s2 += a[i + 2] * b[i + 2];
    s3 += a[i + 3] * b[i + 3];
  }
  for (; i < a.length; i++) s0 += a[i] * b[i];
  return s0 + s1 + (s2 + s3);
}
