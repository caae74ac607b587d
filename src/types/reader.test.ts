import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ScriptWriter } from '../base/script/script-writer.js';
import { COLUMN_TYPES, type ColumnType } from './catalogue.js';
import { readingMistake } from './check-reading.js';
import { type ReadColumn, type ReadValue, reader, readerScript } from './reader.js';
import type { ReadingPlan } from './reading-plan.js';

const read = (type: ColumnType, value: unknown, reads?: ReadingPlan) => reader(reads ? { type, reads } : { type })(value);
const UTC = Date.UTC;
const UNREADABLE = undefined;

describe('a value of a type', () => {
  test.each<[ColumnType, unknown, unknown]>([
    ['number', 1.5, 1.5],
    ['number', -0, 0],
    ['number', ' 1.50\u00a0', 1.5],
    ['number', '+.5', 0.5],
    ['number', '5.', 5],
    ['number', '007', 7],
    ['number', '1E3', 1000],
    ['number', '-0.0', 0],
    ['number', '1e-400', 0],
    ['number', '5e-324', 5e-324],
    ['number', '0.1000000000000000055511151231257827', 0.1],
    ['number', true, 1],
    ['number', false, 0],
    ['number', '', null],
    ['number', ' \t\u2003\ufeff', null],
    ['number', null, null],
    ['number', undefined, null],
    ['number', '1e999', UNREADABLE],
    ['number', Number.POSITIVE_INFINITY, UNREADABLE],
    ['number', Number.NaN, UNREADABLE],
    ['number', 'Infinity', UNREADABLE],
    ['number', '0x10', UNREADABLE],
    ['number', '1_000', UNREADABLE],
    ['number', '1,5', UNREADABLE],
    ['number', '1 000', UNREADABLE],
    ['number', 'NA', UNREADABLE],
    ['number', 'true', UNREADABLE],
    ['number', '١٢', UNREADABLE],
    ['number', [1], UNREADABLE],
    ['number', {}, UNREADABLE],
    ['integer', '5.0', 5],
    ['integer', '1e3', 1000],
    ['integer', 2 ** 53, UNREADABLE],
    ['integer', '9007199254740993', UNREADABLE],
    ['integer', '9007199254740991', 2 ** 53 - 1],
    ['integer', 50.5, UNREADABLE],
    ['integer', '-0', 0],
    ['boolean', true, true],
    ['boolean', 0, false],
    ['boolean', 1, true],
    ['boolean', ' Yes', true],
    ['boolean', 'F', false],
    ['boolean', 'constructor', UNREADABLE],
    ['boolean', 2, UNREADABLE],
    ['string', ' a b ', 'a b'],
    ['string', 'e\u0301', 'e\u0301'],
    ['string', '\u00e9', '\u00e9'],
    ['string', 5, '5'],
    ['string', 1.5e300, UNREADABLE],
    ['string', 1.25, '1.25'],
    ['string', true, 'true'],
    ['string', 2 ** 53, UNREADABLE],
    ['string', '9007199254740993', '9007199254740993'],
    ['string', 'a\0b', UNREADABLE],
    ['string', '\ud800', UNREADABLE],
    ['string', '\u{1f600}', '\u{1f600}'],
    ['string', ['a', 1], '["a",1]'],
    ['text', { a: null }, '{"a":null}'],
    ['category', ' x', 'x'],
    ['text', 'two words ', 'two words'],
    ['timestamp', 5, 5],
    ['timestamp', 8.64e15 + 2, UNREADABLE],
    ['timestamp', true, UNREADABLE],
    ['timestamp', '2024-02-29', UTC(2024, 1, 29)],
    ['timestamp', '2023-02-29', UNREADABLE],
    ['timestamp', '2024-02', UTC(2024, 1)],
    ['timestamp', '2024', UTC(2024)],
    ['timestamp', '20240229', UNREADABLE],
    ['timestamp', '1700000000', UNREADABLE],
    ['timestamp', '1700000000000', 1_700_000_000_000],
    ['timestamp', ' 2024-2-29 7:05 ', UTC(2024, 1, 29, 7, 5)],
    ['timestamp', '2024/02/29T12:00:00,5+01:00', UTC(2024, 1, 29, 11, 0, 0, 500)],
    ['timestamp', '2024-02-29T12:00:00Z', UTC(2024, 1, 29, 12)],
    ['timestamp', '2024-02-29 12:00:00 utc', UTC(2024, 1, 29, 12)],
    ['timestamp', '2024-02-29T12:00:00-0530', UTC(2024, 1, 29, 17, 30)],
    ['timestamp', '2024-02-29T12:00-05', UTC(2024, 1, 29, 17)],
    ['timestamp', '2024-02-29T24:00', UTC(2024, 2, 1)],
    ['timestamp', '2024-02-29T24:01', UNREADABLE],
    ['timestamp', '2024-02-29T25:00', UNREADABLE],
    ['timestamp', '2024-02-29T12:60', UNREADABLE],
    ['timestamp', '2024-02-29T12:00:60', UTC(2024, 1, 29, 12, 1)],
    ['timestamp', '2024-02-29T12:00+24:00', UNREADABLE],
    ['timestamp', '2024-02-29T12:00:00.123456789', UTC(2024, 1, 29, 12) + 123.456],
    ['timestamp', '0099-12-31', new Date(0).setUTCFullYear(99, 11, 31)],
    ['timestamp', '-0044-03-15', new Date(0).setUTCFullYear(-44, 2, 15)],
    ['timestamp', '+275760-09-13', 8.64e15],
    ['timestamp', '+275760-09-14', UNREADABLE],
    ['timestamp', '31.12.2023', UNREADABLE],
    ['timestamp', '0000-00-00', UNREADABLE],
  ])('%s of %j is %j', (type, value, expected) => {
    expect(read(type, value)).toBe(expected);
  });
});

describe('a value as its column is written', () => {
  test.each<[ColumnType, ReadingPlan, unknown, unknown]>([
    ['number', { missing: ['NA', '-999'] }, ' NA ', null],
    ['number', { missing: ['NA', '-999'] }, 'na', UNREADABLE],
    ['number', { missing: ['NA', '-999'] }, -999, null],
    ['number', { missing: ['NA', '-999'] }, '-999.0', null],
    ['integer', { missing: ['1.000'], decimal: ',', group: '.' }, 1000, null],
    ['number', { missing: ['1'] }, true, null],
    ['string', { missing: ['NA', '7'] }, 'NA', null],
    ['string', { missing: ['NA', '7'] }, 7, null],
    ['string', { missing: ['NA', '7'] }, '07', '07'],
    ['boolean', { missing: ['?', '0', '-9'] }, -9, null],
    ['boolean', { missing: ['?', '0'] }, 0, null],
    ['boolean', { missing: ['?', '0'] }, 'no', null],
    ['boolean', { missing: ['?', '0'] }, true, true],
    ['timestamp', { missing: ['0000-00-00', '0'] }, '0000-00-00', null],
    ['timestamp', { missing: ['0000-00-00', '0'] }, 0, null],
    ['timestamp', { missing: ['0000-00-00', '0'] }, '1970-01-01', null],
    ['number', { decimal: ',' }, '1,5', 1.5],
    ['number', { decimal: ',' }, '1.5', UNREADABLE],
    ['number', { decimal: ',' }, 1.5, 1.5],
    ['number', { decimal: ',', group: '.' }, '-1.234.567,5', -1_234_567.5],
    ['number', { decimal: ',', group: '.' }, '1234,5e2', 123_450],
    ['number', { decimal: ',', group: '.' }, '1.23,5', UNREADABLE],
    ['number', { group: ',' }, '106,050', 106_050],
    ['number', { group: ',' }, '10,60', UNREADABLE],
    ['number', { group: ' ' }, '1\u202f234', 1234],
    ['number', { group: "'" }, '1’234.5', 1234.5],
    ['number', { unit: '$', group: ',' }, '-$1,234.00', -1234],
    ['number', { unit: '$', group: ',' }, '$ -1,234.00', -1234],
    ['number', { unit: '$' }, '-$-5', UNREADABLE],
    ['number', { unit: '$' }, '5', 5],
    ['number', { unit: '$' }, '€5', UNREADABLE],
    ['number', { unit: '%' }, '12.5 %', 12.5],
    ['number', { unit: '%' }, '%', UNREADABLE],
    ['integer', { unit: 'EUR' }, '12 EUR', 12],
    ['timestamp', { dates: 'mdy' }, '12/31/2023', UTC(2023, 11, 31)],
    ['timestamp', { dates: 'mdy' }, '31/12/2023', UNREADABLE],
    ['timestamp', { dates: 'mdy' }, '1/2/69 11:05 PM', UTC(1969, 0, 2, 23, 5)],
    ['timestamp', { dates: 'mdy' }, '1/2/68 12:05 am', UTC(2068, 0, 2, 0, 5)],
    ['timestamp', { dates: 'mdy' }, '1/2/2023 13:05 pm', UNREADABLE],
    ['timestamp', { dates: 'mdy' }, '2023-12-31', UTC(2023, 11, 31)],
    ['timestamp', { dates: 'dmy' }, '31.12.2023 18:30', UTC(2023, 11, 31, 18, 30)],
    ['timestamp', { dates: 'dmy' }, '05-FEB-2023', UTC(2023, 1, 5)],
    ['timestamp', { dates: 'named' }, 'Aug 12, 2023', UTC(2023, 7, 12)],
    ['timestamp', { dates: 'named' }, '12 September 2023, 10:00:00Z', UTC(2023, 8, 12, 10)],
    ['timestamp', { dates: 'named' }, '12 Foo 2023', UNREADABLE],
    ['timestamp', { dates: 'named' }, '12/08/2023', UNREADABLE],
    ['timestamp', { dates: 'compact' }, '20220102', UTC(2022, 0, 2)],
    ['timestamp', { dates: 'compact' }, 20220102, UTC(2022, 0, 2)],
    ['timestamp', { dates: 'compact' }, '20220102T101112Z', UTC(2022, 0, 2, 10, 11, 12)],
    ['timestamp', { dates: 'compact' }, '20220230', UNREADABLE],
    ['timestamp', { dates: 'compact' }, 200112311200, 200112311200],
  ])('%s %j of %j is %j', (type, reads, value, expected) => {
    expect(readingMistake({ type, reads })).toBeNull();
    expect(read(type, value, reads)).toBe(expected);
  });
});

test.each<[ReadColumn & { readonly categories?: readonly string[] }, RegExp]>([
  [{ type: 'number', reads: {} }, /says nothing/],
  [{ type: 'string', reads: { decimal: ',' } }, /no such option/],
  [{ type: 'number', reads: { decimal: ',', group: ',' } }, /decimal sign/],
  [{ type: 'number', reads: { group: '.' } }, /say decimal: ','/],
  [{ type: 'number', reads: { unit: '1' } }, /unit/],
  [{ type: 'number', reads: { missing: [' NA'] } }, /white space/],
  [{ type: 'number', reads: { missing: ['NA', 'NA'] } }, /twice/],
  [{ type: 'category', categories: ['NA', 'EMEA'], reads: { missing: ['NA'] } }, /categories/],
])('%j cannot be', (column, problem) => {
  expect(readingMistake(column)).toMatch(problem);
});

const written = (column: ReadColumn): ReadValue => {
  const writer = new ScriptWriter();
  const name = readerScript(column, writer);
  return new Function(`"use strict";${writer}\nreturn ${name}`)() as ReadValue;
};

const word = fc.constantFrom('NA', '-999', '1,5', '0', 'true', 'x', '0000-00-00', '20220102');
const numbers = fc.record(
  {
    missing: fc.uniqueArray(word, { minLength: 1, maxLength: 3 }),
    decimal: fc.constant(',' as const),
    group: fc.constantFrom(',' as const, '.' as const, ' ' as const, "'" as const),
    unit: fc.constantFrom('$', '%', 'EUR', '(x)', '€'),
  },
  { requiredKeys: [] },
);
const moments = fc.record(
  {
    missing: fc.uniqueArray(word, { minLength: 1, maxLength: 3 }),
    dates: fc.constantFrom('mdy' as const, 'dmy' as const, 'named' as const, 'compact' as const),
  },
  { requiredKeys: [] },
);
const texts = fc.record({ missing: fc.uniqueArray(word, { minLength: 1, maxLength: 3 }) }, { requiredKeys: [] });
const column: fc.Arbitrary<ReadColumn> = fc
  .constantFrom(...COLUMN_TYPES)
  .chain((type) =>
    (type === 'number' || type === 'integer' ? numbers : type === 'timestamp' ? moments : texts)
      .map((reads) => (Object.keys(reads).length === 0 ? { type } : { type, reads }))
      .filter((made) => !('reads' in made) || readingMistake(made) === null),
  );
const pieces = fc
  .array(
    fc.constantFrom(
      '1',
      '12',
      '234',
      '2023',
      '-',
      '+',
      '.',
      ',',
      ' ',
      '/',
      ':',
      '$',
      '%',
      'e',
      'T',
      'Z',
      'PM',
      'Feb',
      "'",
      '\u00a0',
    ),
    {
      maxLength: 9,
    },
  )
  .map((list) => list.join(''));
const dates = fc.tuple(
  fc.constantFrom(
    '2024-02-29',
    '29.02.2024',
    '2/29/24',
    '12/31/1969',
    '20240229',
    '5-Mar-2024',
    'March 5, 2024',
    '+012024-12-31',
    '2023-13-01',
  ),
  fc.constantFrom('', 'T12', ' 7:05', 'T23:59:59.9999999', ', 12:00 am', ' 24:00:00', '101112'),
  fc.constantFrom('', 'Z', ' UTC', '+0530', '-23:59', '+99'),
);
const value = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constantFrom<unknown>(
    null,
    undefined,
    -0,
    2 ** 53,
    -999,
    20220102,
    [],
    {},
    ['\ud800', [1]],
    { a: { b: -0 } },
    new Date(0),
    new Map(),
    1n,
    'yes',
    'NO',
    ' t ',
    '\ud800',
    'a\0',
  ),
  fc.string({ unit: 'binary' }),
  fc.double().map(String),
  fc.double().map((number) => ` ${number.toFixed(2).replace('.', ',')} `),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  word,
  pieces,
  dates.map((parts) => parts.join('')),
);

test('an exported module reads every value as the server does, to the bit', () => {
  fc.assert(
    fc.property(column, fc.array(value, { minLength: 1, maxLength: 20 }), (made, values) => {
      const [here, there] = [reader(made), written(made)];
      for (const given of values) expect(there(given)).toBe(here(given));
    }),
    { numRuns: 400 },
  );
});

test('what a reader gives is read as itself, so that a stored row means what it meant', () => {
  fc.assert(
    fc.property(column, value, (made, given) => {
      fc.pre(made.reads?.dates !== 'compact');
      const here = reader(made);
      const once = here(given);
      if (once !== undefined) expect(here(once)).toBe(once);
    }),
    { numRuns: 2000 },
  );
});

test('a value that no JSON can hold is unreadable', () => {
  for (const type of COLUMN_TYPES)
    for (const odd of [1n, Symbol('s'), () => 1, new Date(0), Number.NaN]) expect(read(type, odd)).toBe(UNREADABLE);
});

test('a finite number and its shortest text are one number', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
      for (const type of ['number', 'integer'] as const) expect(read(type, String(number))).toBe(read(type, number));
    }),
  );
});

test('a date reads as the calendar has it', () => {
  fc.assert(
    fc.property(fc.date({ noInvalidDate: true }), (date) => {
      expect(read('timestamp', date.toISOString())).toBe(date.getTime());
    }),
    { numRuns: 1000 },
  );
});
