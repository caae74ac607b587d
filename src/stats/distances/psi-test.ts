import type { WindowSpread } from '../day-spread.js';
import { psiNull } from './null-distribution.js';
import { psi } from './psi.js';

/** Fewest rows on either side that say anything about drift. */
export const LEAST_ROWS = 200;
/** Bins expected to hold fewer rows than this on the smaller side are counted as one: chi-squared means nothing for them. */
export const SPARSE = 5;

/** How often chance alone may exceed what is called chance. */
export const CHANCE = 0.001;

export interface PsiTest {
  readonly psi: number;
  /** What PSI exceeds once in a thousand by chance alone. */
  readonly chance: number;
  /** How likely chance alone gives as much. */
  readonly p: number;
}

/**
 * PSI of two sets of counts over the same bins, sparse bins counted as one, and how likely chance gives as
 * much at these numbers of rows and bins, where days differ by no more than `days` says (independent rows unless given); null when a
 * side has no rows.
 * @throws MW_STATS_INPUT when the bins differ in number
 */
export function psiTest(reference: ArrayLike<number>, current: ArrayLike<number>, days?: WindowSpread | null): PsiTest | null {
  let n = 0;
  let m = 0;
  for (let b = 0; b < reference.length; b++) {
    n += reference[b];
    m += current[b];
  }
  if (n === 0 || m === 0) return null;
  const least = (SPARSE * (n + m)) / Math.min(n, m);
  const a: number[] = [];
  const c: number[] = [];
  let restA = 0;
  let restC = 0;
  for (let b = 0; b < reference.length; b++) {
    if (reference[b] + current[b] >= least) {
      a.push(reference[b]);
      c.push(current[b]);
    } else {
      restA += reference[b];
      restC += current[b];
    }
  }
  if (restA + restC > 0) {
    a.push(restA);
    c.push(restC);
  }
  const chance = psiNull(n, m, a.length, days ?? null);
  return { psi: psi(a, c), chance: chance.quantile(CHANCE), p: a.length < 2 ? 1 : chance.survival(homogeneity(a, c, n, m)) };
}

/** Pearson's statistic of two sides in units of PSI: nearer to its distribution than PSI, whose logarithms exaggerate small counts. */
function homogeneity(a: readonly number[], c: readonly number[], n: number, m: number): number {
  let statistic = 0;
  for (let b = 0; b < a.length; b++) statistic += (a[b] * m - c[b] * n) ** 2 / (a[b] + c[b]);
  return (statistic / (n * m)) * (1 / n + 1 / m);
}
