import { random, shuffle } from '../base/random.js';
import type { Fold } from './split-rows.js';
import type { TrainInput } from './train-model.js';

/** Most training rows that a search fits on; beyond, it works on a seeded sample and the final model is fitted on all rows. */
export const SEARCH_ROWS = 200_000;

/** The folds that trials fit on, and their training rows when those are a sample, else null. */
export function searchFolds({ plan, split, searchRows }: Pick<TrainInput, 'plan' | 'split' | 'searchRows'>): {
  readonly folds: readonly Fold[];
  readonly searchedOn: number | null;
} {
  const { seed } = plan.search;
  const limit = Math.min(searchRows ?? SEARCH_ROWS, plan.sample ?? Number.POSITIVE_INFINITY);
  const folds = split.folds.map(({ train, validation }, k) => ({
    train: sampledRows(train, limit, seed, `train ${k}`),
    validation: sampledRows(validation, limit, seed, `validation ${k}`),
  }));
  const sampled = folds.some((fold, k) => fold.train.length < (split.folds[k] as Fold).train.length);
  return { folds, searchedOn: sampled ? limit : null };
}

/** At most `limit` of the rows, seeded, in table order. */
export function sampledRows(rows: Int32Array, limit: number, seed: number, label: string): Int32Array {
  if (rows.length <= limit) return rows;
  return shuffle(rows.slice(), random(seed).fork('sample').fork(label)).slice(0, limit).sort();
}
