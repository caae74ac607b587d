import { fail } from '../base/error.js';
import { canonicalJson } from '../base/hash.js';

/** What JSON can say. */
export type PlainData =
  | null
  | boolean
  | number
  | string
  | readonly PlainData[]
  | { readonly [key: string]: PlainData | undefined };

/** Plain data as canonical JSON; MW_REGISTRY_INVALID for what has no such form. */
export function toJson(what: string, data: unknown): string {
  try {
    return canonicalJson(data);
  } catch (thrown) {
    return fail('MW_REGISTRY_INVALID', {
      what: `The ${what} cannot be kept: ${thrown instanceof Error ? thrown.message : String(thrown)}.`,
      fix: 'Give plain data: texts, finite numbers, true, false, null, lists and objects of them.',
      cause: thrown,
    });
  }
}

/** Figures on their way into the audit log: a number that JSON cannot say is kept as its text ('NaN', 'Infinity'), never dropped. */
export function sayable(data: unknown): unknown {
  if (typeof data === 'number' && !Number.isFinite(data)) return String(data);
  if (Array.isArray(data)) return data.map(sayable);
  if (typeof data === 'object' && data !== null && Object.getPrototypeOf(data) === Object.prototype)
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, sayable(value)]));
  return data;
}
