import { fail } from '../../../base/error.js';
import { log } from '../../../kernels/math.js';
import type { TrainingData } from '../../estimator.js';
import { meanTarget } from './weighted.js';

/** Mean that a target of zeros alone is taken to have, so that its logarithm is finite. */
const LEAST_MEAN = 1e-9;

/** The start of a loss on the scale of logarithms: that of the mean. */
export const logOfMean = (data: TrainingData): Float64Array => Float64Array.of(log(Math.max(LEAST_MEAN, meanTarget(data))));

/** @throws MW_MODEL_DATA unless the targets are zero or above */
export function demandNonNegative(objective: string, { target }: TrainingData): void {
  const row = target.findIndex((y) => y < 0);
  if (row >= 0)
    fail('MW_MODEL_DATA', {
      what: `The target ${target[row]} of row ${row} is negative, and '${objective}' learns amounts from 0 up.`,
      where: { objective, row },
      fix: "Use the objective 'squared', or leave such rows out.",
    });
}
