import { logGamma } from '../distributions/gamma.js';
import { psi } from './psi.js';
import { CHANCE, type PsiTest } from './psi-test.js';

/**
 * Test of values that lie where no reference value does: below the least, above the largest, or between two that make up a large part.
 * Of n reference values, `gaps` of the n + 1 spaces between them are such places, so that a new value falls there with probability
 * gaps / (n + 1), and how many of m do has an exact distribution whatever the values' own is (the exceedances of Gumbel and von
 * Schelling, 1950). Days that differ leave fewer independent rows: `effect` is how many rows count as one, on either side.
 */
export function exceedanceTest(
  gaps: number,
  referenceRows: number,
  hits: number,
  rows: number,
  effect: { readonly reference: number; readonly live: number } = { reference: 1, live: 1 },
): PsiTest {
  const n = Math.max(gaps, Math.round(referenceRows / effect.reference));
  const m = Math.max(1, Math.round(rows / effect.live));
  const tail = (of: number) => exceedanceSurvival(of, gaps, n, m);
  const effectOf = (share: number) => psi([gaps, referenceRows + 1 - gaps], [share, 1 - share]);
  let few = 0;
  let many = m + 1;
  while (many - few > 1) {
    const middle = (few + many) >>> 1;
    if (tail(middle) > CHANCE) few = middle;
    else many = middle;
  }
  return {
    psi: hits === 0 ? 0 : effectOf(hits / rows),
    chance: many > m ? Number.POSITIVE_INFINITY : effectOf((many - 1) / m),
    p: hits === 0 ? 1 : tail(Math.min(m, Math.max(1, Math.floor(hits / effect.live)))),
  };
}

/** How likely at least `hits` of m new values fall into `gaps` of the spaces that n values leave: the upper tail of a beta-binomial. */
export function exceedanceSurvival(hits: number, gaps: number, n: number, m: number): number {
  if (hits <= 0) return 1;
  let term = Math.exp(logChoose(gaps - 1 + hits, hits) + logChoose(n - gaps + m - hits, m - hits) - logChoose(n + m, m));
  let sum = 0;
  for (let k = hits; k <= m; k++) {
    sum += term;
    const next = term * (((gaps + k) / (k + 1)) * ((m - k) / (n - gaps + m - k)));
    if (next < term && next < sum * 1e-12) break;
    term = next;
  }
  return Math.min(1, sum);
}

const logChoose = (n: number, k: number) => logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
