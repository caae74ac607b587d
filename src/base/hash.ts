import { createHash } from 'node:crypto';

/** `sha256:` and 64 hex digits: the name of some bytes, or of some plain data in canonical form. */
export type ContentHash = `sha256:${string}`;

/** Content hash of bytes or of a UTF-8 string. */
export function hashBytes(bytes: Uint8Array | string): ContentHash {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Content hash of plain data: that of its canonical JSON, so key order does not matter. */
export function hashData(data: unknown): ContentHash {
  return hashBytes(canonicalJson(data));
}

/** The first digits of a hash, enough for people. */
export function shortHash(hash: ContentHash): string {
  return hash.slice(7, 19);
}

/**
 * JSON with sorted keys and no white space; keys whose value is undefined are left out. NaN, infinities, functions,
 * bigints and class instances have no canonical form and throw a TypeError.
 */
export function canonicalJson(data: unknown): string {
  if (data === null || typeof data === 'boolean' || typeof data === 'string') return JSON.stringify(data);
  if (typeof data === 'number') {
    if (!Number.isFinite(data)) throw new TypeError(`${data} has no canonical form`);
    return JSON.stringify(Object.is(data, -0) ? 0 : data);
  }
  if (Array.isArray(data)) return `[${data.map((item) => canonicalJson(item === undefined ? null : item)).join(',')}]`;
  if (typeof data === 'object') {
    const prototype = Object.getPrototypeOf(data);
    if (prototype !== Object.prototype && prototype !== null)
      throw new TypeError(`${prototype.constructor?.name ?? 'object'} has no canonical form`);
    const entries = Object.entries(data)
      .filter(([, value]) => value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${canonicalJson(value)}`).join(',')}}`;
  }
  throw new TypeError(`${typeof data} has no canonical form`);
}
