import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseObject } from './parse-object.js';

test('a row of a file is read as a server reads it, numbers of any length too', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (row) => {
      const text = JSON.stringify(row);
      const safe = JSON.stringify(row, (_, value: unknown) =>
        Number.isInteger(value) && !Number.isSafeInteger(value) ? 0 : value,
      );
      expect(parseObject(safe).object).toEqual(JSON.parse(safe));
      expect(parseObject(text).problem).toBeNull();
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['{"a":1.2310973215786805,"b":-0.12345678901234567e-12}', { a: 1.2310973215786805, b: Number('-0.12345678901234567e-12') }],
  ['{"a":12345678901234567890,"b":[-9007199254740993]}', { a: '12345678901234567890', b: ['-9007199254740993'] }],
  ['{"a":12345678901234567890.5,"b":9007199254740993e0}', { a: Number('12345678901234567890.5'), b: 2 ** 53 }],
  ['{"a":"12345678901234567890","\\"12345678901234567890":1}', { a: '12345678901234567890', '"12345678901234567890': 1 }],
  ['{"a":1,"a":2}', { a: 2 }],
])('%s', (text, object) => {
  expect(parseObject(text)).toEqual({ object, problem: null });
});
