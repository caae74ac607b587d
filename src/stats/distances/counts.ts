import { fail } from '../../base/error.js';

/**
 * Shares of counts. With a `floor`, an empty bin gets that share (and the others keep theirs), as Evidently does before logarithms.
 * @throws MW_STATS_INPUT when there is no count at all
 */
export function sharesOf(counts: ArrayLike<number>, floor = 0): Float64Array {
  let total = 0;
  for (let b = 0; b < counts.length; b++) total += counts[b];
  if (!(total > 0)) fail('MW_STATS_INPUT', { what: `There is nothing to compare: ${counts.length} bins hold no rows.` });
  const shares = new Float64Array(counts.length);
  for (let b = 0; b < counts.length; b++) shares[b] = counts[b] === 0 ? floor : counts[b] / total;
  return shares;
}

/** @throws MW_STATS_INPUT when two sets of counts are not over the same bins */
export function checkSameBins(reference: ArrayLike<number>, current: ArrayLike<number>): void {
  if (reference.length !== current.length || reference.length === 0)
    fail('MW_STATS_INPUT', { what: `${reference.length} bins cannot be compared with ${current.length}.` });
}
