import { canonicalJson } from '../base/hash.js';
import type { OptionSpec, OptionSpecs } from '../base/options.js';
import { type Random, random } from '../base/random.js';
import type { CandidatePlan, SpacePlan } from '../define/plan.js';
import type { Trial } from './trial.js';

export type ParamValue = number | string | boolean;
export type TrialParams = Readonly<Record<string, ParamValue>>;

export interface Proposal {
  readonly candidate: CandidatePlan;
  readonly params: TrialParams;
}

/** How much likelier than its number of searched parameters the candidate that leads is drawn. */
const LEADER_WEIGHT = 2;
/** Draws after which a candidate counts as tried out. */
const DRAWS = 20;

/**
 * The next trial of a random search: first every candidate at its defaults, in the plan's order, then random draws, from a
 * candidate in proportion to its searched parameters, twice that for the one that leads. Depends on seed, plan and the trials before alone, so a search can be taken up again.
 * @param specs declared parameters of each candidate's estimator
 * @param leader candidate of the best trial so far
 * @returns null when everything has been tried
 */
export function proposeTrial(
  candidates: readonly CandidatePlan[],
  specs: (estimator: string) => OptionSpecs,
  trials: readonly Trial[],
  leader: CandidatePlan | null,
  seed: number,
): Proposal | null {
  const number = trials.length;
  const first = candidates[number];
  if (first) return { candidate: first, params: defaultParams(first, specs(first.estimator)) };
  const searchable = candidates.filter(({ params }) => Object.values(params).some(isSpace));
  const source = random(seed).fork('trials').fork(number);
  const tried = new Set(trials.map(({ estimator, params }) => canonicalJson({ estimator, params })));
  const order = orderOf(searchable, leader, source);
  for (const candidate of order)
    for (let draw = 0; draw < DRAWS; draw++) {
      const params = randomParams(candidate, source);
      if (!tried.has(canonicalJson({ estimator: candidate.estimator, params }))) return { candidate, params };
    }
  return null;
}

/** Fixed parameters as given, searched ones at the estimator's default, or the middle of a space that does not hold it. */
export function defaultParams(candidate: CandidatePlan, specs: OptionSpecs): TrialParams {
  return Object.fromEntries(
    Object.entries(candidate.params).map(([name, value]) => [
      name,
      isSpace(value) ? defaultWithin(value, Object.hasOwn(specs, name) ? specs[name] : undefined) : value,
    ]),
  );
}

export function isSpace(value: unknown): value is SpacePlan {
  return typeof value === 'object' && value !== null;
}

function orderOf(searchable: readonly CandidatePlan[], leader: CandidatePlan | null, source: Random): CandidatePlan[] {
  const weights = searchable.map(
    (candidate) => Object.values(candidate.params).filter(isSpace).length * (candidate === leader ? LEADER_WEIGHT : 1),
  );
  let draw = source.next() * weights.reduce((sum, weight) => sum + weight, 0);
  const first = searchable.find((_, k) => {
    draw -= weights[k] as number;
    return draw < 0;
  });
  return first ? [first, ...searchable.filter((other) => other !== first)] : [...searchable];
}

function randomParams(candidate: CandidatePlan, source: Random): TrialParams {
  return Object.fromEntries(
    Object.entries(candidate.params)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => [name, isSpace(value) ? drawFrom(value, source) : value]),
  );
}

function drawFrom(space: SpacePlan, source: Random): ParamValue {
  switch (space.kind) {
    case 'intSpace':
      return space.low + source.below(space.high - space.low + 1);
    case 'uniformSpace':
      return rounded(space.low + source.next() * (space.high - space.low), space);
    case 'logUniformSpace':
      return rounded(Math.exp(Math.log(space.low) + source.next() * (Math.log(space.high) - Math.log(space.low))), space);
    case 'choiceSpace':
      return space.choices[source.below(space.choices.length)] as ParamValue;
  }
}

/** Four digits are enough for a search and readable; the bounds still hold. */
function rounded(value: number, { low, high }: { readonly low: number; readonly high: number }): number {
  return Math.min(high, Math.max(low, Number(value.toPrecision(4))));
}

function defaultWithin(space: SpacePlan, spec: OptionSpec | undefined): ParamValue {
  const given = spec?.default;
  if (space.kind === 'choiceSpace') {
    const found = space.choices.find((choice) => choice === given);
    return found ?? (space.choices[Math.floor(space.choices.length / 2)] as ParamValue);
  }
  if (typeof given === 'number' && given >= space.low && given <= space.high) return given;
  if (space.kind === 'intSpace') return Math.floor((space.low + space.high) / 2);
  return rounded(space.kind === 'logUniformSpace' ? Math.sqrt(space.low * space.high) : (space.low + space.high) / 2, space);
}
