import type { OptionSpec, OptionSpecs } from '../base/options.js';
import type { Random } from '../base/random.js';
import type { CandidatePlan, SpacePlan } from '../define/plan.js';
import { exp, log } from '../kernels/math.js';

export type ParamValue = number | string | boolean;
export type TrialParams = Readonly<Record<string, ParamValue>>;
export type RangePlan = Exclude<SpacePlan, { readonly kind: 'choiceSpace' }>;

export function isSpace(value: unknown): value is SpacePlan {
  return typeof value === 'object' && value !== null;
}

/** The searched parameters of a candidate, by name in alphabetical order. */
export function spacesOf({ params }: CandidatePlan): readonly (readonly [string, SpacePlan])[] {
  return Object.entries(params)
    .filter((entry): entry is [string, SpacePlan] => isSpace(entry[1]))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The parameters of a candidate with these values for the searched ones. */
export function filledParams(candidate: CandidatePlan, values: TrialParams): TrialParams {
  return Object.fromEntries(
    Object.entries(candidate.params).map(([name, value]) => [name, isSpace(value) ? (values[name] as ParamValue) : value]),
  );
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

/** Fixed parameters as given, searched ones drawn from their spaces. */
export function randomParams(candidate: CandidatePlan, source: Random): TrialParams {
  return filledParams(
    candidate,
    Object.fromEntries(spacesOf(candidate).map(([name, space]) => [name, drawFrom(space, source)])),
  );
}

function drawFrom(space: SpacePlan, source: Random): ParamValue {
  if (space.kind === 'choiceSpace') return space.choices[source.below(space.choices.length)] as ParamValue;
  if (space.kind === 'intSpace') return space.low + source.below(space.high - space.low + 1);
  const [low, high] = scaledEnds(space);
  return fromScale(space, low + source.next() * (high - low));
}

/** A number of a range on the scale on which all values are equally likely. */
export function toScale(space: RangePlan, value: number): number {
  return space.kind === 'logUniformSpace' ? log(value) : value;
}

/** The ends of that scale; a whole number stands for all that is nearest to it. */
export function scaledEnds(space: RangePlan): readonly [number, number] {
  if (space.kind === 'intSpace') return [space.low - 0.5, space.high + 0.5];
  return [toScale(space, space.low), toScale(space, space.high)];
}

/** Back to the nearest number of the range; of a real one, four digits are enough for a search, and readable. */
export function fromScale(space: RangePlan, scaled: number): number {
  const value = space.kind === 'logUniformSpace' ? exp(scaled) : scaled;
  const rounded = space.kind === 'intSpace' ? Math.round(value) : Number(value.toPrecision(4));
  return Math.min(space.high, Math.max(space.low, rounded));
}

function defaultWithin(space: SpacePlan, spec: OptionSpec | undefined): ParamValue {
  const given = spec?.default;
  if (space.kind === 'choiceSpace') {
    const found = space.choices.find((choice) => choice === given);
    return found ?? (space.choices[Math.floor(space.choices.length / 2)] as ParamValue);
  }
  if (typeof given === 'number' && given >= space.low && given <= space.high) return given;
  if (space.kind === 'intSpace') return Math.floor((space.low + space.high) / 2);
  const [low, high] = scaledEnds(space);
  return fromScale(space, (low + high) / 2);
}
