import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MillwrightError } from '../base/error.js';
import { BodyScan } from './body-scan.js';

/** What a scan says of a text that comes in parts of a size. */
function scanned(text: string, limits: { rows: number; depth: number }, part: number): string | null {
  const scan = new BodyScan({ bytes: Number.POSITIVE_INFINITY, ...limits });
  const bytes = Buffer.from(text);
  try {
    for (let at = 0; at < bytes.length; at += part) scan.add(bytes.subarray(at, at + part));
  } catch (thrown) {
    if (thrown instanceof MillwrightError) return thrown.code;
    throw thrown;
  }
  return null;
}

const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;

/** Texts with all that could be taken for structure. */
const text = fc.string({ unit: fc.constantFrom('a', '"', '\\', '[', ']', '{', '}', ',', ':', 'é', '\u2028') });
const value = fc.letrec((tie) => ({
  any: fc.oneof({ maxDepth: 4 }, text, fc.double(), fc.boolean(), fc.constant(null), tie('list'), tie('object')),
  list: fc.array(tie('any'), { maxLength: 4 }),
  object: fc.dictionary(text, tie('any'), { maxKeys: 4 }),
})).any;

test('rows and depth are those of the parsed body, however it is written and cut', () => {
  fc.assert(
    fc.property(
      fc.array(value, { maxLength: 6 }),
      value,
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 4, max: 7 }),
      fc.integer({ min: 1, max: 40 }),
      fc.boolean(),
      (rows, other, most, deepest, part, spaced) => {
        const body = { 'a"b': other, rows };
        const json = JSON.stringify(body, null, spaced ? 1 : 0);
        const said = scanned(json, { rows: most, depth: deepest }, part);
        const lists = [rows.length, Array.isArray(other) ? other.length : 0];
        if (depthOf(body) > deepest) expect(['MW_SERVE_BODY_TOO_DEEP', 'MW_SERVE_ROWS_TOO_MANY']).toContain(said);
        else expect(said).toBe(Math.max(...lists) > most ? 'MW_SERVE_ROWS_TOO_MANY' : null);
      },
    ),
  );
});

test('what is too much is refused before the rest has come', () => {
  const start = `{"rows":[${'{},'.repeat(50)}`;
  expect(scanned(start, { rows: 40, depth: 8 }, 16)).toBe('MW_SERVE_ROWS_TOO_MANY');
  expect(scanned('{"rows":[[[[[[[[[', { rows: 40, depth: 8 }, 16)).toBe('MW_SERVE_BODY_TOO_DEEP');
});
