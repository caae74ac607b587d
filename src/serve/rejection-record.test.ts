import { expect, test } from 'vitest';
import type { Rejection } from './predict.js';
import { rejectionRecord } from './rejection-record.js';

const rejection = (input: unknown): Rejection => ({
  ok: false,
  id: 'p1',
  row: 0,
  problems: [
    { code: 'MW_ROW_TYPE', severity: 'error', column: 'age', message: `Column 'age' must be a number, not "Ada Lovelace".` },
  ],
  input,
});
const person = { age: 'Ada Lovelace', city: null, tags: ['secret'], more: { of: 'secret' }, vip: true, x: 5 };

test('of a refused row names and types are kept, not its values', () => {
  const { problems, input } = rejectionRecord(rejection(person), false);
  expect(JSON.parse(problems)).toEqual([{ code: 'MW_ROW_TYPE', column: 'age' }]);
  expect(JSON.parse(input)).toEqual({ age: 'string', city: 'null', tags: 'list', more: 'object', vip: 'boolean', x: 'number' });
  expect(problems + input).not.toMatch(/Ada|secret/);
  for (const [odd, type] of [
    [['Ada'], 'list'],
    ['Ada', 'string'],
    [null, 'null'],
    [undefined, 'undefined'],
  ] as const)
    expect(JSON.parse(rejectionRecord(rejection(odd), false).input)).toBe(type);
});

test('values are kept when they are asked for', () => {
  const { problems, input } = rejectionRecord(rejection(person), true);
  expect(JSON.parse(input)).toEqual(person);
  expect(problems).toContain('Ada Lovelace');
});

test('what is kept is bounded, and a `__proto__` is a name like others', () => {
  const wide = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`k${i}`, i]));
  for (const values of [true, false]) expect(rejectionRecord(rejection(wide), values).input.length).toBeLessThanOrEqual(2000);
  expect(rejectionRecord(rejection(JSON.parse('{"__proto__":{"x":1}}')), false).input).toBe('{"__proto__":"object"}');
});
