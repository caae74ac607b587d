import type { Aggregate } from './aggregate.js';
import { addPair, addTo, squareError } from './double-double.js';

const addSquare = (state: Float64Array, at: number, value: number, sign: number) => {
  const square = value * value;
  addTo(state, at, sign * square);
  addTo(state, at, sign * squareError(value, square));
};
const scratch = new Float64Array(2);

const SIZE = 6;
const PEAK = 5;
/** The largest square beside the sum of the squares from which on so many digits of this one went under that it is made anew. */
const STALE = 4;
/** Part of the sum of the squares below which what is left of it is rounding: values equal to 46 of their 53 bits. */
const ROUNDING = 2 ** -92;

/** State: number of values, sum as a pair, sum of squares as a pair, largest magnitude. */
export const variance: Aggregate = Object.freeze({
  name: 'variance',
  doc: 'Population variance of the values; of nothing missing, of one 0.',
  size: SIZE,
  leaving: {
    kind: 'inverse',
    remove: (state, at, value) => {
      state[at]--;
      if (state[at] === 0) state.fill(0, at, at + SIZE);
      else {
        addTo(state, at + 1, -value);
        addSquare(state, at + 3, value, -1);
      }
    },
    isStale: (state, at) => state[at + PEAK] * state[at + PEAK] > STALE * Math.max(0, state[at + 3]),
  },
  fromMoments: null,
  init: (state, at) => {
    state.fill(0, at, at + SIZE);
  },
  add: (state, at, value) => {
    state[at]++;
    addTo(state, at + 1, value);
    addSquare(state, at + 3, value, 1);
    const size = Math.abs(value);
    if (size > state[at + PEAK]) state[at + PEAK] = size;
  },
  merge: (state, at, other, from) => {
    state[at] += other[from];
    addPair(state, at + 1, other[from + 1], other[from + 2]);
    addPair(state, at + 3, other[from + 3], other[from + 4]);
    state[at + PEAK] = Math.max(state[at + PEAK], other[from + PEAK]);
  },
  value: (state, at) => {
    const n = state[at];
    if (n === 0) return Number.NaN;
    if (n === 1) return 0;
    // Squares around the mean, (sum of squares) - (2 sum - n mean) mean, in pairs: the cancelling digits are not lost.
    const average = state[at + 1] / n;
    scratch[0] = state[at + 3];
    scratch[1] = state[at + 4];
    subtractProduct(scratch, 2 * state[at + 1], average);
    subtractProduct(scratch, 2 * state[at + 2], average);
    const square = average * average;
    const error = squareError(average, square);
    subtractProduct(scratch, -n, square);
    subtractProduct(scratch, -n, error);
    return scratch[0] > ROUNDING * state[at + 3] ? scratch[0] / n : 0;
  },
} satisfies Aggregate);

const SPLITTER = 134_217_729;
function subtractProduct(state: Float64Array, x: number, y: number): void {
  const product = x * y;
  const s = SPLITTER * x;
  const xHigh = s - (s - x);
  const xLow = x - xHigh;
  const t = SPLITTER * y;
  const yHigh = t - (t - y);
  const yLow = y - yHigh;
  addTo(state, 0, -product);
  addTo(state, 0, -(xHigh * yHigh - product + xHigh * yLow + xLow * yHigh + xLow * yLow));
}
