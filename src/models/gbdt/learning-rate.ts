import { exp, log } from '../../kernels/math.js';

const LOWEST = 0.02;
const HIGHEST = 0.1;
const WITH_EARLY_STOPPING = 0.05;

/** Sum of the learning rates of all rounds that suits 2000 rows, and the power of the rows by which it grows. */
const TOTAL = 8;
const ROWS = 2000;
const POWER = 0.3;

/**
 * The learning rate where none is given. Few rows are learnt by heart when rounds are many and steps are large, many rows are not
 * learnt at all when they are not. Early stopping finds the rounds itself, and a later fit with the rounds that it found must take the
 * same steps, so that they count for nothing then.
 */
export function learningRateFor(rows: number, rounds: number, earlyStopping: number): number {
  if (earlyStopping > 0) return WITH_EARLY_STOPPING;
  const total = TOTAL * exp(POWER * log(Math.max(rows, 1) / ROWS));
  return Math.min(HIGHEST, Math.max(LOWEST, total / rounds));
}
