import { exp, log } from '../kernels/math.js';

/** log of the sum of e^score over `count` scores. */
export function logSumExp(scores: Float64Array, offset: number, count: number): number {
  let most = -Infinity;
  for (let k = 0; k < count; k++) most = Math.max(most, scores[offset + k]);
  let sum = 0;
  for (let k = 0; k < count; k++) sum += exp(scores[offset + k] - most);
  return most + log(sum);
}

/** Scores to probabilities, in place. */
export function softmax(out: Float64Array, offset: number, count: number): void {
  let most = -Infinity;
  for (let k = 0; k < count; k++) most = Math.max(most, out[offset + k]);
  let sum = 0;
  for (let k = 0; k < count; k++) {
    out[offset + k] = exp(out[offset + k] - most);
    sum += out[offset + k];
  }
  for (let k = 0; k < count; k++) out[offset + k] /= sum;
}
