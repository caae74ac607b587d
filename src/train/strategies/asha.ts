import type { Proposal } from '../trial.js';
import { newDraw } from './random.js';
import { ranked, type Situation, type Strategy } from './strategy.js';

/**
 * Successive halving without waiting (ASHA, Li et al. 2018): a new draw gets the smallest share of rounds or rows; of the trials known
 * at a share, the best one in `eta` goes on to `eta` times as much, the highest share first.
 */
export const asha: Strategy = (situation, options) => {
  const [eta, rungs] = [options['eta'] as number, options['rungs'] as number];
  // Four digits, so that a share is the same number wherever it is read.
  const shares = Array.from({ length: rungs }, (_, rung) => Number((1 / eta ** (rungs - 1 - rung)).toPrecision(4)));
  for (let rung = rungs - 2; rung >= 0; rung--) {
    const promoted = promotion(situation, shares[rung] as number, shares[rung + 1] as number, eta);
    if (promoted) return promoted;
  }
  return newDraw(situation, shares[0] as number);
};

function promotion(situation: Situation, from: number, to: number, eta: number): Proposal | null {
  const rung = ranked(situation).filter(({ share }) => share === from);
  for (const { candidate, estimator, params } of rung.slice(0, Math.floor(rung.length / eta))) {
    const next = { candidate, estimator, params, share: to };
    if (!situation.isTried(next)) return next;
  }
  return null;
}
