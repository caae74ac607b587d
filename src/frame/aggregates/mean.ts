import type { Aggregate } from './aggregate.js';
import { sumState } from './sum.js';

export const mean: Aggregate = Object.freeze({
  ...sumState,
  name: 'mean',
  doc: 'Sum of the values by their number; of nothing missing.',
  fromMoments: (count: number, sum: number) => (count === 0 ? Number.NaN : (sum + 0) / count),
  value: (state: Float64Array, at: number) => (state[at] === 0 ? Number.NaN : (state[at + 1] + 0) / state[at]),
});
