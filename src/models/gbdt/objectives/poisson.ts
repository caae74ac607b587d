import { exp } from '../../../kernels/math.js';
import { POISSON_CAUTION } from '../../../kernels/tree-engine.js';
import type { Objective } from '../objective.js';
import { demandNonNegative, logOfMean } from './counts.js';
import { averageLoss, writePairs } from './weighted.js';

/** Deviance of counts without its constant part; the score is the logarithm of the mean. */
export const poissonObjective: Objective = {
  outputs: 1,
  loss: 'poisson',
  link: 'exp',
  check: (data) => demandNonNegative('poisson', data),
  start: logOfMean,
  gradients: (scores, data, _output, pairs) =>
    writePairs(
      data,
      pairs,
      (i) => exp(scores[i]) - data.target[i],
      (i) => exp(scores[i]) * POISSON_CAUTION,
    ),
  meanLoss: (scores, data) => averageLoss(data, (i) => exp(scores[i]) - data.target[i] * scores[i]),
};
