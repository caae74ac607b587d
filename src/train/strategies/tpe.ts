import { random as randomSource } from '../../base/random.js';
import type { CandidatePlan } from '../../define/plan.js';
import { log } from '../../kernels/math.js';
import { filledParams, type ParamValue, spacesOf } from '../search-space.js';
import type { Proposal, Trial } from '../trial.js';
import { type Density, densityOf } from './parzen.js';
import { newDraw } from './random.js';
import { ranked, type Strategy } from './strategy.js';

/**
 * Tree of Parzen estimators (Bergstra et al. 2011). The finished trials are parted into good and bad; of some draws from the density of the
 * good ones, that one is tried which is likeliest under it compared with the density of the bad ones. The candidate is the first
 * choice, its parameters the next. Random before there is something to go by.
 */
export const tpe: Strategy = (situation, { startup, good, draws }) => {
  const { candidates, trials, proposed, isTried, seed } = situation;
  const scored = ranked(situation);
  if (scored.length < (startup as number)) return newDraw(situation, 1);
  const kept = Math.max(1, Math.ceil((good as number) * scored.length));
  const best = scored.slice(0, kept);
  const others = [...scored.slice(kept), ...trials.filter(({ score }) => score === null)];
  const estimates = candidates.flatMap((candidate, place) => {
    const found = estimateOf(candidate, place, best, others);
    return found === null ? [] : [found];
  });
  const source = randomSource(seed).fork('tpe').fork(proposed.length);
  let chosen: Proposal | null = null;
  let promise = Number.NEGATIVE_INFINITY;
  for (let draw = 0; draw < (draws as number); draw++) {
    const estimate = pick(estimates, source.next());
    if (!estimate) break;
    const values: Record<string, ParamValue> = {};
    let gain = log(estimate.good / estimate.bad);
    for (const { name, good: likely, bad } of estimate.spaces) {
      const value = likely.draw(source);
      values[name] = value;
      gain += likely.logAt(value) - bad.logAt(value);
    }
    const { place, candidate } = estimate;
    const proposal = { candidate: place, estimator: candidate.estimator, params: filledParams(candidate, values), share: 1 };
    if (gain <= promise || isTried(proposal)) continue;
    chosen = proposal;
    promise = gain;
  }
  return chosen ?? newDraw(situation, 1);
};

interface Estimate {
  readonly candidate: CandidatePlan;
  readonly place: number;
  /** How likely the candidate is among the good and among the bad trials, up to a factor. */
  readonly good: number;
  readonly bad: number;
  readonly spaces: readonly { readonly name: string; readonly good: Density; readonly bad: Density }[];
}

/** Null for a candidate without anything to search. */
function estimateOf(
  candidate: CandidatePlan,
  place: number,
  best: readonly Trial[],
  others: readonly Trial[],
): Estimate | null {
  const spaces = spacesOf(candidate);
  if (spaces.length === 0) return null;
  const goods = best.filter((trial) => trial.candidate === place);
  const bads = others.filter((trial) => trial.candidate === place);
  return {
    candidate,
    place,
    good: (goods.length + 1) / (best.length + 1),
    bad: (bads.length + 1) / (others.length + 1),
    spaces: spaces.map(([name, space]) => ({
      name,
      good: densityOf(space, valuesOf(goods, name)),
      bad: densityOf(space, valuesOf(bads, name)),
    })),
  };
}

const valuesOf = (trials: readonly Trial[], name: string) => trials.map(({ params }) => params[name] as ParamValue);

/** The estimate at this share of all their good weights. */
function pick(estimates: readonly Estimate[], share: number): Estimate | undefined {
  let rest = share * estimates.reduce((sum, { good }) => sum + good, 0);
  return estimates.find(({ good }) => {
    rest -= good;
    return rest < 0;
  });
}
