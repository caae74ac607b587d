import type { Objective } from '../gbdt/objective.js';

/** Squared error between the scores and the indicators of the classes, one output a class. */
export function sharesObjective(classes: number): Objective {
  return {
    outputs: classes,
    link: 'shares',
    start({ target, weight }) {
      const sums = new Float64Array(classes);
      let total = 0;
      for (let i = 0; i < target.length; i++) {
        const w = weight ? weight[i] : 1;
        sums[target[i]] += w;
        total += w;
      }
      return sums.map((sum) => sum / total);
    },
    gradients(scores, { target, weight }, output, pairs) {
      let gradient = 0;
      let hessian = 0;
      for (let i = 0; i < target.length; i++) {
        const w = weight ? weight[i] : 1;
        const g = Math.fround(w * (scores[i * classes + output] - (target[i] === output ? 1 : 0)));
        pairs[2 * i] = g;
        pairs[2 * i + 1] = w;
        gradient = Math.max(gradient, Math.abs(g));
        hessian = Math.max(hessian, w);
      }
      return { gradient, hessian };
    },
    meanLoss(scores, { target, weight }) {
      let sum = 0;
      let total = 0;
      for (let i = 0; i < target.length; i++) {
        const w = weight ? weight[i] : 1;
        total += w;
        for (let k = 0; k < classes; k++) sum += w * (scores[i * classes + k] - (target[i] === k ? 1 : 0)) ** 2;
      }
      return sum / total;
    },
  };
}
