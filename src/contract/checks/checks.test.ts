import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MillwrightError } from '../../base/error.js';
import type { CheckPlan, ColumnPlan, ContractPlan, Severity } from '../../define/plan.js';
import { type Column, columnFrom } from '../../frame/column.js';
import { call, column, literal } from '../../frame/expression.js';
import { type Frame, frame, rowAt } from '../../frame/frame.js';
import { reader } from '../../types/reader.js';
import { checkFrame, demandPassed } from '../../validate/check-frame.js';
import { compileRowCheck } from '../row-check.js';
import { CHECKS } from './catalogue.js';
import type { CheckContext, CheckName } from './check-kind.js';

const NOW = Date.UTC(2024, 0, 10);
const DAY = 86_400_000;
const plan = (type: ColumnPlan['type']): ColumnPlan => ({ kind: 'column', type, categories: null, nullable: true });
const columns: Record<string, ColumnPlan> = {
  id: plan('integer'),
  amount: plan('number'),
  city: plan('string'),
  at: plan('timestamp'),
  ok: plan('boolean'),
};
const sources = { cities: frame({ name: columnFrom('string', ['Bern', 'Oslo']), zone: columnFrom('number', [1, 2]) }) };
const context: CheckContext = { now: NOW, sources };
const table = (values: Partial<Record<keyof typeof columns, readonly (string | number | boolean | null)[]>>): Frame =>
  frame(Object.fromEntries(Object.entries(values).map(([name, list]) => [name, columnFrom(kind(name), list ?? [])])));
const kind = (name: string): Column['kind'] =>
  (({ id: 'number', amount: 'number', city: 'string', at: 'timestamp', ok: 'boolean' }) as const)[name as 'id'];

type Spec = CheckPlan extends infer P ? (P extends CheckPlan ? Omit<P, 'kind' | 'onFail'> : never) : never;
/** For each kind of check: data that hold and data that do not, and which rows are to blame (null: the whole). */
const EXAMPLES: Readonly<Record<CheckName, { check: Spec; holds: Frame; fails: Frame; rows: readonly number[] | null }>> = {
  type: {
    check: { check: 'type', column: 'id' },
    holds: table({ id: [1, null, -3] }),
    fails: table({ id: [1, 1.5, 2 ** 53] }),
    rows: [1, 2],
  },
  notNull: {
    check: { check: 'notNull', column: 'city', atMost: 0.25 },
    holds: table({ city: ['a', null, 'b', 'c'] }),
    fails: table({ city: ['a', null, null, 'c'] }),
    rows: [1, 2],
  },
  between: {
    check: { check: 'between', column: 'amount', low: 0, high: 10 },
    holds: table({ amount: [0, 10, null, 5] }),
    fails: table({ amount: [-0.001, 10, 10.001, null] }),
    rows: [0, 2],
  },
  oneOf: {
    check: { check: 'oneOf', column: 'city', values: ['Bern', 'Oslo'] },
    holds: table({ city: ['Oslo', null, 'Bern'] }),
    fails: table({ city: ['Oslo', 'Rome', 'Bern', 'Rome'] }),
    rows: [1, 3],
  },
  matches: {
    check: { check: 'matches', column: 'city', pattern: '^\\p{Lu}' },
    holds: table({ city: ['Élan', 'Oslo', null] }),
    fails: table({ city: ['oslo', 'Oslo'] }),
    rows: [0],
  },
  unique: {
    check: { check: 'unique', columns: ['id', 'city'] },
    holds: table({ id: [1, 1, 2, null, null], city: ['a', 'b', 'a', 'a', 'a'] }),
    fails: table({ id: [1, 2, 1, 1], city: ['a', 'a', 'a', 'b'] }),
    rows: [2],
  },
  freshWithin: {
    check: { check: 'freshWithin', column: 'at', span: DAY },
    holds: table({ at: [NOW - 5 * DAY, NOW - DAY, null] }),
    fails: table({ at: [NOW - 5 * DAY, NOW - DAY - 1] }),
    rows: null,
  },
  rowCount: {
    check: { check: 'rowCount', low: 2, high: 3 },
    holds: table({ id: [1, 2, 3] }),
    fails: table({ id: [1] }),
    rows: null,
  },
  monotone: {
    check: { check: 'monotone', column: 'at' },
    holds: table({ at: [1, 1, null, 2] }),
    fails: table({ at: [1, 5, 3, 4, 5, 6] }),
    rows: [2, 3],
  },
  references: {
    check: { check: 'references', columns: ['city', 'id'], source: 'cities', target: ['name', 'zone'] },
    holds: table({ city: ['Bern', null, 'Oslo'], id: [1, 7, 2] }),
    fails: table({ city: ['Bern', 'Rome'], id: [2, 1] }),
    rows: [0, 1],
  },
  holds: {
    check: { check: 'holds', name: 'amount above id', expression: call('gt', column('amount'), column('id')) },
    holds: table({ amount: [2, null], id: [1, 1] }),
    fails: table({ amount: [2, 1, 0], id: [1, 1, 1] }),
    rows: [1, 2],
  },
  sql: {
    check: {
      check: 'sql',
      name: 'no city twice as dear',
      query: "SELECT row_id FROM rows WHERE amount > 2 * (SELECT avg(amount) FROM rows) AND ok AND city = 'Bern'",
    },
    holds: table({ amount: [1, 2, null], city: ['a', null, 'b'], ok: [true, false, null], at: [NOW, null, 0] }),
    fails: table({ amount: [1, 1, 1, 100], city: ['a', 'b', 'c', 'Bern'], ok: [true, true, true, true], at: [1, 2, 3, 4] }),
    rows: [3],
  },
};

const contractOf = (spec: Spec, onFail: Severity, of: Frame): ContractPlan => ({
  kind: 'contract',
  columns: Object.fromEntries(Object.keys(of.columns).map((name) => [name, columns[name] as ColumnPlan])),
  checks: [{ kind: 'check', onFail, ...spec } as CheckPlan],
});
const resultOf = async (spec: Spec, onFail: Severity, of: Frame) => {
  const report = await checkFrame(of, contractOf(spec, onFail, of), context);
  const result = report.results.find((each) => each.check.check === spec.check && each.onFail === onFail);
  if (!result) throw new Error('the check was not run');
  return { report, result };
};

describe.each(Object.keys(CHECKS) as CheckName[])('check %s', (name) => {
  const example = EXAMPLES[name];

  test('holds', async () => {
    const { report, result } = await resultOf(example.check, 'fail', example.holds);
    expect(result).toMatchObject({ passed: true, failed: 0, share: 0, examples: [] });
    expect(report.passed).toBe(true);
    expect(report.keep.length).toBe(example.holds.rows);
  });

  test('names what fails', async () => {
    const { result } = await resultOf(example.check, 'warn', example.fails);
    const rows = example.rows ?? [];
    expect(result.passed).toBe(false);
    expect(result.examples).toEqual(rows.map((row) => ({ row, values: rowAt(example.fails, row) })));
    expect(result.failed).toBe(example.rows ? rows.length : 1);
    expect(result.share).toBe(example.rows ? rows.length / example.fails.rows : 1);
  });

  test('does what its severity says', async () => {
    const warned = (await resultOf(example.check, 'warn', example.fails)).report;
    const failed = (await resultOf(example.check, 'fail', example.fails)).report;
    const quarantined = (await resultOf(example.check, 'quarantine', example.fails)).report;
    expect(warned.passed).toBe(true);
    expect(warned.quarantined.map((each) => each.row)).toEqual([]);
    expect(failed.passed).toBe(false);
    expect(() => demandPassed(failed, 'test')).toThrow(MillwrightError);
    expect(quarantined.passed).toBe(example.rows !== null);
    expect(quarantined.quarantined.map((each) => each.row)).toEqual(example.rows ?? []);
    expect(quarantined.keep.length).toBe(example.fails.rows - (example.rows?.length ?? 0));
  });

  test('a column that is not there is an error', async () => {
    if (CHECKS[name].columns(example.check as never).length === 0) return;
    const empty = frame({}, 1);
    await expect(
      checkFrame(empty, { ...contractOf(example.check, 'warn', empty), columns: {} }, context),
    ).rejects.toMatchObject({
      code: 'MW_VALIDATE_COLUMN_UNKNOWN',
    });
  });
});

describe('batch and request agree', () => {
  const value: Record<string, fc.Arbitrary<string | number | boolean | null>> = {
    id: fc.option(fc.integer({ min: -3, max: 12 })),
    amount: fc.option(fc.double({ min: -5, max: 15, noNaN: true })),
    city: fc.option(fc.constantFrom('Bern', 'oslo', 'Rome', '')),
    at: fc.option(fc.integer({ min: 0, max: 10 })),
    ok: fc.option(fc.boolean()),
  };
  const byRow = (['between', 'oneOf', 'matches', 'holds'] as const).map((name) => EXAMPLES[name].check);
  test.each(byRow)('$check', async (spec) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record(value), { minLength: 1, maxLength: 30 }), async (list) => {
        const read = (name: string) => {
          const value = reader(columns[name as keyof typeof columns]);
          return list.map((row) => value(row[name]) ?? null);
        };
        const of = table(Object.fromEntries(Object.keys(columns).map((name) => [name, read(name)])));
        const contract = contractOf(spec, 'quarantine', of);
        const report = await checkFrame(of, contract, context);
        const single = compileRowCheck(contract);
        const bad = list.flatMap((row, i) => (single.check(row, []).some((each) => each.severity === 'error') ? [i] : []));
        expect(report.quarantined.map((each) => each.row)).toEqual(bad);
      }),
      { seed: 7, numRuns: 60 },
    );
  });
});

test('a column declares checks of itself', async () => {
  const of = table({ city: ['Bern', null, 'Rome'] });
  const contract: ContractPlan = {
    kind: 'contract',
    columns: { city: { kind: 'column', type: 'category', categories: ['Bern'], nullable: false } },
    checks: [],
  };
  const report = await checkFrame(of, contract, context);
  expect(report.results.map(({ check, onFail, failed }) => [check.check, onFail, failed])).toEqual([
    ['type', 'quarantine', 0],
    ['notNull', 'quarantine', 1],
    ['oneOf', 'warn', 1],
  ]);
  expect(report.quarantined).toEqual([{ row: 1, reasons: ["not true: 'city' is never missing"] }]);
  expect([...report.keep]).toEqual([0, 2]);
});

test('a row has all of its reasons', async () => {
  const of = table({ amount: [50], city: ['Rome'] });
  const checks: CheckPlan[] = [
    { kind: 'check', onFail: 'quarantine', check: 'between', column: 'amount', low: null, high: 10 },
    { kind: 'check', onFail: 'quarantine', check: 'oneOf', column: 'city', values: ['Bern'] },
  ];
  const report = await checkFrame(of, { kind: 'contract', columns: {}, checks }, context);
  expect(report.quarantined[0]?.reasons).toEqual(["not true: 'amount' is at most 10", "not true: 'city' is one of Bern"]);
});

test.each<[string, CheckPlan, string]>([
  ['pattern', { kind: 'check', onFail: 'warn', check: 'matches', column: 'city', pattern: '(' }, 'MW_VALIDATE_PATTERN_INVALID'],
  ['SQL', { kind: 'check', onFail: 'warn', check: 'sql', name: 'x', query: 'SELEC 1' }, 'MW_VALIDATE_SQL_FAILED'],
  [
    'source',
    { kind: 'check', onFail: 'warn', check: 'references', columns: ['city'], source: 'no', target: ['a'] },
    'MW_VALIDATE_REFERENCE_MISSING',
  ],
])('a %s that cannot be used is an error', async (_, check, code) => {
  const of = table({ city: ['a'] });
  await expect(checkFrame(of, { kind: 'contract', columns: {}, checks: [check] }, context)).rejects.toMatchObject({ code });
});

test.each([
  "SELECT content FROM read_text('/etc/hostname')",
  "SELECT * FROM read_csv('http://127.0.0.1:9/x.csv')",
  "SELECT * FROM '/etc/passwd'",
  "SELECT 1 FROM glob('/*')",
])('SQL of a contract reads nothing outside its table: %s', async (query) => {
  const check: CheckPlan = { kind: 'check', onFail: 'fail', check: 'sql', name: 'x', query };
  await expect(
    checkFrame(table({ amount: [1] }), { kind: 'contract', columns: {}, checks: [check] }, context),
  ).rejects.toMatchObject({ code: 'MW_VALIDATE_SQL_FAILED' });
});

test('a pattern that looks ahead or takes forever is refused or takes no time', async () => {
  const check = (pattern: string): CheckPlan => ({ kind: 'check', onFail: 'warn', check: 'matches', column: 'city', pattern });
  const of = table({ city: [`${'a'.repeat(5000)}!`, 'aaa'] });
  const report = await checkFrame(of, { kind: 'contract', columns: {}, checks: [check('^(a+)+$')] }, context);
  expect(report.results[0]?.passed).toBe(false);
  for (const pattern of ['(?=a)a', '(a)\\1'])
    await expect(checkFrame(of, { kind: 'contract', columns: {}, checks: [check(pattern)] }, context)).rejects.toMatchObject({
      code: 'MW_VALIDATE_PATTERN_INVALID',
    });
});

test('SQL that selects no row_id is about the whole', async () => {
  const of = table({ amount: [1, 2] });
  const check: CheckPlan = {
    kind: 'check',
    onFail: 'fail',
    check: 'sql',
    name: 'sum',
    query: 'SELECT sum(amount) s FROM rows HAVING s > 2',
  };
  const report = await checkFrame(of, { kind: 'contract', columns: {}, checks: [check] }, context);
  expect(report.passed).toBe(false);
  expect(report.results[0]?.what).toBe('sum: the query selects 1 rows.');
});

test('a literal condition is compiled for rows too', () => {
  const contract: ContractPlan = {
    kind: 'contract',
    columns: { amount: plan('number') },
    checks: [
      { kind: 'check', onFail: 'warn', check: 'holds', name: 'small', expression: call('lt', column('amount'), literal(3)) },
    ],
  };
  expect(compileRowCheck(contract).check({ amount: 4 }, [])).toMatchObject([
    { code: 'MW_ROW_CHECK', severity: 'warning', column: 'amount' },
  ]);
});
