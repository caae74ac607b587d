import { random as randomSource } from '../../base/random.js';
import { randomParams, spacesOf } from '../search-space.js';
import type { Proposal } from '../trial.js';
import { ranked, type Situation, type Strategy } from './strategy.js';

/** How much likelier than its number of searched parameters the candidate that leads is drawn. */
const LEADER_WEIGHT = 2;
/** Draws after which a candidate counts as tried out. */
const MOST_DRAWS = 20;

/** Random search: a candidate in proportion to its searched parameters, twice that for the one that leads, then a draw from each space. */
export const random: Strategy = (situation) => newDraw(situation, 1);

/** A random trial at a share that was not tried before; null when there seems to be none. */
export function newDraw(situation: Situation, share: number): Proposal | null {
  const leader = ranked(situation)[0]?.candidate;
  const source = randomSource(situation.seed).fork('trials').fork(situation.proposed.length);
  const open = situation.candidates.flatMap((candidate, place) => {
    const dimensions = spacesOf(candidate).length;
    return dimensions === 0 ? [] : [{ candidate, place, weight: dimensions * (place === leader ? LEADER_WEIGHT : 1) }];
  });
  while (open.length > 0) {
    let draw = source.next() * open.reduce((sum, { weight }) => sum + weight, 0);
    const found = open.findIndex(({ weight }) => {
      draw -= weight;
      return draw < 0;
    });
    const [{ candidate, place }] = open.splice(Math.max(0, found), 1) as [(typeof open)[number]];
    for (let k = 0; k < MOST_DRAWS; k++) {
      const params = randomParams(candidate, source);
      const proposal = { candidate: place, estimator: candidate.estimator, params, share };
      if (!situation.isTried(proposal)) return proposal;
    }
  }
  return null;
}
