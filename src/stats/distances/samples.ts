import { fail } from '../../base/error.js';
import { kolmogorovSurvival, twoSampleSurvival } from '../distributions/kolmogorov.js';

/** Most steps of the exact Kolmogorov-Smirnov distribution; the limiting one is used beyond. */
const EXACT_STEPS = 1e7;

/** Two-sample Kolmogorov-Smirnov: p exact up to n x m = 10 million (assuming no ties), else from the limit. @throws MW_STATS_INPUT */
export function kolmogorovSmirnov(a: Float64Array, b: Float64Array): { readonly d: number; readonly p: number } {
  let d = 0;
  walk(a, b, (below, notAbove) => {
    d = Math.max(d, Math.abs(below - notAbove));
  });
  const n = a.length;
  const m = b.length;
  const p = n * m <= EXACT_STEPS ? twoSampleSurvival(d, n, m) : kolmogorovSurvival(d * Math.sqrt((n * m) / (n + m)));
  return { d, p };
}

/** Wasserstein-1 distance in units of the values. @throws MW_STATS_INPUT */
export function wasserstein(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  walk(a, b, (fa, fb, width) => {
    sum += Math.abs(fa - fb) * width;
  });
  return sum;
}

/** Energy distance (Szekely and Rizzo). @throws MW_STATS_INPUT */
export function energyDistance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  walk(a, b, (fa, fb, width) => {
    sum += (fa - fb) ** 2 * width;
  });
  return Math.sqrt(2 * sum);
}

/** Both distribution functions after each distinct value, with the width to the next one. */
function walk(a: Float64Array, b: Float64Array, step: (fa: number, fb: number, width: number) => void): void {
  for (const sample of [a, b])
    if (sample.length === 0 || !sample.every(Number.isFinite))
      fail('MW_STATS_INPUT', { what: `A sample of ${sample.length} values is empty or holds missing or infinite ones.` });
  const x = a.slice().sort();
  const y = b.slice().sort();
  let i = 0;
  let j = 0;
  while (i < x.length || j < y.length) {
    const value = i < x.length && (j >= y.length || x[i] <= y[j]) ? x[i] : y[j];
    while (i < x.length && x[i] === value) i++;
    while (j < y.length && y[j] === value) j++;
    const next = Math.min(i < x.length ? x[i] : Number.POSITIVE_INFINITY, j < y.length ? y[j] : Number.POSITIVE_INFINITY);
    step(i / x.length, j / y.length, next === Number.POSITIVE_INFINITY ? 0 : next - value);
  }
}
