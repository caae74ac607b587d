import type { Random } from '../base/random.js';
import type { WeightedMetric } from './comparison-metrics.js';

/** The difference of two metrics on the same rows, with how sure it is. */
export interface PairedDifference {
  readonly difference: number;
  /** Ends of the central 95 % interval. */
  readonly low: number;
  readonly high: number;
  /** Share of resamples in which the difference is above `margin`. */
  readonly confidence: number;
}

/**
 * Paired bootstrap (Efron and Tibshirani, 1993, chapter 16): rows are drawn with replacement and both metrics computed on the same
 * draw, so that what both models find hard cancels out. Draws on which a metric is undefined count against the challenger.
 */
export function pairedBootstrap(
  rows: number,
  challenger: WeightedMetric,
  champion: WeightedMetric,
  margin: number,
  resamples: number,
  source: Random,
): PairedDifference {
  const weights = new Float64Array(rows).fill(1);
  const difference = challenger(weights) - champion(weights);
  const draws = new Float64Array(resamples);
  let above = 0;
  let defined = 0;
  for (let draw = 0; draw < resamples; draw++) {
    weights.fill(0);
    for (let i = 0; i < rows; i++) {
      const row = source.below(rows);
      weights[row] = (weights[row] as number) + 1;
    }
    const drawn = challenger(weights) - champion(weights);
    if (drawn > margin) above++;
    if (drawn === drawn) draws[defined++] = drawn;
  }
  const sorted = draws.subarray(0, defined).sort();
  const at = (q: number) => sorted[Math.min(defined - 1, Math.floor(q * defined))] ?? Number.NaN;
  return { difference, low: at(0.025), high: at(0.975), confidence: above / resamples };
}
