/**
 * Sums kept as two doubles (hi, lo) without overlap, 106 bits (Dekker 1971; Knuth's two-sum). A sum whose terms lie within 105 bits
 * of one another is exact, so the order of adding and removing does not show.
 */

/** Adds x to the pair at `at`; afterwards the first of the pair is the sum rounded to a double. */
export function addTo(state: Float64Array, at: number, x: number): void {
  const hi = state[at];
  const sum = hi + x;
  const part = sum - hi;
  const rest = hi - (sum - part) + (x - part) + state[at + 1];
  const top = sum + rest;
  state[at] = top;
  state[at + 1] = rest - (top - sum);
}

/** The same; returns whether digits of x or of the sum were lost. */
export function addLosing(state: Float64Array, at: number, x: number): boolean {
  const hi = state[at];
  const lo = state[at + 1];
  const sum = hi + x;
  const part = sum - hi;
  const error = hi - (sum - part) + (x - part);
  const rest = error + lo;
  const top = sum + rest;
  state[at] = top;
  state[at + 1] = rest - (top - sum);
  const back = rest - error;
  return error - (rest - back) + (lo - back) !== 0;
}

/** Adds another pair to the pair at `at`. */
export function addPair(state: Float64Array, at: number, hi: number, lo: number): void {
  addTo(state, at, hi);
  addTo(state, at, lo);
}

const SPLITTER = 134_217_729;

/** x * x - p for p = the rounded square: the rounding error, exactly. */
export function squareError(x: number, p: number): number {
  const t = SPLITTER * x;
  const high = t - (t - x);
  const low = x - high;
  return high * high - p + 2 * high * low + low * low;
}
