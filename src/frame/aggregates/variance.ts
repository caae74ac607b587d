import type { Aggregate } from './aggregate.js';
import { addPair, addTo, squareError } from './double-double.js';

const addSquare = (state: Float64Array, at: number, value: number, sign: number) => {
  const square = value * value;
  addTo(state, at, sign * square);
  addTo(state, at, sign * squareError(value, square));
};
const scratch = new Float64Array(2);

/** State: number of values, sum as a pair, sum of squares as a pair. */
export const variance: Aggregate = Object.freeze({
  name: 'variance',
  doc: 'Population variance of the values; of nothing missing, of one 0.',
  size: 5,
  leaving: {
    kind: 'inverse',
    remove: (state, at, value) => {
      state[at]--;
      if (state[at] === 0) state.fill(0, at, at + 5);
      else {
        addTo(state, at + 1, -value);
        addSquare(state, at + 3, value, -1);
      }
    },
  },
  fromMoments: null,
  init: (state, at) => {
    state.fill(0, at, at + 5);
  },
  add: (state, at, value) => {
    state[at]++;
    addTo(state, at + 1, value);
    addSquare(state, at + 3, value, 1);
  },
  merge: (state, at, other, from) => {
    state[at] += other[from];
    addPair(state, at + 1, other[from + 1], other[from + 2]);
    addPair(state, at + 3, other[from + 3], other[from + 4]);
  },
  value: (state, at) => {
    const n = state[at];
    if (n === 0) return Number.NaN;
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
    return Math.max(0, scratch[0] / n);
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
