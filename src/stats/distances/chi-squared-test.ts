import { chiSquaredSurvival } from '../distributions/chi-squared.js';
import { checkSameBins, sharesOf } from './counts.js';

/**
 * Pearson's test that current counts have the reference's shares (the reference taken as exact, as Evidently does). A count where
 * the reference has none is impossible under it: statistic Infinity, p 0.
 * @throws MW_STATS_INPUT
 */
export function chiSquaredTest(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
): { readonly statistic: number; readonly p: number; readonly freedom: number } {
  checkSameBins(reference, current);
  const shares = sharesOf(reference);
  let total = 0;
  for (let b = 0; b < current.length; b++) total += current[b];
  let statistic = 0;
  let bins = 0;
  for (let b = 0; b < shares.length; b++) {
    const expected = shares[b] * total;
    if (expected === 0 && current[b] === 0) continue;
    bins++;
    statistic += expected === 0 ? Number.POSITIVE_INFINITY : (current[b] - expected) ** 2 / expected;
  }
  const freedom = bins - 1;
  return { statistic, p: freedom > 0 ? chiSquaredSurvival(statistic, freedom) : 1, freedom };
}
