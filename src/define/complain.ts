import { type Duration, milliseconds } from '../base/duration.js';
import { fail, MillwrightError } from '../base/error.js';
import { spellingFix } from './spelling-fix.js';

/** Places in a definition read like `features(flights).lateRate.over`. */
export type Place = string;

export function unknown(place: Place, what: string, given: string, names: readonly string[], listed: string): never {
  return fail('MW_DEFINE_UNKNOWN', { what, where: { place }, fix: spellingFix(given, names, listed) });
}

export function invalid(place: Place, what: string, fix?: string): never {
  return fail('MW_DEFINE_INVALID', { what, where: { place }, ...(fix === undefined ? {} : { fix }) });
}

export function wrongType(place: Place, what: string, fix?: string): never {
  return fail('MW_DEFINE_TYPE', { what, where: { place }, ...(fix === undefined ? {} : { fix }) });
}

export function duplicate(place: Place, what: string, fix?: string): never {
  return fail('MW_DEFINE_DUPLICATE', { what, where: { place }, ...(fix === undefined ? {} : { fix }) });
}

/** A value as a message shows it. */
export function shown(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol' || typeof value === 'bigint' || typeof value === 'number') return String(value);
  if (value instanceof Date) return 'a Date';
  const text = JSON.stringify(value);
  if (text === undefined) return 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** An options object without keys beyond the allowed ones. */
export function optionsObject(place: Place, given: unknown, allowed: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    invalid(place, `${place} takes an object, not ${shown(given)}.`, `It may hold: ${allowed.join(', ')}.`);
  for (const key of Object.keys(given))
    if (!allowed.includes(key)) unknown(place, `${place} has no option '${key}'.`, key, allowed, 'Options');
  return given as Readonly<Record<string, unknown>>;
}

export function text(place: Place, given: unknown): string {
  if (typeof given !== 'string' || given === '')
    invalid(place, `${place} must be a text that is not empty, not ${shown(given)}.`);
  return given;
}

export interface Bounds {
  readonly min?: number;
  readonly max?: number;
  readonly whole?: boolean;
  /** True when `min` itself is not allowed. */
  readonly above?: boolean;
}

export function finite(place: Place, given: unknown, { min, max, whole, above }: Bounds = {}): number {
  const kind = whole ? 'a whole number' : 'a number';
  if (typeof given !== 'number' || !Number.isFinite(given) || (whole && !Number.isInteger(given)))
    invalid(place, `${place} must be ${kind}, not ${shown(given)}.`);
  if (min !== undefined && (above ? given <= min : given < min))
    invalid(place, `${place} must be ${above ? 'above' : 'at least'} ${min}, not ${given}.`);
  if (max !== undefined && given > max) invalid(place, `${place} must be at most ${max}, not ${given}.`);
  return given;
}

export function boundOrNull(place: Place, given: unknown): number | null {
  return given === null || given === undefined ? null : finite(place, given);
}

export function oneOf<T extends string>(place: Place, given: unknown, allowed: readonly T[]): T {
  if (typeof given !== 'string') invalid(place, `${place} must be one of ${allowed.join(', ')}, not ${shown(given)}.`);
  if (!(allowed as readonly string[]).includes(given))
    unknown(place, `${place} cannot be '${given}'.`, given, allowed, 'Possible');
  return given as T;
}

/** Milliseconds of a duration that is not zero. */
export function span(place: Place, given: unknown, zero = false): number {
  const fix = "Write it like '30m', '24h' or '28d'.";
  if (typeof given !== 'string') invalid(place, `${place} must be a duration, not ${shown(given)}.`, fix);
  let ms: number;
  try {
    ms = milliseconds(given as Duration);
  } catch (thrown) {
    if (!(thrown instanceof MillwrightError)) throw thrown;
    fail('MW_DURATION_INVALID', { what: `'${given}' is not a duration.`, where: { place }, fix });
  }
  if (ms === 0 && !zero) invalid(place, `${place} must be longer than nothing.`, fix);
  return ms;
}

const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/** Epoch milliseconds of a Date or an ISO 8601 text; a text without a zone is UTC. */
export function moment(place: Place, given: unknown): number {
  const fix = "Write it like '2001-04-01' or '2001-04-01T12:00:00Z'.";
  if (given instanceof Date && Number.isFinite(given.getTime())) return given.getTime();
  if (typeof given !== 'string' || !ISO.test(given)) invalid(place, `${place} must be a date, not ${shown(given)}.`, fix);
  const zoned = /Z$|[+-]\d{2}:?\d{2}$/.test(given.slice(10));
  const ms = Date.parse(given.length === 10 || zoned ? given.replace(' ', 'T') : `${given.replace(' ', 'T')}Z`);
  if (!Number.isFinite(ms)) invalid(place, `${place} is not a day of the calendar: '${given}'.`, fix);
  return ms;
}

export function called<A extends unknown[], T>(place: Place, given: unknown): (...args: A) => T {
  if (typeof given !== 'function') invalid(place, `${place} must be a function, not ${shown(given)}.`);
  return given as (...args: A) => T;
}

/** An object whose unknown names are answered with the nearest spelling. */
export function namesOf<T extends object>(object: T, complain: (name: string, names: readonly string[]) => never): T {
  return new Proxy(object, {
    get(target, name, receiver) {
      if (typeof name === 'symbol' || Reflect.has(target, name)) return Reflect.get(target, name, receiver);
      // Asked for by promises, consoles and JSON, never by a person.
      if (name === 'then' || name === 'toJSON' || name === 'asymmetricMatch' || name === '$$typeof') return undefined;
      return complain(name, Object.keys(target));
    },
  });
}
