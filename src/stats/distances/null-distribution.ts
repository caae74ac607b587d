import type { WindowSpread } from '../day-spread.js';
import { fSurvival, fUpperQuantile } from '../distributions/f.js';

/** How PSI is distributed where nothing has drifted. */
export interface PsiNull {
  /** How likely PSI is above x. */
  survival(x: number): number;
  /** What PSI exceeds with probability `tail`. */
  quantile(tail: number): number;
}

/**
 * The distribution of PSI (of Pearson's statistic, in the same units) between n reference rows and m current ones over so many parts when
 * nothing has drifted. Of independent rows it is s = 1/n + 1/m times chi-squared with parts - 1 degrees of freedom (Yurdakul, 2018). Where
 * days differ by themselves, a window's days add `excess` to what is expected; such a difference goes into `rank` directions, so
 * that the sum is taken as s times chi-squared of the parts plus excess / rank times chi-squared of the rank, with the curve of Pearson's
 * third type that has the same mean, variance and skewness (Imhof, 1961): exact at both ends. That the spread is itself an estimate
 * from a few days turns its chi-squared into an F, as in the tests of survey statistics (Rao and Scott, 1981; Thomas and Rao, 1987).
 */
export function psiNull(n: number, m: number, parts: number, days: WindowSpread | null): PsiNull {
  const unit = 1 / n + 1 / m;
  const ofRows = Math.max(1, parts - 1);
  const ofDays = (days?.excess ?? 0) / unit;
  const rank = days?.rank ?? 1;
  const variance = 2 * ofRows + (2 * ofDays ** 2) / rank;
  const third = 8 * ofRows + (8 * ofDays ** 3) / rank ** 2;
  const freedom = (8 * variance ** 3) / third ** 2;
  const scale = third / (4 * variance);
  const varying = scale * freedom;
  const shift = ofRows + ofDays - varying;
  const below =
    ofDays > 0 ? (days?.freedom ?? Number.POSITIVE_INFINITY) * Math.max(1, (varying / ofDays) ** 2) : Number.POSITIVE_INFINITY;
  return {
    survival: (x) => fSurvival((x / unit - shift) / varying, freedom, below),
    quantile: (tail) => unit * (shift + varying * fUpperQuantile(tail, freedom, below)),
  };
}
