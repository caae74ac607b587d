import type { WindowSpread } from '../day-spread.js';
import { logGamma } from '../distributions/gamma.js';
import { psiNull } from './null-distribution.js';
import { psi } from './psi.js';
import { CHANCE, type PsiTest, SPARSE } from './psi-test.js';

/**
 * PSI of a share (of missing values, say) and how likely chance gives as much: exact (Fisher, 1935, twice the smaller tail) where one
 * of the four counts is expected to be below five, else from chi-squared, and never less than the differences of `days` explain.
 */
export function shareTest(
  referenceHits: number,
  referenceRows: number,
  hits: number,
  rows: number,
  days: WindowSpread | null = null,
): PsiTest {
  const all = referenceHits + hits;
  const total = referenceRows + rows;
  const reference = [referenceHits, referenceRows - referenceHits];
  const current = [hits, rows - hits];
  const spread = psiNull(referenceRows, rows, 2, days);
  const chance = spread.quantile(CHANCE);
  if (all === 0 || all === total) return { psi: 0, chance, p: 1 };
  const value = psi(reference, current);
  const least = (Math.min(referenceRows, rows) * Math.min(all, total - all)) / total;
  const statistic = (total * (hits * referenceRows - referenceHits * rows) ** 2) / (all * (total - all) * rows * referenceRows);
  const spreadP = spread.survival(statistic * (1 / referenceRows + 1 / rows));
  const exact = least < SPARSE ? fisher(hits, rows, all, total) : null;
  const p = exact === null ? spreadP : days && days.excess > 0 ? Math.max(exact, spreadP) : exact;
  return { psi: value, chance, p };
}

const logChoose = (n: number, k: number) => logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);

/** Twice the smaller tail of the hypergeometric distribution: `hits` of `rows` drawn rows among `all` of `total`. */
function fisher(hits: number, rows: number, all: number, total: number): number {
  const mass = (k: number) => Math.exp(logChoose(all, k) + logChoose(total - all, rows - k) - logChoose(total, rows));
  const step = hits * total > rows * all ? 1 : -1;
  const end = step > 0 ? Math.min(rows, all) : Math.max(0, rows + all - total);
  let tail = 0;
  for (let k = hits; step > 0 ? k <= end : k >= end; k += step) {
    const term = mass(k);
    tail += term;
    if (term < tail * 1e-12) break;
  }
  return Math.min(1, 2 * tail);
}
