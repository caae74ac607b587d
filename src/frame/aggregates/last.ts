import type { Aggregate } from './aggregate.js';

/** State: value, time. */
export const last: Aggregate = Object.freeze({
  name: 'last',
  doc: 'The value of the latest event (by event time, then availability, then row order); of nothing missing.',
  size: 2,
  leaving: { kind: 'queue', dominates: () => true },
  fromMoments: null,
  init: (state, at) => {
    state[at] = Number.NaN;
    state[at + 1] = Number.NEGATIVE_INFINITY;
  },
  add: (state, at, value, time) => {
    if (time >= state[at + 1]) {
      state[at] = value;
      state[at + 1] = time;
    }
  },
  merge: (state, at, other, from) => {
    if (other[from] === other[from] && other[from + 1] >= state[at + 1]) {
      state[at] = other[from];
      state[at + 1] = other[from + 1];
    }
  },
  value: (state, at) => state[at] + 0,
} satisfies Aggregate);
