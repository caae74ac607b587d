import type { Objective } from '../objective.js';
import { averageLoss, FLAT, writePairs } from './weighted.js';
import { weightedQuantile } from './weighted-quantile.js';

/**
 * Pinball loss of a quantile (Koenker and Bassett 1978); its leaves hold that quantile of their rows' residuals, since the loss has no
 * curvature for a Newton step.
 */
export function quantileObjective(alpha: number): Objective {
  return {
    outputs: 1,
    link: 'identity',
    leafQuantile: alpha,
    start: ({ target, weight }) => Float64Array.of(weightedQuantile(target.slice(), weight?.slice(), alpha)),
    gradients: (scores, data, _output, pairs) =>
      writePairs(data, pairs, (i) => (data.target[i] > scores[i] ? -alpha : data.target[i] < scores[i] ? 1 - alpha : 0), FLAT),
    meanLoss: (scores, data) =>
      averageLoss(data, (i) => {
        const residual = data.target[i] - scores[i];
        return residual > 0 ? alpha * residual : (alpha - 1) * residual;
      }),
  };
}
