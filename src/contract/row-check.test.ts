import { describe, expect, test } from 'vitest';
import type { ColumnPlan } from '../define/plan.js';
import type { Scalar } from '../frame/column.js';
import { compileRowCheck } from './row-check.js';

const plan = (type: ColumnPlan['type'], nullable = true, categories: readonly string[] | null = null): ColumnPlan => ({
  kind: 'column',
  type,
  categories,
  nullable,
});
const columns = {
  n: plan('number', false),
  i: plan('integer'),
  b: plan('boolean'),
  t: plan('timestamp'),
  s: plan('string'),
  c: plan('category', true, ['x', 'y']),
  m: { ...plan('number'), reads: { missing: ['NA'], decimal: ',' } },
} as const;
const { check } = compileRowCheck({ columns });
const run = (row: unknown) => {
  const values: Scalar[] = [];
  return { problems: check(row, values), values };
};

test('a good row gives its values in order and no problem', () => {
  const { problems, values } = run({ c: 'y', n: 1.5, i: -2, b: false, t: '2024-02-29T12:00:00.5+01:00', s: 'text' });
  expect(problems).toEqual([]);
  expect(values).toEqual([1.5, -2, false, Date.UTC(2024, 1, 29, 11, 0, 0, 500), 'text', 'y', null]);
});

test('columns that may be missing may be null or left out', () => {
  const { problems, values } = run({ n: 0, i: null });
  expect(problems).toEqual([]);
  expect(values).toEqual([0, null, null, null, null, null, null]);
});

test('values are read as a file has them: quoted, padded, with missing words', () => {
  const { problems, values } = run({ n: ' 1.50 ', i: '5.0', b: 'Yes', t: ' 2024-02-29', s: ' a ', c: 'y\u00a0', m: '1,5' });
  expect(problems).toEqual([]);
  expect(values).toEqual([1.5, 5, true, Date.UTC(2024, 1, 29), 'a', 'y', 1.5]);
  expect(run({ n: -0, s: 7, b: 0, m: 'NA', i: '' }).values).toEqual([0, null, false, null, '7', null, null]);
});

describe('problems', () => {
  test.each<[string, unknown, string | null, string]>([
    ['a list', [1], null, 'MW_ROW_NOT_OBJECT'],
    ['null', null, null, 'MW_ROW_NOT_OBJECT'],
    ['a required column left out', {}, 'n', 'MW_ROW_COLUMN_MISSING'],
    ['a required column null', { n: null }, 'n', 'MW_ROW_COLUMN_MISSING'],
    ['an inherited column', Object.create({ n: 1 }), 'n', 'MW_ROW_COLUMN_MISSING'],
    ['a text that is no number', { n: '1a' }, 'n', 'MW_ROW_TYPE'],
    ['an empty text in a required column', { n: ' ' }, 'n', 'MW_ROW_COLUMN_MISSING'],
    ['an infinite number', { n: Number.POSITIVE_INFINITY }, 'n', 'MW_ROW_TYPE'],
    ['a fraction', { n: 1, i: 1.5 }, 'i', 'MW_ROW_TYPE'],
    ['an inexact integer', { n: 1, i: 2 ** 53 }, 'i', 'MW_ROW_TYPE'],
    ['a number that is no truth value', { n: 1, b: 2 }, 'b', 'MW_ROW_TYPE'],
    ['a day that is none', { n: 1, t: '2023-02-29' }, 't', 'MW_ROW_TYPE'],
    ['a moment in words', { n: 1, t: 'yesterday' }, 't', 'MW_ROW_TYPE'],
    ['a whole number as text that has lost digits', { n: 1, s: 2 ** 53 }, 's', 'MW_ROW_TYPE'],
    ['half a character', { n: 1, s: '\ud800' }, 's', 'MW_ROW_TYPE'],
    ['a list where a number should be', { n: [1] }, 'n', 'MW_ROW_TYPE'],
  ])('%s is an error', (_, row, column, code) => {
    const { problems } = run(row);
    expect(problems).toMatchObject([{ code, column, severity: 'error' }]);
  });

  test('a category never seen and an unknown column are warnings', () => {
    const { problems, values } = run({ n: 1, c: 'z', nn: 3 });
    expect(problems.map(({ code, severity, column }) => [code, severity, column])).toEqual([
      ['MW_ROW_CATEGORY_UNSEEN', 'warning', 'c'],
      ['MW_ROW_COLUMN_UNKNOWN', 'warning', 'nn'],
    ]);
    expect(values[5]).toBe('z');
  });

  test('a missing word in a required column is told with the word', () => {
    const contract = { columns: { c: { ...plan('category', false, ['EMEA']), reads: { missing: ['NA'] } } } };
    expect(compileRowCheck(contract).check({ c: ' NA' }, [])).toMatchObject([
      { code: 'MW_ROW_COLUMN_MISSING', column: 'c', message: 'Column \'c\' is required and " NA", which means missing.' },
    ]);
  });

  test('all problems of a row are told, and the value of each wrong column is null', () => {
    const { problems, values } = run({ i: 'x', t: {} });
    expect(problems.map((each) => each.column)).toEqual(['n', 'i', 't']);
    expect(values.every((value) => value === null)).toBe(true);
  });

  test('a missing column and a name that is near it are told together', () => {
    const misspelt = compileRowCheck({ columns: { tenure: plan('number', false), city: plan('string', false) } });
    const problems = misspelt.check({ tenur: 1, town: 'x' }, []).filter(({ severity }) => severity === 'error');
    expect(problems.map(({ message }) => message)).toEqual([
      "Column 'tenure' is required and not there. Did you mean it by 'tenur'?",
      "Column 'city' is required and not there.",
    ]);
  });

  test('of very many columns that are not known some are told, and the number of the others', () => {
    const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, 0]));
    const { problems } = run({ n: 1, ...many });
    expect(problems).toHaveLength(21);
    expect(problems.at(-1)).toMatchObject({
      severity: 'warning',
      column: null,
      message: '99980 more columns are not known and not used.',
    });
  });

  test('long values are cut in the message', () => {
    expect(run({ n: 'x'.repeat(10_000) }).problems[0]?.message.length).toBeLessThan(200);
  });
});

test.each<[string | number, number]>([
  ['2001-02-03', Date.UTC(2001, 1, 3)],
  ['2001-02-03T04:05', Date.UTC(2001, 1, 3, 4, 5)],
  ['2001-02-03 04:05:06Z', Date.UTC(2001, 1, 3, 4, 5, 6)],
  ['1960-01-01T00:00:00-0530', Date.UTC(1960, 0, 1, 5, 30)],
  ['0099-12-31', Date.parse('0099-12-31T00:00:00Z')],
  [-86_400_000, -86_400_000],
])('the moment %s', (given, expected) => {
  expect(run({ n: 1, t: given }).values[3]).toBe(expected);
});
