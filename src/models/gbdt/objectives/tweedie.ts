import { exp } from '../../../kernels/math.js';
import type { Objective } from '../objective.js';
import { demandNonNegative, logOfMean } from './counts.js';
import { averageLoss } from './weighted.js';

/**
 * Deviance of Tweedie's compound Poisson amounts (1984), zeros and positive numbers, with a variance of mean ^ power, 1 < power < 2; the
 * score is the logarithm of the mean.
 */
export function tweedieObjective(power: number): Objective {
  const a = 1 - power;
  const b = 2 - power;
  return {
    outputs: 1,
    link: 'exp',
    check: (data) => demandNonNegative('tweedie', data),
    start: logOfMean,
    gradients(scores, { target, weight }, _output, pairs) {
      let gradient = 0;
      let hessian = 0;
      for (let i = 0; i < target.length; i++) {
        const w = weight ? weight[i] : 1;
        const falling = target[i] * exp(a * scores[i]);
        const rising = exp(b * scores[i]);
        const g = Math.fround(w * (rising - falling));
        const h = Math.fround(w * (b * rising - a * falling));
        pairs[2 * i] = g;
        pairs[2 * i + 1] = h;
        gradient = Math.max(gradient, Math.abs(g));
        hessian = Math.max(hessian, h);
      }
      return { gradient, hessian };
    },
    meanLoss: (scores, data) => averageLoss(data, (i) => exp(b * scores[i]) / b - (data.target[i] * exp(a * scores[i])) / a),
  };
}
