import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { random } from '../base/random.js';
import { readContract, writeContract } from '../contract/contract-file.js';
import type { ColumnPlan, ContractPlan } from '../define/plan.js';
import { columnFrom } from '../frame/column.js';
import { type Frame, frame } from '../frame/frame.js';
import { checkFrame } from './check-frame.js';
import { inferContract } from './infer-contract.js';
import type { FindingName } from './profile.js';
import { profileFrame } from './profile-frame.js';

const plan = (type: ColumnPlan['type'], categories: readonly string[] | null = null): ColumnPlan => ({
  kind: 'column',
  type,
  categories,
  nullable: true,
});
const numbers = (values: readonly (number | null)[]) => columnFrom('number', values);
const strings = (values: readonly (string | null)[]) => columnFrom('string', values);
const series = <T>(n: number, value: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => value(i));
const found = (table: Frame, columns: Record<string, ColumnPlan> = {}, target?: string) =>
  profileFrame(table, columns, target === undefined ? {} : { target }).findings.map((each) => [each.finding, ...each.columns]);

/** Straight from the definitions, one value at a time. */
function reference(values: readonly (number | null)[]) {
  const present = values.filter((value) => value !== null).sort((a, b) => a - b);
  const mean = present.reduce((sum, value) => sum + value, 0) / present.length;
  const quantile = (p: number) => {
    const place = (present.length - 1) * p;
    const [low, high] = [present[Math.floor(place)] as number, present[Math.ceil(place)] as number];
    return low + (high - low) * (place - Math.floor(place));
  };
  const counts = new Map<number, number>();
  for (const value of present) counts.set(value, (counts.get(value) ?? 0) + 1);
  return {
    missing: values.length - present.length,
    distinct: counts.size,
    top: [...counts]
      .sort((a, b) => b[1] - a[1] || a[0] - b[0])
      .slice(0, 10)
      .map(([value, count]) => ({ value, count })),
    mean,
    sd: present.length > 1 ? Math.sqrt(present.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (present.length - 1)) : 0,
    p25: quantile(0.25),
    p99: quantile(0.99),
  };
}

test('figures of numbers are those of the definitions, counted or sorted', () => {
  const value = fc.oneof(
    fc.integer({ min: -20, max: 20 }),
    fc.integer({ min: -1_000_000, max: 1_000_000 }),
    fc.double({ min: -50, max: 50, noNaN: true }),
  );
  const lists = fc.oneof(
    fc.array(fc.option(fc.integer({ min: -20, max: 20 })), { minLength: 1, maxLength: 60 }),
    fc.array(fc.option(value), { minLength: 1, maxLength: 60 }),
  );
  fc.assert(
    fc.property(lists, (raw) => {
      const values = raw.map((each) => (each === null ? null : each + 0));
      if (values.every((each) => each === null)) return;
      const expected = reference(values);
      const profile = profileFrame(frame({ x: numbers(values) })).columns['x'];
      expect(profile).toMatchObject({ missing: expected.missing, distinct: expected.distinct, top: expected.top });
      expect(profile?.numbers?.mean).toBeCloseTo(expected.mean, 6);
      expect(profile?.numbers?.sd).toBeCloseTo(expected.sd, 6);
      expect(profile?.numbers?.quantiles.p25).toBeCloseTo(expected.p25, 9);
      expect(profile?.numbers?.quantiles.p99).toBeCloseTo(expected.p99, 9);
      const counted = profile?.numbers?.histogram.counts.reduce((sum, each) => sum + each, 0);
      expect(counted).toBe(values.length - expected.missing);
    }),
    { seed: 3, numRuns: 300 },
  );
});

test('strings and truth values', () => {
  const table = frame({ s: strings(['aa', 'b', null, 'aa']), b: columnFrom('boolean', [true, null, true, false]) });
  const { columns } = profileFrame(table);
  expect(columns['s']).toEqual({
    type: 'string',
    missing: 1,
    distinct: 2,
    top: [
      { value: 'aa', count: 2 },
      { value: 'b', count: 1 },
    ],
    numbers: null,
    lengths: { min: 1, mean: 5 / 3, max: 2 },
  });
  expect(columns['b']).toMatchObject({
    missing: 1,
    distinct: 2,
    top: [
      { value: true, count: 2 },
      { value: false, count: 1 },
    ],
  });
});

test('a profile is plain data and the same each time', () => {
  const table = frame({ x: numbers(series(100, (i) => i % 7)), s: strings(series(100, (i) => `t${i % 3}`)) });
  const profile = profileFrame(table);
  expect(JSON.parse(JSON.stringify(profile))).toEqual(profile);
  expect(profileFrame(table)).toEqual(profile);
});

describe('findings', () => {
  const n = 200;
  const source = random(5);
  const noise = series(n, () => source.normal());

  test('columns without information', () => {
    const table = frame({
      none: numbers(series(n, () => null)),
      same: strings(series(n, () => 'x')),
      sparse: numbers(series(n, (i) => (i % 5 === 0 ? i % 3 : null))),
      fine: numbers(noise),
    });
    expect(found(table)).toEqual([
      ['allMissing', 'none'],
      ['constant', 'same'],
      ['mostlyMissing', 'sparse'],
    ]);
  });

  test.each<[string, Frame, Record<string, ColumnPlan>, FindingName[]]>([
    [
      'texts that never repeat',
      frame({ customer: strings(series(n, (i) => `C-${i * 7919}`)) }),
      { customer: plan('string') },
      ['identifier'],
    ],
    [
      'numbers of rows, shuffled',
      frame({ row: numbers(series(n, (i) => (i * 77) % n)) }),
      { row: plan('integer') },
      ['identifier'],
    ],
    [
      'a number called id',
      frame({ userId: numbers(series(n, (i) => i * 1000 + ((i * i) % 97))) }),
      { userId: plan('integer') },
      ['identifier'],
    ],
    ['a measurement that never repeats', frame({ weight: numbers(noise) }), { weight: plan('number') }, []],
    [
      'a whole measurement that never repeats',
      frame({ income: numbers(series(n, (i) => i * i + 30_000)) }),
      { income: plan('integer') },
      [],
    ],
    ['years', frame({ year: numbers(series(60, (i) => 1950 + i)) }), { year: plan('integer') }, []],
    [
      'moments',
      frame({
        at: columnFrom(
          'timestamp',
          series(n, (i) => i * 1000),
        ),
      }),
      { at: plan('timestamp') },
      [],
    ],
    ['language', frame({ review: strings(series(n, (i) => `a long text about ${i} things`)) }), { review: plan('text') }, []],
    [
      'many names',
      frame({ name: strings(series(n, (i) => `n${i % 120}`)) }),
      { name: plan('string') },
      ['highCardinality', 'duplicateRows'],
    ],
  ])('%s', (_, table, columns, expected) => {
    expect(profileFrame(table, columns).findings.map((each) => each.finding)).toEqual(expected);
  });

  test('rows that repeat', () => {
    const table = frame({ a: numbers([1, 2, 1, 1, null, null]), b: strings(['x', 'x', 'x', 'y', null, null]) });
    const [only] = profileFrame(table).findings.filter((each) => each.finding === 'duplicateRows');
    expect(only?.value).toBe(2);
  });

  test('columns that say the same', () => {
    const table = frame({
      code: numbers(series(n, (i) => [3, 1, 2][i % 3] as number)),
      name: strings(series(n, (i) => ['c', 'a', 'b'][i % 3] as string)),
      celsius: numbers(noise),
      fahrenheit: numbers(noise.map((each) => each * 1.8 + 32)),
      near: numbers(noise.map((each, i) => each + (i % 2) * 0.5)),
      copy: numbers(noise),
    });
    expect(found(table)).toEqual([
      ['duplicateColumns', 'code', 'name'],
      ['duplicateColumns', 'celsius', 'copy'],
      ['correlatedColumns', 'celsius', 'fahrenheit'],
    ]);
  });

  test('columns that give the target away, and none that is only good', () => {
    const size = 2000;
    const draw = random(9);
    const truth = series(size, () => draw.next() < 0.3);
    const table = frame({
      churned: columnFrom('boolean', truth),
      closedAt: numbers(truth.map((each) => (each ? draw.next() : 5 + draw.next()))),
      status: strings(truth.map((each) => (each ? 'gone' : 'here'))),
      good: numbers(truth.map((each) => (each ? 1.5 : 0) + draw.normal())),
      customer: strings(series(size, (i) => `c${i}`)),
    });
    const findings = found(table, {}, 'churned');
    expect(findings.filter(([name]) => name === 'leakage')).toEqual([
      ['leakage', 'closedAt'],
      ['leakage', 'status'],
    ]);
    expect(profileFrame(table, {}, { target: 'churned' }).classes).toEqual([
      { value: false, count: truth.filter((each) => !each).length },
      { value: true, count: truth.filter((each) => each).length },
    ]);
  });

  test('a measured target', () => {
    const size = 2000;
    const draw = random(4);
    const price = series(size, () => draw.normal() * 10 + 100);
    const table = frame({
      price: numbers(price),
      taxed: numbers(price.map((each) => each * each)),
      area: numbers(price.map((each) => each + draw.normal() * 5)),
    });
    const profile = profileFrame(table, {}, { target: 'price' });
    expect(profile.classes).toBeNull();
    expect(profile.findings.filter((each) => each.finding === 'leakage').map((each) => each.columns)).toEqual([['taxed']]);
  });

  test('a rare class', () => {
    const table = frame({
      y: strings(series(500, (i) => (i % 50 === 0 ? 'yes' : 'no'))),
      x: numbers(series(500, (i) => (i * 31) % 17)),
    });
    expect(found(table, {}, 'y')).toContainEqual(['imbalance', 'y']);
  });

  test('a target that is not there', () => {
    expect(() => profileFrame(frame({ churn: numbers([1]) }), {}, { target: 'chrn' })).toThrow(/Did you mean 'churn'/);
  });
});

describe('the inferred contract', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'millwright-contract-test-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const columns = {
    id: plan('integer'),
    age: plan('integer'),
    share: plan('number'),
    plan: plan('category', ['a', 'b']),
    at: plan('timestamp'),
  };
  const table = frame({
    id: numbers(series(100, (i) => i + 1)),
    age: numbers(series(100, (i) => (i === 0 ? null : 20 + (i % 50)))),
    share: numbers(series(100, (i) => i / 100)),
    plan: strings(series(100, (i) => (i % 3 ? 'a' : 'b'))),
    at: columnFrom(
      'timestamp',
      series(100, (i) => i),
    ),
  });

  test('holds for the data it came from, and warns of data that are different', async () => {
    const contract = inferContract(table, columns);
    const context = { now: 0, sources: {} };
    const own = await checkFrame(table, contract, context);
    expect(own.results.filter((result) => !result.passed)).toEqual([]);
    const other = frame({
      id: numbers([1, 1]),
      age: numbers([300, null]),
      share: numbers([2, 0]),
      plan: strings(['a', 'z']),
      at: columnFrom('timestamp', [1, 2]),
    });
    const report = await checkFrame(other, contract, context);
    expect(report.results.filter((result) => !result.passed).map(({ check }) => check.check)).toEqual([
      'unique',
      'notNull',
      'between',
      'between',
      'oneOf',
    ]);
    expect(report.passed).toBe(true);
  });

  test('is written and read back the same', async () => {
    const contract = inferContract(table, columns);
    const path = join(folder, 'contract.json');
    await writeContract(path, contract);
    expect(await readContract(path)).toEqual(contract);
    const first = readFileSync(path, 'utf8');
    await writeContract(path, contract);
    expect(readFileSync(path, 'utf8')).toBe(first);
  });

  const good: ContractPlan = { kind: 'contract', columns: { a: plan('number') }, checks: [] };
  test.each<[string, unknown, string]>([
    ['no JSON', '{', ''],
    ['another kind', { kind: 'plan' }, 'kind'],
    ['a wrong type', { ...good, columns: { a: { ...plan('number'), type: 'float' } } }, 'columns.a.type'],
    ['no checks', { kind: 'contract', columns: {} }, 'checks'],
    ['an unknown check', { ...good, checks: [{ kind: 'check', check: 'between2', onFail: 'warn' }] }, 'checks[0].check'],
    [
      'a wrong severity',
      { ...good, checks: [{ kind: 'check', check: 'type', column: 'a', onFail: 'stop' }] },
      'checks[0].onFail',
    ],
    [
      'a missing field',
      { ...good, checks: [{ kind: 'check', check: 'between', column: 'a', low: 1, onFail: 'warn' }] },
      'checks[0].high',
    ],
    [
      'a broken expression',
      { ...good, checks: [{ kind: 'check', check: 'holds', name: 'x', expression: { kind: 'call' }, onFail: 'warn' }] },
      'checks[0].expression',
    ],
  ])('%s is refused with its place', async (_, data, place) => {
    const path = join(folder, 'wrong.json');
    writeFileSync(path, typeof data === 'string' ? data : JSON.stringify(data));
    const error = await readContract(path).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'MW_VALIDATE_CONTRACT_INVALID', where: { file: path, ...(place ? { place } : {}) } });
  });
});
