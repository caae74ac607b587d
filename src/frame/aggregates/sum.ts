import type { Aggregate } from './aggregate.js';
import { addLosing, addPair } from './double-double.js';

const PEAK = 3;
const LOST = 4;
/** Part of the largest value from which on a value that leaves may have been what digits went under in. */
const LARGE = 2 ** -10;

/** State: number of values, sum as a pair, largest magnitude, and whether digits were lost: 1, or 2 once the large values have left. */
export const sumState: Pick<Aggregate, 'size' | 'leaving' | 'init' | 'add' | 'merge'> = {
  size: 5,
  leaving: {
    kind: 'inverse',
    remove: (state, at, value) => {
      state[at]--;
      if (state[at] === 0) {
        state.fill(0, at, at + 5);
        return;
      }
      if (addLosing(state, at + 1, -value)) state[at + LOST] ||= 1;
      if (state[at + LOST] === 1 && Math.abs(value) >= LARGE * state[at + PEAK]) state[at + LOST] = 2;
    },
    isStale: (state, at) => state[at + LOST] === 2,
  },
  init: (state, at) => {
    state.fill(0, at, at + 5);
  },
  add: (state, at, value) => {
    state[at]++;
    if (addLosing(state, at + 1, value)) state[at + LOST] ||= 1;
    const size = Math.abs(value);
    if (size > state[at + PEAK]) state[at + PEAK] = size;
  },
  merge: (state, at, other, from) => {
    state[at] += other[from];
    addPair(state, at + 1, other[from + 1], other[from + 2]);
    state[at + PEAK] = Math.max(state[at + PEAK], other[from + PEAK]);
    state[at + LOST] = Math.max(state[at + LOST], other[from + LOST]);
  },
};

export const sum: Aggregate = Object.freeze({
  ...sumState,
  name: 'sum',
  doc: 'Sum of the values; of nothing 0.',
  fromMoments: (_: number, total: number) => total + 0,
  // Never a negative zero: it would tell in which order events came and went.
  value: (state: Float64Array, at: number) => state[at + 1] + 0,
});
