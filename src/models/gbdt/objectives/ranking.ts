import { exp, log } from '../../../kernels/math.js';
import type { TrainingData } from '../../estimator.js';

/** Largest grade of relevance: gains are 2^grade - 1. */
export const MOST_GRADE = 30;

const LOG2 = log(2);

/** Gain of a grade, and the discount of a place counted from 0. */
export const gainOf = (grade: number): number => (1 << grade) - 1;
const discountOf = (place: number): number => LOG2 / log(2 + place);
export const log2 = (x: number): number => log(x) / LOG2;
/** The chance that a score ahead by `ahead` is wrong. */
export const wrongOf = (ahead: number): number => 1 / (1 + exp(ahead));

/** The rows of each query, one query after another, what the best order of each would earn, and the discounts of the places. */
export interface Queries {
  /** First row of each query, and the number of rows. */
  readonly begin: Uint32Array;
  /** Largest discounted gain among the first `cut` places. */
  readonly best: Float64Array;
  /** Discount of each place of the longest query. */
  readonly discounts: Float64Array;
}

export function queriesOf({ group, target }: TrainingData, cut: number): Queries {
  const sizes = group ?? Uint32Array.of(target.length);
  const begin = new Uint32Array(sizes.length + 1);
  const best = new Float64Array(sizes.length);
  const longest = sizes.reduce((most, size) => Math.max(most, size), 0);
  const discounts = Float64Array.from({ length: longest }, (_, place) => discountOf(place));
  for (let q = 0; q < sizes.length; q++) {
    begin[q + 1] = begin[q] + sizes[q];
    const grades = target
      .slice(begin[q], begin[q + 1])
      .sort()
      .toReversed();
    for (let place = 0; place < Math.min(cut, grades.length); place++) best[q] += gainOf(grades[place]) * discounts[place];
  }
  return { begin, best, discounts };
}

/** Rows of a query by falling score; equal scores stay in row order. */
export function ranked(scores: Float64Array, from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, k) => from + k).sort((a, b) => scores[b] - scores[a] || a - b);
}

/** Mean normalised discounted gain among the first `cut` places (Jarvelin and Kekalainen 2002), by weight; 1 where no grade is above 0. */
export function meanNdcg(scores: Float64Array, data: TrainingData, { begin, best, discounts }: Queries, cut: number): number {
  let sum = 0;
  let total = 0;
  for (let q = 0; q < best.length; q++) {
    const w = data.weight ? data.weight[begin[q]] : 1;
    total += w;
    if (best[q] === 0) {
      sum += w;
      continue;
    }
    let gained = 0;
    const order = ranked(scores, begin[q], begin[q + 1]);
    for (let place = 0; place < Math.min(cut, order.length); place++)
      gained += gainOf(data.target[order[place]]) * discounts[place];
    sum += (w * gained) / best[q];
  }
  return sum / total;
}
