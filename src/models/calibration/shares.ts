import { log } from '../../kernels/math.js';

/** Keeps a probability away from 0 and 1, so that its log-odds are finite. */
const EDGE = 1e-12;

/** Log-odds of a probability. */
export function logOdds(p: number): number {
  const inside = p < EDGE ? EDGE : p > 1 - EDGE ? 1 - EDGE : p;
  return log(inside / (1 - inside));
}

/** Logarithm of a probability that may be 0. */
export function logShare(p: number): number {
  return log(p < EDGE ? EDGE : p);
}

/** Makes the outputs of a row sum to one; all alike when they are all zero. */
export function normalise(out: Float64Array, offset: number, outputs: number): void {
  if (outputs === 1) return;
  let sum = 0;
  for (let k = 0; k < outputs; k++) sum += out[offset + k];
  for (let k = 0; k < outputs; k++) out[offset + k] = sum > 0 ? out[offset + k] / sum : 1 / outputs;
}

/** Whether a row is of the class that an output speaks for: 1 or 0. */
export function isOf(target: number, output: number, outputs: number): number {
  return outputs === 1 ? target : Number(target === output);
}
