import { psi, psiNullQuantile } from './psi.js';

/** Fewest rows on either side that say anything about drift. */
export const LEAST_ROWS = 200;

export interface PsiVerdict {
  readonly state: 'drift' | 'quiet' | 'insufficient data';
  /** Null when there is insufficient data. */
  readonly psi: number | null;
  /** What chance alone reaches once in a thousand; null when there is insufficient data. */
  readonly chance: number | null;
  readonly rows: readonly [reference: number, current: number];
}

/**
 * Drift is an effect above `floor` that chance does not explain at these numbers of rows and filled bins; below 200 rows on either
 * side nothing is said.
 * @throws MW_STATS_INPUT when the bins differ in number
 */
export function judgePsi(reference: ArrayLike<number>, current: ArrayLike<number>, floor = 0.1): PsiVerdict {
  let n = 0;
  let m = 0;
  let filled = 0;
  for (let b = 0; b < reference.length; b++) {
    n += reference[b];
    m += current[b];
    if (reference[b] > 0 || current[b] > 0) filled++;
  }
  if (n < LEAST_ROWS || m < LEAST_ROWS) return { state: 'insufficient data', psi: null, chance: null, rows: [n, m] };
  const value = psi(reference, current);
  const chance = psiNullQuantile(n, m, filled);
  return { state: value > floor && value > chance ? 'drift' : 'quiet', psi: value, chance, rows: [n, m] };
}
