import { chiSquaredUpperQuantile } from '../distributions/chi-squared.js';
import { checkSameBins, sharesOf } from './counts.js';

/** Share that an empty bin is given (Evidently's). */
const EMPTY = 1e-4;

/**
 * Population stability index of two sets of counts over the same bins: sum of (p - q) ln(p / q), an empty bin counting as 1e-4.
 * @throws MW_STATS_INPUT
 */
export function psi(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  checkSameBins(reference, current);
  const p = sharesOf(reference, EMPTY);
  const q = sharesOf(current, EMPTY);
  let sum = 0;
  for (let b = 0; b < p.length; b++) sum += (p[b] - q[b]) * Math.log(p[b] / q[b]);
  return sum;
}

/** Kullback-Leibler divergence of the reference from the current rows in nats, an empty bin counting as 1e-4. */
export function kullbackLeibler(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  checkSameBins(reference, current);
  const p = sharesOf(reference, EMPTY);
  const q = sharesOf(current, EMPTY);
  let sum = 0;
  for (let b = 0; b < p.length; b++) sum += p[b] * Math.log(p[b] / q[b]);
  return sum;
}

/**
 * What PSI exceeds with probability `tail` when nothing has drifted, for n reference and m current rows: (1/n + 1/m) times the
 * quantile of chi-squared with bins - 1 degrees of freedom (Yurdakul, 2018).
 */
export function psiNullQuantile(n: number, m: number, bins: number, tail = 0.001): number {
  return (1 / n + 1 / m) * chiSquaredUpperQuantile(tail, Math.max(1, bins - 1));
}
