import { exp, log } from '../../../kernels/math.js';
import { logSumExp } from '../../softmax.js';
import type { Objective } from '../objective.js';
import { averageLoss, classShares } from './weighted.js';

/** Log loss of several classes, a score each; the hessian is Friedman's, with the redundant score made up for. */
export function softmaxObjective(classes: number): Objective {
  const factor = classes / (classes - 1);
  return {
    outputs: classes,
    loss: 'softmax',
    link: 'softmax',
    start: (data) => classShares(data, classes).map(log),
    /** The probabilities, once for all classes. */
    prepare(scores, { target }) {
      const shares = new Float64Array(scores.length);
      for (let i = 0, at = 0; i < target.length; i++) {
        const whole = logSumExp(scores, at, classes);
        for (const end = at + classes; at < end; at++) shares[at] = exp(scores[at] - whole);
      }
      return shares;
    },
    gradients(shares, { target, weight }, output, pairs) {
      let gradient = 0;
      let hessian = 0;
      for (let i = 0; i < target.length; i++) {
        const p = shares[i * classes + output];
        const w = weight ? weight[i] : 1;
        const g = Math.fround(w * (p - (target[i] === output ? 1 : 0)));
        const h = Math.fround(w * factor * p * (1 - p));
        pairs[2 * i] = g;
        pairs[2 * i + 1] = h;
        gradient = Math.max(gradient, Math.abs(g));
        hessian = Math.max(hessian, h);
      }
      return { gradient, hessian };
    },
    meanLoss: (scores, data) =>
      averageLoss(data, (i) => logSumExp(scores, i * classes, classes) - scores[i * classes + data.target[i]]),
  };
}
