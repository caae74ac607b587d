import { pause } from '../data.js';
import { LogisticLoss } from '../logistic/loss.js';
import { minimize } from '../logistic/minimize.js';
import { plattScaling } from './platt.js';

/** Log-odds of output k: offsets[k] + the sum over machines m of slopes[k * machines + m] x score m. */
export interface Calibration {
  readonly slopes: Float64Array;
  readonly offsets: Float64Array;
}

/**
 * Turns the scores of machines into log-odds: Platt scaling of one machine, a softmax regression on the scores of several (one a class).
 * Fit it to scores of rows that the machines have not seen: scores of training rows are too good, and so would be the probabilities.
 */
export async function calibrate(
  scores: readonly Float64Array[],
  target: Float64Array,
  weight: Float64Array,
  signal: AbortSignal | undefined,
): Promise<Calibration> {
  const outputs = scores.length;
  if (outputs === 1) {
    const { slope, offset } = plattScaling(scores[0], target, weight);
    return { slopes: Float64Array.of(slope), offsets: Float64Array.of(offset) };
  }
  const features = scores.map((_, k) => ({ name: `score ${k}`, categories: 0 }));
  const loss = new LogisticLoss({ matrix: { rows: target.length, columns: scores, features }, target, weight }, outputs, 1);
  const limits = { maxIterations: 500, tolerance: 1e-9 };
  const { at } = await minimize(loss.evaluate, loss.start(), loss.diagonal(), limits, () => pause(signal));
  return { slopes: at.slice(0, outputs * outputs), offsets: at.slice(outputs * outputs) };
}
