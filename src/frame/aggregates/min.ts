import type { Aggregate } from './aggregate.js';

export const min: Aggregate = Object.freeze({
  name: 'min',
  doc: 'The smallest value; of nothing missing.',
  size: 1,
  leaving: { kind: 'queue', dominates: (later, earlier) => later <= earlier },
  fromMoments: null,
  init: (state, at) => {
    state[at] = Number.NaN;
  },
  add: (state, at, value) => {
    if (!(state[at] < value)) state[at] = value;
  },
  merge: (state, at, other, from) => {
    if (other[from] <= state[at] || state[at] !== state[at]) state[at] = other[from];
  },
  value: (state, at) => state[at] + 0,
} satisfies Aggregate);
