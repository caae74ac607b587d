import type { Objective } from '../objective.js';
import { averageLoss, FLAT, meanTarget, writePairs } from './weighted.js';

/** Squared error, whose best constant is the mean; gradients are those of half of it. */
export const squaredObjective: Objective = {
  outputs: 1,
  loss: 'squared',
  link: 'identity',
  start: (data) => Float64Array.of(meanTarget(data)),
  gradients: (scores, data, _output, pairs) => writePairs(data, pairs, (i) => scores[i] - data.target[i], FLAT),
  meanLoss: (scores, data) => averageLoss(data, (i) => (scores[i] - data.target[i]) ** 2),
};
