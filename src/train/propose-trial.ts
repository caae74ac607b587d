import { canonicalJson } from '../base/hash.js';
import { resolveOptions } from '../base/options.js';
import type { CandidatePlan, SearchPlan } from '../define/plan.js';
import { DEFAULT_STRATEGY, STRATEGIES } from '../define/strategies.js';
import { findEstimator } from '../models/catalogue.js';
import { isBetter } from './score.js';
import { defaultParams } from './search-space.js';
import { STRATEGY_OF } from './strategies/catalogue.js';
import type { Proposal, Trial } from './trial.js';

/**
 * A trial is proposed by what came of all trials but the last so many, whatever is known by then: up to as many run at once, and the
 * proposals are the same on one core as on eight.
 */
export const LAG = 4;

/**
 * The next trial: first every candidate at its defaults, in the plan's order, then what the strategy says. Depends on its arguments
 * alone, so a search can be taken up again.
 * @param proposed all proposals before, in order
 * @param trials finished trials, in order: at least all of `proposed` but the last `LAG`, and no more than them count
 * @returns null when everything has been tried
 */
export function proposeTrial(
  candidates: readonly CandidatePlan[],
  search: SearchPlan,
  proposed: readonly Proposal[],
  trials: readonly Trial[],
): Proposal | null {
  const place = proposed.length;
  const first = candidates[place];
  if (first) {
    const { estimator } = first;
    return { candidate: place, estimator, params: defaultParams(first, findEstimator(estimator)?.params ?? {}), share: 1 };
  }
  const name = search.strategy?.name ?? DEFAULT_STRATEGY;
  const tried = new Set(proposed.map(keyOf));
  return STRATEGY_OF[name](
    {
      candidates,
      proposed,
      trials: trials.slice(0, Math.max(0, proposed.length + 1 - LAG)),
      better: (score, than) => isBetter(search.by, score, than),
      isTried: (proposal) => tried.has(keyOf(proposal)),
      seed: search.seed,
    },
    resolveOptions(name, STRATEGIES[name].options, search.strategy?.options) as Readonly<Record<string, number>>,
  );
}

const keys = new WeakMap<Proposal, string>();

/** What makes a proposal the same as another. */
function keyOf(proposal: Proposal): string {
  const known = keys.get(proposal);
  if (known !== undefined) return known;
  const { candidate, params, share } = proposal;
  const key = canonicalJson({ candidate, params, share });
  keys.set(proposal, key);
  return key;
}
