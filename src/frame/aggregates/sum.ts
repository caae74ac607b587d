import type { Aggregate } from './aggregate.js';
import { addPair, addTo } from './double-double.js';

/** State: number of values, sum as a pair. */
export const sumState: Pick<Aggregate, 'size' | 'leaving' | 'init' | 'add' | 'merge'> = {
  size: 3,
  leaving: {
    kind: 'inverse',
    remove: (state, at, value) => {
      state[at]--;
      if (state[at] === 0) {
        state[at + 1] = 0;
        state[at + 2] = 0;
      } else addTo(state, at + 1, -value);
    },
  },
  init: (state, at) => {
    state[at] = 0;
    state[at + 1] = 0;
    state[at + 2] = 0;
  },
  add: (state, at, value) => {
    state[at]++;
    addTo(state, at + 1, value);
  },
  merge: (state, at, other, from) => {
    state[at] += other[from];
    addPair(state, at + 1, other[from + 1], other[from + 2]);
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
