import type { Aggregate } from './aggregate.js';

export const count: Aggregate = Object.freeze({
  name: 'count',
  doc: 'Number of events; of nothing 0.',
  size: 1,
  leaving: {
    kind: 'inverse',
    remove: (state, at) => {
      state[at]--;
    },
    isStale: () => false,
  },
  fromMoments: (count) => count,
  init: (state, at) => {
    state[at] = 0;
  },
  add: (state, at) => {
    state[at]++;
  },
  merge: (state, at, other, from) => {
    state[at] += other[from];
  },
  value: (state, at) => state[at],
} satisfies Aggregate);
