import type { TrainingData } from '../../estimator.js';
import type { Largest } from '../objective.js';

/** Mean of a loss a row, weighted. */
export function averageLoss({ target, weight }: TrainingData, rowLoss: (row: number) => number): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < target.length; i++) {
    const w = weight ? weight[i] : 1;
    sum += w * rowLoss(i);
    total += w;
  }
  return sum / total;
}

/** Mean of the target, weighted. */
export function meanTarget(data: TrainingData): number {
  return averageLoss(data, (i) => data.target[i]);
}

/** Writes weight times gradient and hessian of each row, as floats. */
export function writePairs(
  { target, weight }: TrainingData,
  pairs: Float32Array,
  gradientOf: (row: number) => number,
  hessianOf: (row: number) => number,
): Largest {
  let gradient = 0;
  let hessian = 0;
  for (let i = 0; i < target.length; i++) {
    const w = weight ? weight[i] : 1;
    const g = Math.fround(w * gradientOf(i));
    const h = Math.fround(w * hessianOf(i));
    pairs[2 * i] = g;
    pairs[2 * i + 1] = h;
    gradient = Math.max(gradient, Math.abs(g));
    hessian = Math.max(hessian, h);
  }
  return { gradient, hessian };
}

/** Keeps a share away from 0 and 1, so that a class without rows has a finite score. */
const EDGE = 1e-6;

/** Share of each class by weight. */
export function classShares({ target, weight }: TrainingData, classes: number): Float64Array {
  const shares = new Float64Array(classes);
  let total = 0;
  for (let i = 0; i < target.length; i++) {
    const w = weight ? weight[i] : 1;
    shares[target[i]] += w;
    total += w;
  }
  return shares.map((share) => Math.min(1 - EDGE, Math.max(EDGE, share / total)));
}

/** The hessian of losses without a useful curvature: a row counts by its weight. */
export const FLAT = (): number => 1;
