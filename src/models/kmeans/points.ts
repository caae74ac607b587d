/** Rows to be clustered: row-major values and weights above zero. */
export interface Points {
  readonly count: number;
  readonly inputs: number;
  readonly values: Float64Array;
  readonly weight: Float64Array;
}

/** Squared Euclidean distance of two places in row-major values. */
export function squaredDistance(a: Float64Array, aAt: number, b: Float64Array, bAt: number, inputs: number): number {
  let sum = 0;
  for (let j = 0; j < inputs; j++) {
    const away = a[aAt + j] - b[bAt + j];
    sum += away * away;
  }
  return sum;
}
