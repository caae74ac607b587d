import type { Objective } from '../objective.js';
import { averageLoss, FLAT, writePairs } from './weighted.js';
import { weightedQuantile } from './weighted-quantile.js';

/** Absolute error, whose best constant is the median; leaves hold the weighted median of their rows' residuals. */
export const absoluteObjective: Objective = {
  outputs: 1,
  link: 'identity',
  leafQuantile: 0.5,
  start: ({ target, weight }) => Float64Array.of(weightedQuantile(target.slice(), weight?.slice(), 0.5)),
  gradients: (scores, data, _output, pairs) => writePairs(data, pairs, (i) => Math.sign(scores[i] - data.target[i]), FLAT),
  meanLoss: (scores, data) => averageLoss(data, (i) => Math.abs(scores[i] - data.target[i])),
};
