import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { createJiti } from 'jiti';
import { afterAll, expect, test } from 'vitest';
import churn from '../../test/types/churn.system.js';
import flights from '../../test/types/flights.system.js';
import type { ColumnKind } from '../frame/column.js';
import type { Expression, Operation } from '../frame/expression.js';
import { checkPlan } from './check-plan.js';
import * as language from './language.js';
import type { CheckPlan, ReadingPlan, SystemPlan } from './plan.js';
import { planHash } from './plan-hash.js';
import { printDefinition } from './print-definition.js';
import { withMissing } from './source.js';
import { isSystem } from './system.js';

const folder = mkdtempSync(join(tmpdir(), 'millwright-print-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const jiti = createJiti(join(folder, 'x.ts'), { fsCache: false, virtualModules: { millwright: { ...language } } });

let made = 0;
/** The hash of the plan that some printed code makes. */
function hashOf(code: string): string {
  made++;
  const { default: system } = jiti.evalModule(code, { filename: join(folder, `plan-${made}.ts`) }) as { default: unknown };
  if (!isSystem(system)) throw new Error('no system');
  return system.hash;
}

test('flights and churn', () => {
  for (const { plan, hash } of [flights, churn]) expect(hashOf(printDefinition(plan))).toBe(hash);
});

test('ensembles and calibration', () => {
  const { average, gbdt, int, logistic, stack, tree } = language;
  const candidates = [
    stack([gbdt({ leaves: int(7, 63), rounds: 50 }), logistic(), gbdt()], { folds: 3 }),
    average([gbdt(), tree({ leaves: 9 })]),
  ];
  const plan = checkPlan({ ...churn.plan, train: { ...churn.plan.train, candidates, calibrate: 'isotonic' } });
  const code = printDefinition(plan);
  expect(code).toContain('stack([gbdt({ leaves: int(7, 63), rounds: 50 }), logistic(), gbdt()], { folds: 3 })');
  expect(hashOf(code)).toBe(planHash(plan));
});

test('an inferred table: no time, no views, awkward column names', () => {
  const nullable = { kind: 'column', categories: null, nullable: true } as const;
  const columns = withMissing(
    {
      'tenure (months)': { ...nullable, type: 'integer' },
      "it's": { ...nullable, type: 'string' },
      class: { ...nullable, type: 'number', reads: { decimal: ',', group: "'" } },
      '2nd': { ...nullable, type: 'text' },
      'back\\slash\n\u2028"': { ...nullable, type: 'boolean' },
      churned: { kind: 'column', type: 'category', categories: ['no', 'yes', '?'], nullable: false },
    },
    ['NA', '?'],
  );
  const { churned, ...asked } = columns;
  const plan = checkPlan({
    ...structuredClone(churn.plan),
    name: 'some table',
    problem: { ...churn.plan.problem, task: 'binary' },
    sources: {
      'some-table.csv': {
        kind: 'source',
        name: 'some-table.csv',
        from: {
          kind: 'connector',
          format: 'csv',
          path: 'some/table.csv',
          options: { delimiter: '\t', header: true, missing: ['NA', '?'] },
        },
        key: [],
        time: null,
        availableAt: null,
        contract: { kind: 'contract', columns, checks: [] },
      },
    },
    views: [],
    request: { kind: 'request', time: null, columns: asked },
    features: [
      { kind: 'feature', name: 'class', type: 'number', from: { kind: 'fromRequest', column: 'class' } },
      { kind: 'feature', name: '2nd', type: 'text', from: { kind: 'fromRequest', column: '2nd' } },
      { kind: 'feature', name: "it's", type: 'category', from: { kind: 'fromRequest', column: "it's" } },
    ],
    label: { kind: 'label', source: 'some-table.csv', expression: { kind: 'column', name: 'churned' }, positive: 'yes' },
    train: {
      ...churn.plan.train,
      split: { kind: 'randomSplit', test: 0.2, validation: 0.15 },
      candidates: [{ kind: 'candidate', estimator: 'gbdt', params: {} }],
    },
    accept: [],
    watch: {},
    retrain: null,
    serve: { kind: 'serve', whenMissing: { "it's": "isn't" }, maxRows: 5 },
  });
  expect(churned).toMatchObject({ nullable: false, reads: { missing: ['NA'] } });
  expect(hashOf(printDefinition(plan))).toBe(planHash(plan));
});

// --- random plans, made as data, so that nothing depends on what the language happens to write.

const COLUMNS = {
  at: 'timestamp',
  since: 'timestamp',
  n: 'number',
  'm 2': 'integer',
  b: 'boolean',
  s: 'string',
  c: 'category',
  t: 'text',
} as const;
const KIND: Readonly<Record<string, ColumnKind>> = {
  at: 'timestamp',
  since: 'timestamp',
  n: 'number',
  'm 2': 'number',
  b: 'boolean',
  s: 'string',
  c: 'string',
  t: 'string',
};
const READS: Readonly<Record<string, ReadingPlan>> = {
  at: { missing: ['0000-00-00'], dates: 'dmy' },
  n: { missing: ['NA', "it's"], decimal: ',', group: '.', unit: '€' },
  c: { missing: ['-'] },
};
const CATEGORIES = ['red', "it's", 'a "b"'];

const named = (name: string): Expression => ({ kind: 'column', name });
const call = (op: Operation, ...args: readonly Expression[]): Expression => ({ kind: 'call', op, args });
const plainNumber = fc
  .oneof(fc.integer({ min: -1000, max: 1000 }), fc.double({ noNaN: true, noDefaultInfinity: true }))
  .map((n) => (Object.is(n, -0) ? 0 : n));
const LITERAL: Readonly<Record<ColumnKind, fc.Arbitrary<Expression>>> = {
  number: plainNumber.map((value) => ({ kind: 'literal', type: 'number', value })),
  boolean: fc.boolean().map((value) => ({ kind: 'literal', type: 'boolean', value })),
  string: fc.constantFrom(...CATEGORIES).map((value) => ({ kind: 'literal', type: 'string', value })),
  timestamp: fc.integer({ min: -2e12, max: 4e12 }).map((value) => ({ kind: 'literal', type: 'timestamp', value })),
};
const KINDS: readonly ColumnKind[] = ['number', 'boolean', 'string', 'timestamp'];

/** An expression of a kind over columns, nested at most so deep. */
function expressions(kind: ColumnKind, names: readonly string[], depth: number): fc.Arbitrary<Expression> {
  const columns = names.filter((name) => (KIND[name] ?? 'number') === kind).map((name) => fc.constant(named(name)));
  const leaves = fc.oneof(
    { weight: 4, arbitrary: columns.length > 0 ? fc.oneof(...columns) : LITERAL[kind] },
    { weight: 1, arbitrary: LITERAL[kind] },
  );
  if (depth === 0) return leaves;
  const sub = (of: ColumnKind) => expressions(of, names, depth - 1);
  const both = (op: Operation, a: ColumnKind, b: ColumnKind) => fc.tuple(sub(a), sub(b)).map(([x, y]) => call(op, x, y));
  const one = (op: Operation, a: ColumnKind) => sub(a).map((x) => call(op, x));
  const missing = fc.constant<Expression>({ kind: 'literal', type: kind, value: null });
  const chosen = fc.tuple(sub('boolean'), sub(kind), fc.oneof(sub(kind), missing)).map(([x, y, z]) => call('if', x, y, z));
  const common = [leaves, both('coalesce', kind, kind), chosen];
  switch (kind) {
    case 'number':
      return fc.oneof(
        ...common,
        ...(['plus', 'minus', 'times', 'div', 'min', 'max'] as const).map((op) => both(op, 'number', 'number')),
        ...(['negate', 'abs', 'log', 'sqrt', 'floor'] as const).map((op) => one(op, 'number')),
        ...(['hourOf', 'weekdayOf', 'dayOf', 'monthOf'] as const).map((op) => one(op, 'timestamp')),
        both('minus', 'timestamp', 'timestamp'),
        one('number', 'boolean'),
        one('number', 'string'),
        one('length', 'string'),
      );
    case 'boolean':
      return fc.oneof(
        ...common,
        ...(['lt', 'lte', 'gt', 'gte'] as const).flatMap((op) => [
          both(op, 'number', 'number'),
          both(op, 'timestamp', 'timestamp'),
        ]),
        ...KINDS.flatMap((of) => [both('eq', of, of), both('ne', of, of), one('isMissing', of)]),
        both('and', 'boolean', 'boolean'),
        both('or', 'boolean', 'boolean'),
        one('not', 'boolean'),
        fc
          .tuple(sub('string'), fc.array(LITERAL.string, { minLength: 1, maxLength: 3 }))
          .map(([x, more]) => call('oneOf', x, ...more)),
        fc
          .tuple(sub('number'), fc.array(LITERAL.number, { minLength: 1, maxLength: 3 }))
          .map(([x, more]) => call('oneOf', x, ...more)),
        both('contains', 'string', 'string'),
      );
    case 'string':
      return fc.oneof(
        ...common,
        one('lower', 'string'),
        fc.tuple(sub('string'), sub('number'), sub('timestamp')).map((args) => call('text', ...args)),
      );
    case 'timestamp':
      return fc.oneof(...common, both('plus', 'timestamp', 'number'), both('minus', 'timestamp', 'number'));
  }
}

const onFail = fc.constantFrom('warn' as const, 'quarantine' as const, 'fail' as const);
const checks: fc.Arbitrary<CheckPlan> = fc
  .tuple(
    fc.oneof(
      fc.constantFrom<object>(
        { check: 'type', column: 'm 2' },
        { check: 'notNull', column: 'n', atMost: 0 },
        { check: 'notNull', column: 'n', atMost: 0.25 },
        { check: 'between', column: 'n', low: null, high: 3.5 },
        { check: 'between', column: 'at', low: 86_400_000, high: 1e12 },
        { check: 'oneOf', column: 'c', values: ["it's"] },
        { check: 'matches', column: 's', pattern: '^\\d+/"\'$' },
        { check: 'unique', columns: ['s', 'at'] },
        { check: 'freshWithin', column: 'since', span: 5_400_000 },
        { check: 'rowCount', low: 0, high: null },
        { check: 'monotone', column: 'at' },
        { check: 'references', columns: ['s'], source: 'first', target: ['s'] },
        { check: 'references', columns: ['s', 'n'], source: 'second one', target: ['s', 'n'] },
        { check: 'sql', name: "who's", query: 'select *\nfrom rows' },
      ),
      expressions('boolean', Object.keys(COLUMNS), 2).map((expression) => ({ check: 'holds', name: 'it', expression })),
    ),
    onFail,
  )
  .map(([check, fails]) => ({ kind: 'check', onFail: fails, ...check }) as CheckPlan);

const source = (name: string, own: readonly CheckPlan[], key: readonly string[], availableAt: Expression | null) => ({
  kind: 'source' as const,
  name,
  from: { kind: 'connector' as const, format: 'jsonl' as const, path: `${name}/*.jsonl.gz`, options: {} },
  key,
  time: 'at',
  availableAt,
  contract: {
    kind: 'contract' as const,
    columns: Object.fromEntries(
      Object.entries(COLUMNS).map(([column, type]) => [
        column,
        {
          kind: 'column' as const,
          type,
          categories: type === 'category' ? CATEGORIES : null,
          nullable: column.length > 1,
          ...(READS[column] ? { reads: READS[column] } : {}),
        },
      ]),
    ),
    checks: own,
  },
});
type Aggregate = SystemPlan['views'][number]['aggregates'][number];
const windows = (stem: string, over: readonly string[]) =>
  over.map((window) => ({
    kind: 'window' as const,
    span: Number.parseInt(window, 10) * (window.endsWith('h') ? 3_600_000 : window.endsWith('w') ? 604_800_000 : 86_400_000),
    feature: `${stem}_${window}`,
  }));

const plans: fc.Arbitrary<unknown> = fc
  .record({
    first: fc.array(checks, { maxLength: 4 }),
    second: fc.array(checks, { maxLength: 3 }),
    available: fc.option(expressions('timestamp', Object.keys(COLUMNS), 2)),
    key: fc.subarray(['s', 'at']),
    prefix: fc.constantFrom(null, 'own', 'a_b'),
    viewName: fc.constantFrom(null, 'import', 'my view'),
    by: fc.constantFrom<readonly (readonly [string, string])[]>(
      [],
      [['s', 's']],
      [['s', 'c']],
      [
        ['s', 's'],
        ['b', 'b'],
      ],
    ),
    over: fc.subarray(['1h', '24h', '7d', '2w'], { minLength: 1 }),
    value: fc.oneof(
      expressions('number', Object.keys(COLUMNS), 2),
      expressions('boolean', Object.keys(COLUMNS), 2).map((condition) => call('number', condition)),
    ),
    where: fc.option(expressions('boolean', Object.keys(COLUMNS), 2)),
    op: fc.constantFrom('sum', 'mean', 'variance', 'min', 'max', 'last'),
    asked: fc.subarray(['n', 'm 2', 't', 'since', 'at']),
    time: fc.boolean(),
    derived: expressions('number', ['n', 'at', 's'], 2),
    mixed: fc.boolean(),
    shuffle: fc.boolean(),
    retrain: fc.boolean(),
    own: fc.boolean(),
  })
  .map((drawn) => {
    const stem = drawn.prefix === null ? '' : `${drawn.prefix}_`;
    const all = source('second one', drawn.second, drawn.key, drawn.available);
    const { columns } = all.contract;
    const aggregates: Aggregate[] = [
      {
        kind: 'aggregate',
        name: 'howMany',
        op: 'count',
        value: null,
        where: drawn.where,
        windows: windows(`${stem}howMany`, drawn.over),
      },
      {
        kind: 'aggregate',
        name: 'worth',
        op: drawn.op as 'sum',
        value: drawn.value,
        where: null,
        windows: windows(`${stem}worth`, drawn.over),
      },
    ];
    const by = drawn.by.map(([column, request]) => ({
      kind: 'key' as const,
      column: column as string,
      request: request as string,
    }));
    const view = drawn.viewName ?? drawn.prefix ?? 'first';
    const names = new Set([...drawn.asked, ...by.map(({ request }) => request), 'n', 'at', 's']);
    const asked = Object.fromEntries([...names].map((name) => [name, columns[name] as object]));
    const feature = (name: string, type: string, from: object) => ({ kind: 'feature', name, type, from });
    const outputs = aggregates.flatMap((aggregate) => aggregate.windows.map((window) => window.feature));
    const features = [
      ...drawn.asked
        .filter((name) => KIND[name] !== 'timestamp')
        .map((name) => feature(name, name === 't' ? 'text' : 'number', { kind: 'fromRequest', column: name })),
      feature('madeOf', 'number', {
        kind: 'fromExpression',
        expression: drawn.mixed ? call('div', drawn.derived, named(outputs[0] as string)) : drawn.derived,
      }),
      ...outputs.map((name) => feature(name, 'number', { kind: 'fromWindow', view })),
    ];
    return {
      ...structuredClone(flights.plan),
      problem: { ...flights.plan.problem, value: null },
      sources: { first: source('first', drawn.first, [], null), 'second one': all },
      views: [{ kind: 'view', name: view, source: 'first', by, aggregates }],
      request: {
        kind: 'request',
        time: drawn.time ? 'at' : null,
        columns: drawn.own ? asked : { ...asked, n: { ...(asked.n as object), type: 'integer' } },
      },
      features: drawn.shuffle ? features.toReversed().slice(0, -1) : features,
      label: {
        kind: 'label',
        source: 'second one',
        expression: { kind: 'column', name: 'b' },
        positive: drawn.time ? 'true' : 'false',
      },
      train: { ...flights.plan.train, split: { ...flights.plan.train.split, column: 'since' } },
      accept: [
        { kind: 'gate', gate: 'metric', metric: 'auc', low: 0.5, high: 0.9 },
        { kind: 'gate', gate: 'beatsChampion', metric: 'logloss', by: 0.01, confidence: 0.9 },
      ],
      serve: { kind: 'serve', whenMissing: {}, maxRows: 1000 },
      watch: { 'a b': { kind: 'signal', signal: 'drift', of: 'score', test: 'psi', above: 0.1, window: 90_000 } },
      retrain: drawn.retrain ? { kind: 'retrain', on: ['a b'], atMostEvery: 3_600_000, shadow: 0 } : null,
    };
  });

test('every plan prints as a definition that loads to the same plan', () => {
  let printed = 0;
  fc.assert(
    fc.property(plans, (given) => {
      const plan = checkPlan(given);
      expect(hashOf(printDefinition(plan))).toBe(planHash(plan));
      printed++;
    }),
    { seed: 11, numRuns: 150 },
  );
  expect(printed).toBe(150);
});
