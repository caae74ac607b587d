import { finite, invalid, shown } from './complain.js';
import { deepFreeze } from './freeze.js';
import type { SpacePlan } from './plan.js';

export type IntSpace = Extract<SpacePlan, { kind: 'intSpace' }>;
export type RealSpace = Extract<SpacePlan, { kind: 'uniformSpace' | 'logUniformSpace' }>;
export interface ChoiceSpace<V extends number | string | boolean> {
  readonly kind: 'choiceSpace';
  readonly choices: readonly V[];
}

function bounds(of: string, low: unknown, high: unknown, whole = false): { readonly low: number; readonly high: number } {
  const range = { low: finite(`${of} (low)`, low, { whole }), high: finite(`${of} (high)`, high, { whole }) };
  if (range.low >= range.high) invalid(of, `${of}(${range.low}, ${range.high}): the lower bound must be below the upper one.`);
  return range;
}

/** A whole number between two, both possible. */
export function int(low: number, high: number): IntSpace {
  return deepFreeze({ kind: 'intSpace', ...bounds('int', low, high, true) });
}
/** A number between two, each equally likely. */
export function uniform(low: number, high: number): RealSpace {
  return deepFreeze({ kind: 'uniformSpace', ...bounds('uniform', low, high) });
}
/** A number between two positive ones, each order of magnitude equally likely. */
export function logUniform(low: number, high: number): RealSpace {
  if (low <= 0) invalid('logUniform', `logUniform(${low}, ${high}): the lower bound must be above 0.`);
  return deepFreeze({ kind: 'logUniformSpace', ...bounds('logUniform', low, high) });
}
/** One of some values. */
export function choice<const V extends number | string | boolean>(...choices: readonly V[]): ChoiceSpace<V> {
  for (const value of choices)
    if (!['number', 'string', 'boolean'].includes(typeof value))
      invalid('choice', `choice takes numbers, texts and truth values, not ${shown(value)}.`);
  if (choices.length === 0) invalid('choice', 'choice needs at least one value.');
  return deepFreeze({ kind: 'choiceSpace', choices: [...choices] });
}
