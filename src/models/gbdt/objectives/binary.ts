import { log, sigmoid, softplus } from '../../../kernels/math.js';
import type { Objective } from '../objective.js';
import { averageLoss, classShares } from './weighted.js';

/** Log loss of two classes; the score is the log-odds of class 1. */
export const binaryObjective: Objective = {
  outputs: 1,
  loss: 'binary',
  link: 'sigmoid',
  start(data) {
    const share = classShares(data, 2)[1];
    return Float64Array.of(log(share / (1 - share)));
  },
  gradients(scores, data, _output, pairs) {
    const { target, weight } = data;
    let gradient = 0;
    let hessian = 0;
    for (let i = 0; i < target.length; i++) {
      const p = sigmoid(scores[i]);
      const w = weight ? weight[i] : 1;
      const g = Math.fround(w * (p - target[i]));
      const h = Math.fround(w * p * (1 - p));
      pairs[2 * i] = g;
      pairs[2 * i + 1] = h;
      gradient = Math.max(gradient, Math.abs(g));
      hessian = Math.max(hessian, h);
    }
    return { gradient, hessian };
  },
  meanLoss: (scores, data) => averageLoss(data, (i) => softplus(scores[i]) - data.target[i] * scores[i]),
};
