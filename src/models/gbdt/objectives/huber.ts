import type { TrainingData } from '../../estimator.js';
import type { Objective } from '../objective.js';
import { averageLoss, FLAT, writePairs } from './weighted.js';

/** Huber's loss (1964): squared near zero, absolute from `delta` on, in the unit of the target. */
export function huberObjective(delta: number): Objective {
  const clip = (error: number): number => Math.min(delta, Math.max(-delta, error));
  return {
    outputs: 1,
    link: 'identity',
    start: (data) => Float64Array.of(zeroOf((score) => averageLoss(data, (i) => clip(score - data.target[i])), data)),
    gradients: (scores, data, _output, pairs) => writePairs(data, pairs, (i) => clip(scores[i] - data.target[i]), FLAT),
    meanLoss: (scores, data) =>
      averageLoss(data, (i) => {
        const error = Math.abs(scores[i] - data.target[i]);
        return error <= delta ? (error * error) / 2 : delta * (error - delta / 2);
      }),
  };
}

/** Halvings that leave nothing between two neighbouring doubles of the same size. */
const HALVINGS = 60;

/** Where a rising function of the score is zero, between the least and the largest target. */
function zeroOf(slope: (score: number) => number, { target }: TrainingData): number {
  let low = Infinity;
  let high = -Infinity;
  for (const y of target) {
    low = Math.min(low, y);
    high = Math.max(high, y);
  }
  for (let k = 0; k < HALVINGS && low < high; k++) {
    const middle = low + (high - low) / 2;
    if (slope(middle) < 0) low = middle;
    else high = middle;
  }
  return high;
}
