import { isDuration, milliseconds } from './duration.js';
import { fail } from './error.js';
import { parseDirections, parseGroups } from './feature-lists.js';
import { didYouMean } from './nearest.js';

/** One declared option: everything else about it (validation, CLI help, docs, JSON Schema) derives from this. */
export type OptionSpec =
  | {
      readonly kind: 'number';
      /** Null when what is not given follows from something else, as `doc` says. */
      readonly default: number | null;
      readonly min?: number;
      readonly max?: number;
      readonly unit?: string;
      readonly doc: string;
    }
  | {
      readonly kind: 'integer';
      readonly default: number;
      readonly min?: number;
      readonly max?: number;
      readonly unit?: string;
      readonly doc: string;
    }
  | { readonly kind: 'boolean'; readonly default: boolean; readonly doc: string }
  /** One of some words; with `versioned` also `name@version`, the name of something that its user made. */
  | {
      readonly kind: 'choice';
      readonly default: string;
      readonly choices: readonly string[];
      /** What to say of words that are asked for and not offered. */
      readonly instead?: Readonly<Record<string, string>>;
      readonly versioned?: true;
      readonly doc: string;
    }
  /** Free text (a path, a name); null when it is not given. `shows` is its placeholder in help. */
  | { readonly kind: 'text'; readonly default: string | null; readonly shows: string; readonly doc: string }
  /** Free texts, one each time the option is given; none when it is not. */
  | { readonly kind: 'texts'; readonly default: readonly []; readonly shows: string; readonly doc: string }
  /** A span such as '60s', resolved to milliseconds; null when it is not given. */
  | { readonly kind: 'duration'; readonly default: string | null; readonly doc: string }
  /** Features with a direction each, as text: 'income:+, age:-' (see parseDirections); null when it is not given. */
  | { readonly kind: 'directions'; readonly default: null; readonly doc: string }
  /** Groups of features, as text: 'age, income; distance' (see parseGroups); null when it is not given. */
  | { readonly kind: 'groups'; readonly default: null; readonly doc: string };

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** The value type that a declaration stands for. */
export type OptionValue<S extends OptionSpec> = S extends { kind: 'number' | 'integer' }
  ? S['default'] extends number
    ? number
    : number | null
  : S extends { kind: 'boolean' }
    ? boolean
    : S extends { kind: 'choice'; choices: readonly (infer C)[] }
      ? C | (S extends { versioned: true } ? `${string}@${number}` : never)
      : S extends { kind: 'text' }
        ? S['default'] extends string
          ? string
          : string | null
        : S extends { kind: 'texts' }
          ? readonly string[]
          : S extends { kind: 'duration' }
            ? S['default'] extends string
              ? number
              : number | null
            : S extends { kind: 'directions' | 'groups' }
              ? string | null
              : never;
export type OptionValues<S extends OptionSpecs> = { readonly [K in keyof S]: OptionValue<S[K]> };

export const declareOptions = <const S extends OptionSpecs>(specs: S): S => Object.freeze(specs);

/**
 * Checked values for declared options, defaults filled in.
 * @throws MW_OPTION_UNKNOWN, MW_OPTION_INVALID; `owner` names the thing the options belong to in the message
 */
export function resolveOptions<S extends OptionSpecs>(
  owner: string,
  specs: S,
  given: Readonly<Record<string, unknown>> = {},
): OptionValues<S> {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(specs, name))
      fail('MW_OPTION_UNKNOWN', {
        what: `${owner} has no option '${name}'.${didYouMean(name, Object.keys(specs))}`,
        fix: `Options: ${Object.keys(specs).join(', ') || 'none'}.`,
      });
  }
  const values: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(specs)) {
    const value = given[name] ?? spec.default;
    const problem = optionProblem(spec, value);
    if (problem) fail('MW_OPTION_INVALID', { what: `${owner}: option '${name}' ${problem}.`, where: { option: name } });
    values[name] = spec.kind === 'duration' && typeof value === 'string' ? milliseconds(value) : value;
  }
  return values as OptionValues<S>;
}

/** The name of something its user made, with a version from 1 on. */
const VERSIONED = /^[A-Za-z][A-Za-z0-9_-]{0,63}@[1-9][0-9]{0,8}$/;

/** Whether a value names something that its user made, as `name@version`: it is known in the process that made it only. */
export const isOwnName = (value: unknown): boolean => typeof value === 'string' && VERSIONED.test(value);

/** Why a value does not fit a declaration, or undefined when it does. */
export function optionProblem(spec: OptionSpec, value: unknown): string | undefined {
  const shown = JSON.stringify(value);
  if (spec.kind === 'boolean') return typeof value === 'boolean' ? undefined : `must be true or false, not ${shown}`;
  if (spec.kind === 'choice')
    return typeof value === 'string' && (spec.choices.includes(value) || (spec.versioned && isOwnName(value)))
      ? undefined
      : `${insteadOf(spec.instead, value)}must be one of ${spec.choices.join(', ')}${spec.versioned ? ', or an own name@version' : ''}, not ${shown}`;
  if (spec.kind === 'text') return value === null || typeof value === 'string' ? undefined : `must be text, not ${shown}`;
  if (spec.kind === 'texts')
    return Array.isArray(value) && value.every((each) => typeof each === 'string')
      ? undefined
      : `must be a list of texts, not ${shown}`;
  if (spec.kind === 'directions' || spec.kind === 'groups') return featuresProblem(spec.kind, value);
  if (spec.kind === 'duration')
    return value === null || (typeof value === 'string' && isDuration(value))
      ? undefined
      : `must be a duration like '60s' or '28d', not ${shown}`;
  if (value === null && spec.default === null) return undefined;
  if (typeof value !== 'number' || !Number.isFinite(value)) return `must be a finite number, not ${shown}`;
  if (spec.kind === 'integer' && !Number.isInteger(value)) return `must be a whole number, not ${shown}`;
  if (spec.min !== undefined && value < spec.min) return `must be at least ${spec.min}, not ${shown}`;
  if (spec.max !== undefined && value > spec.max) return `must be at most ${spec.max}, not ${shown}`;
  return undefined;
}

const insteadOf = (instead: Readonly<Record<string, string>> | undefined, value: unknown) =>
  typeof value === 'string' && instead !== undefined && Object.hasOwn(instead, value)
    ? `cannot be '${value}': ${instead[value]}; it `
    : '';

function featuresProblem(kind: 'directions' | 'groups', value: unknown): string | undefined {
  if (value === null) return undefined;
  const shown = JSON.stringify(value);
  if (typeof value !== 'string') return `must be text that names features, not ${shown}`;
  const parsed = kind === 'directions' ? parseDirections(value) : parseGroups(value);
  return 'problem' in parsed ? `${parsed.problem}: ${shown}` : undefined;
}
