import { fail } from '../base/error.js';
import { type Place, shown } from './complain.js';
import { spellingFix } from './spelling-fix.js';

/** Tells whether plain data has the form of T; throws MW_PLAN_INVALID with the path of the first thing that has not. */
export type Shape<T> = ((value: unknown, path: Place) => void) & { readonly of?: T };

export function misshapen(path: Place, what: string, fix?: string): never {
  return fail('MW_PLAN_INVALID', { what, where: { path }, ...(fix === undefined ? {} : { fix }) });
}

const wanted = (what: string, fits: (value: unknown) => boolean) => (value: unknown, path: Place) => {
  if (!fits(value)) misshapen(path, `${path} must be ${what}, not ${shown(value)}.`);
};

export const aText: Shape<string> = wanted('a text', (value) => typeof value === 'string');
export const aName: Shape<string> = wanted('a name', (value) => typeof value === 'string' && value !== '');
export const aBoolean: Shape<boolean> = wanted('true or false', (value) => typeof value === 'boolean');
export const aNumber: Shape<number> = wanted('a finite number', (value) => typeof value === 'number' && Number.isFinite(value));
export const aCount: Shape<number> = wanted(
  'a whole number of at least 1',
  (value) => Number.isInteger(value) && (value as number) >= 1,
);
export const aSpan: Shape<number> = wanted('milliseconds', (value) => Number.isFinite(value) && (value as number) >= 0);
export const aScalar: Shape<string | number | boolean> = wanted('a number, a text or a truth value', (value) =>
  typeof value === 'number' ? Number.isFinite(value) : typeof value === 'string' || typeof value === 'boolean',
);

export const exactly = <const V extends string | number | null>(only: V): Shape<V> =>
  wanted(JSON.stringify(only), (value) => value === only);

export function aWord<const V extends string>(...words: readonly V[]): Shape<V> {
  return (value, path) => {
    if (typeof value !== 'string' || !(words as readonly string[]).includes(value))
      misshapen(path, `${path} cannot be ${shown(value)}.`, spellingFix(String(value), words, 'Possible'));
  };
}

export const orNull =
  <T>(shape: Shape<T>): Shape<T | null> =>
  (value, path) => {
    if (value !== null) shape(value, path);
  };

export const list =
  <T>(item: Shape<T>, least = 0): Shape<readonly T[]> =>
  (value, path) => {
    if (!Array.isArray(value)) misshapen(path, `${path} must be a list, not ${shown(value)}.`);
    if (value.length < least) misshapen(path, `${path} must have at least ${least} entry.`);
    for (let i = 0; i < value.length; i++) item(value[i], `${path}[${i}]`);
  };

export const record =
  <T>(item: Shape<T>): Shape<Readonly<Record<string, T>>> =>
  (value, path) => {
    const entries = Object.entries(plainObject(value, path));
    for (const [name, one] of entries) item(one, `${path}.${name}`);
  };

type Fields<T> = { readonly [K in keyof T]-?: Shape<Exclude<T[K], undefined>> };

/** An object with these fields and no others; those named in `optional` may be absent. */
export const object =
  <T>(fields: Fields<T>, optional: readonly (keyof T & string)[] = []): Shape<T> =>
  (value, path) => {
    const given = plainObject(value, path);
    const names = Object.keys(fields);
    for (const name of Object.keys(given))
      if (!names.includes(name)) misshapen(`${path}.${name}`, `${path} has no '${name}'.`, spellingFix(name, names, 'It has'));
    for (const name of names) {
      if (Object.hasOwn(given, name)) fields[name as keyof T](given[name], `${path}.${name}`);
      else if (!(optional as readonly string[]).includes(name)) misshapen(path, `${path} lacks '${name}'.`);
    }
  };

/** One of several objects, told apart by the text of one field. */
export const oneKind =
  <T, K extends keyof T & string>(
    tag: K,
    kinds: { readonly [V in T[K] & string]: Shape<Extract<T, { readonly [_ in K]: V }>> },
  ): Shape<T> =>
  (value, path) => {
    const given = plainObject(value, path)[tag];
    const names = Object.keys(kinds);
    if (typeof given !== 'string' || !names.includes(given))
      misshapen(`${path}.${tag}`, `${path}.${tag} cannot be ${shown(given)}.`, spellingFix(String(given), names, 'Possible'));
    kinds[given as T[K] & string](value, path);
  };

function plainObject(value: unknown, path: Place): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    misshapen(path, `${path} must be an object, not ${shown(value)}.`);
  return value as Readonly<Record<string, unknown>>;
}
