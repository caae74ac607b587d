import { checkSameBins, sharesOf } from './counts.js';

/** Jensen-Shannon distance (square root of the divergence, natural logarithm), from 0 to sqrt(ln 2). @throws MW_STATS_INPUT */
export function jensenShannon(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  checkSameBins(reference, current);
  const p = sharesOf(reference);
  const q = sharesOf(current);
  let sum = 0;
  for (let b = 0; b < p.length; b++) {
    const middle = (p[b] + q[b]) / 2;
    if (p[b] > 0) sum += p[b] * Math.log(p[b] / middle);
    if (q[b] > 0) sum += q[b] * Math.log(q[b] / middle);
  }
  return Math.sqrt(Math.max(0, sum / 2));
}

/** Hellinger distance, from 0 to 1. @throws MW_STATS_INPUT */
export function hellinger(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  checkSameBins(reference, current);
  const p = sharesOf(reference);
  const q = sharesOf(current);
  let sum = 0;
  for (let b = 0; b < p.length; b++) sum += (Math.sqrt(p[b]) - Math.sqrt(q[b])) ** 2;
  return Math.sqrt(sum / 2);
}

/** Largest difference of shares (TFDV's L-infinity), from 0 to 1. @throws MW_STATS_INPUT */
export function largestDifference(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  checkSameBins(reference, current);
  const p = sharesOf(reference);
  const q = sharesOf(current);
  let largest = 0;
  for (let b = 0; b < p.length; b++) largest = Math.max(largest, Math.abs(p[b] - q[b]));
  return largest;
}
