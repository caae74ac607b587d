import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ScriptWriter } from '../base/script/script-writer.js';
import type { CheckPlan, ColumnPlan } from '../define/plan.js';
import type { Scalar } from '../frame/column.js';
import { call, column, literal } from '../frame/expression.js';
import { compileRowCheck, type RowProblem } from './row-check.js';
import { writeRowCheck } from './row-check-script.js';

const plan = (type: ColumnPlan['type'], nullable = true, categories: readonly string[] | null = null): ColumnPlan => ({
  kind: 'column',
  type,
  categories,
  nullable,
});
const columns = {
  n: plan('number', false),
  __proto__x: plan('integer'),
  b: plan('boolean'),
  t: plan('timestamp'),
  "s'\u2028</script>": plan('string'),
  c: plan('category', true, ['x', 'y']),
  d: plan('category', true, ['x', '__proto__']),
  e: { ...plan('number'), reads: { missing: ['NA', '-7'], decimal: ',', unit: '%' } },
  f: { ...plan('timestamp'), reads: { missing: ['?'], dates: 'dmy' } },
} as const;
const of = (check: Record<string, unknown>, onFail = 'quarantine') => ({ kind: 'check', onFail, ...check }) as CheckPlan;
const checks: CheckPlan[] = [
  of({ check: 'between', column: 'n', low: -5, high: null }),
  of({ check: 'between', column: 't', low: null, high: 0 }, 'warn'),
  of({ check: 'matches', column: "s'\u2028</script>", pattern: '^[</\u2028"]' }),
  of({ check: 'oneOf', column: 'c', values: ['x', 'y'] }, 'warn'),
  of({ check: 'oneOf', column: 'd', values: ['x', '__proto__'] }),
  of({ check: 'notNull', column: 'b', atMost: 0 }),
  of({ check: 'holds', name: 'n over i', expression: call('gt', column('n'), column('__proto__x')) }),
  of({ check: 'holds', name: 'lower', expression: call('ne', call('lower', column('c')), literal('z')) }, 'warn'),
];

type Check = (row: unknown, values: Scalar[]) => readonly RowProblem[];
const written = (optional: ReadonlySet<string> = new Set(), extras: Parameters<typeof writeRowCheck>[1] = []) => {
  const writer = new ScriptWriter();
  const { name, columns: names } = writeRowCheck({ columns, checks }, extras, optional, writer);
  return { names, check: new Function(`"use strict";${writer}\nreturn ${name}`)() as Check };
};

const value = fc.oneof(
  fc.constantFrom(null, undefined, true, false, 'x', 'y', 'z', 'Z', '__proto__', '<', '\u2028', 'quite another'),
  fc.constantFrom('2001-02-03', '2023-02-29', '2024-02-29T12:00:00.5+01:00', '1960-01-01T00:00:00-0530', '0099-12-31'),
  fc.constantFrom(1.5, -7, 2 ** 53, Infinity, Number.NaN, -0, 1e15),
  fc.integer(),
  fc.constantFrom('1,5 %', ' NA', '-7.0', '?', '3.2.2001', 'yes', '\ud800', ' 12 ', '5.0', '', '\u00a0'),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.array(fc.integer(), { maxLength: 40 }),
  fc.object({ maxDepth: 1 }),
);
const row = fc.oneof(
  { weight: 9, arbitrary: fc.dictionary(fc.constantFrom(...Object.keys(columns), 'unknown', 'toString'), value) },
  { weight: 1, arbitrary: value },
);

test('rows are checked by script as by the server, but that it makes no guesses', () => {
  const compiled = compileRowCheck({ columns, checks });
  const { check, names } = written();
  expect(names).toEqual(compiled.columns);
  fc.assert(
    fc.property(row, (given) => {
      const expected: Scalar[] = [];
      const found: Scalar[] = [];
      const problems = compiled
        .check(given, expected)
        .map((each) => ({ ...each, message: each.message.replace(/ Did you mean .*$/, '') }));
      expect(check(given, found)).toEqual(problems);
      expect(found).toEqual(expected);
    }),
    { numRuns: 1500 },
  );
});

test('columns that are not used may be left out, extras must be named and may be null', () => {
  const { check } = written(new Set(['n']), [{ name: 'rate', says: 'the mean of late over 24h' }]);
  const codes = (given: unknown) => check(given, []).map(({ code, column: of }) => `${code} ${of}`);
  expect(codes({ b: true, rate: null })).toEqual([]);
  expect(codes({ b: true, rate: 0.5, n: 2 })).toEqual([]);
  expect(codes({ b: true, n: 'x', rate: 'y' })).toEqual(['MW_ROW_TYPE n', 'MW_ROW_TYPE rate']);
  expect(codes({ b: true, rate: undefined })).toEqual(['MW_ROW_COLUMN_MISSING rate']);
  expect(check({ b: true }, [])[0]?.message).toContain('not there: the mean of late over 24h');
});

test('values that no JSON can hold are problems and not crashes', () => {
  const { check } = written();
  const loop: Record<string, unknown> = {};
  loop['itself'] = loop;
  for (const bad of [1n, Symbol('s'), () => 1, loop, Object.create(null), new Date(Number.NaN)])
    expect(check({ n: bad, b: true }, []).map(({ code }) => code)).toEqual(['MW_ROW_TYPE']);
  expect(check(Object.create({ n: 1, b: true }), []).map(({ code }) => code)).toContain('MW_ROW_COLUMN_MISSING');
});
