import { describe, expect, test } from 'vitest';
import { random } from '../base/random.js';
import { checkPlan } from '../define/check-plan.js';
import type { ColumnPlan, ConnectorPlan } from '../define/plan.js';
import { type Column, columnFrom, type Scalar, valueAt } from '../frame/column.js';
import { compileRows } from '../frame/compile-expression.js';
import { type Frame, frame } from '../frame/frame.js';
import { codeTarget } from '../train/target.js';
import { type InferInput, inferSystem } from './infer-system.js';

const ROWS = 400;
const DAY = 86_400_000;
const START = Date.UTC(2024, 0, 31);
const connector: ConnectorPlan = { kind: 'connector', format: 'csv', path: 'data/My customers.2024.csv.gz', options: {} };

const source = random(9);
const draw = <T>(make: (row: number) => T): T[] => Array.from({ length: ROWS }, (_, row) => make(row));
const pick = <T>(...items: readonly T[]): T => items[source.below(items.length)] as T;
const churned = draw(() => pick('no', 'no', 'yes'));
const amount = draw(() => Math.round(source.normal() * 1000) / 10);
const extra = draw(() => source.below(50));

/** Every kind of column that is left out, and every kind that is kept. */
const COLUMNS: Readonly<Record<string, Column>> = {
  customer: columnFrom(
    'string',
    draw((row) => `C-${row * 7919}`),
  ),
  row: columnFrom(
    'number',
    draw((row) => row),
  ),
  account_id: columnFrom(
    'number',
    draw((row) => row * 7919 + 13),
  ),
  country: columnFrom(
    'string',
    draw(() => 'NL'),
  ),
  nothing: columnFrom(
    'number',
    draw(() => null),
  ),
  status: columnFrom(
    'string',
    churned.map((label) => (label === 'yes' ? 'closed' : 'open')),
  ),
  seenAgain: columnFrom(
    'number',
    churned.map((label) => (label === 'yes' ? 0 : 1 + source.below(9))),
  ),
  measured: columnFrom(
    'number',
    churned.map((label) => source.next() + (label === 'yes' ? 2 : 0)),
  ),
  age: columnFrom(
    'number',
    draw(() => pick(null, 18 + source.below(60))),
  ),
  member: columnFrom(
    'boolean',
    draw(() => pick(true, false, null)),
  ),
  city: columnFrom(
    'string',
    draw(() => `city ${source.below(90)}`),
  ),
  plan: columnFrom(
    'string',
    draw(() => pick('basic', 'pro', null)),
  ),
  complaint: columnFrom(
    'string',
    draw(() => `the ${pick('line', 'bill')} is ${pick('bad', 'dear')} since ${source.below(1e6)} days`),
  ),
  name: columnFrom(
    'string',
    draw((row) => `Ada ${row} Lovelace`),
  ),
  since: columnFrom(
    'timestamp',
    draw(() => START + source.below(300) * DAY),
  ),
  call: columnFrom(
    'timestamp',
    draw(() => START + source.below(1e9)),
  ),
  amount: columnFrom('number', amount),
  extra: columnFrom('number', extra),
  total: columnFrom(
    'number',
    amount.map((value, row) => value + (extra[row] as number)),
  ),
  code: columnFrom(
    'number',
    draw(() => 1 + source.below(2)),
  ),
  stars: columnFrom(
    'number',
    draw(() => 1 + source.below(5)),
  ),
  churned: columnFrom('string', churned),
};
const TYPES: Readonly<Record<string, ColumnPlan['type']>> = {
  plan: 'category',
  country: 'category',
  status: 'category',
  churned: 'category',
  complaint: 'text',
};

function planOf(name: string, column: Column): ColumnPlan {
  const type = TYPES[name] ?? column.kind;
  return {
    kind: 'column',
    type,
    categories: type === 'category' && column.kind === 'string' ? column.dictionary : null,
    nullable: true,
  };
}

function infer(names: readonly string[], target: string, changes: Partial<InferInput> = {}) {
  const table: Frame = frame(Object.fromEntries([...names, target].map((name) => [name, COLUMNS[name] as Column])));
  const columns = Object.fromEntries(Object.entries(table.columns).map(([name, column]) => [name, planOf(name, column)]));
  return { ...inferSystem({ connector, columns, table, target, ...changes }), table };
}
const featuresOf = (plan: ReturnType<typeof inferSystem>['plan']) => plan.features.map(({ name, type }) => `${name}: ${type}`);
const labelsOf = ({ plan, table }: ReturnType<typeof infer>) => compileRows(plan.label.expression)(table);

describe('columns', () => {
  test.each([
    ['customer', /identifier \(400 different values/],
    ['row', /identifier or row number/],
    ['account_id', /identifier or row number/],
    ['country', /same value in every row/],
    ['nothing', /empty/],
    ['status', /gives the target away \(each of its values/],
    ['seenAgain', /gives the target away \(one threshold/],
  ])('%s is left out with a warning', (name, reason) => {
    const { plan, warnings } = infer([name, 'age'], 'churned');
    expect(featuresOf(plan)).toEqual(['age: number']);
    expect(warnings).toEqual([expect.stringMatching(new RegExp(`^Column '${name}' is left out: .*${reason.source}`))]);
    expect(Object.keys(plan.request.columns)).toEqual(['age']);
  });

  test('of every other kind become features', () => {
    const kept = ['measured', 'age', 'member', 'city', 'plan', 'complaint', 'name', 'amount'];
    const { plan, warnings } = infer(kept, 'churned');
    expect(warnings).toEqual([]);
    expect(featuresOf(plan)).toEqual([
      'measured: number',
      'age: number',
      'member: boolean',
      'city: category',
      'plan: category',
      'complaint: text',
      'name: text',
      'amount: number',
    ]);
    expect(checkPlan(plan)).toEqual(plan);
  });

  test('dates become their parts, as expressions that compute', () => {
    const { plan, table } = infer(['since', 'call'], 'churned');
    expect(featuresOf(plan)).toEqual([
      'since_month: number',
      'since_day: number',
      'since_weekday: number',
      'since_days: number',
      'call_day: number',
      'call_weekday: number',
      'call_hour: number',
      'call_days: number',
    ]);
    expect(checkPlan(plan)).toEqual(plan);
    const first = table.columns['since'] as Column;
    const date = new Date(valueAt(first, 0) as number);
    const value = (name: string): Scalar => {
      const from = plan.features.find((feature) => feature.name === name)?.from;
      return from?.kind === 'fromExpression' ? valueAt(compileRows(from.expression)(table), 0) : null;
    };
    expect(value('since_month')).toBe(date.getUTCMonth() + 1);
    expect(value('since_day')).toBe(date.getUTCDate());
    expect(value('since_weekday')).toBe(date.getUTCDay());
    const low = Math.min(...Array.from({ length: ROWS }, (_, row) => valueAt(first, row) as number));
    expect(value('since_days')).toBe((date.getTime() - low) / DAY);
  });

  test('whose sum is the target are its parts, not its causes', () => {
    const { plan, warnings } = infer(['amount', 'extra', 'age'], 'total');
    expect(featuresOf(plan)).toEqual(['age: number']);
    expect(warnings.length).toBe(2);
    expect(warnings[0]).toMatch(/'amount' \+ 'extra' is 'total' in every row/);
  });
});

describe('the problem', () => {
  test('binary: candidates, gate, watch and a positive class', () => {
    const { plan } = infer(['age'], 'churned');
    expect(plan.problem.task).toBe('binary');
    expect(plan.label.positive).toBe('yes');
    expect(plan.train.candidates.map(({ estimator }) => estimator)).toEqual(['constant', 'logistic', 'gbdt']);
    expect(plan.train.split).toEqual({ kind: 'foldSplit', test: 0.2, folds: 5, column: null, gap: 0 });
    expect(plan.accept).toEqual([{ kind: 'gate', gate: 'beatsChampion', metric: 'auc', by: 0, confidence: 0.95 }]);
    expect(plan.name).toBe('my-customers');
    expect(plan.watch['scoreDrift']).toMatchObject({ signal: 'drift', of: 'score' });
  });

  test('numbers that are classes keep their labels', () => {
    const two = infer(['age'], 'code');
    expect(two.plan.problem.task).toBe('binary');
    expect(codeTarget(labelsOf(two), 'binary', two.plan.label.positive).classes).toEqual(['1', '2']);
    const five = infer(['age'], 'stars');
    expect(five.plan.problem.task).toBe('multiclass');
    expect(codeTarget(labelsOf(five), 'multiclass').classes).toEqual(['1', '2', '3', '4', '5']);
    for (const { plan } of [two, five]) expect(checkPlan(plan)).toEqual(plan);
  });

  test('may be named', () => {
    const { plan } = infer(['age'], 'stars', { problem: 'regression', trials: 3, timeBudget: null, seed: 11, name: 'rating' });
    expect(plan.train.search).toEqual({ kind: 'search', by: 'rmse', trials: 3, timeBudget: null, seed: 11 });
    expect([plan.problem.task, plan.name, plan.label.positive]).toEqual(['regression', 'rating', null]);
    expect(plan.train.candidates.map(({ estimator }) => estimator)).toEqual(['constant', 'linear', 'gbdt']);
    expect(infer(['age'], 'churned', { positive: 'no' }).plan.label.positive).toBe('no');
  });
});

describe('what cannot be inferred is a coded error', () => {
  test.each<[string, readonly string[], string]>([
    ['MW_TRAIN_TARGET_CONSTANT', ['age'], 'country'],
    ['MW_TRAIN_TARGET_MISSING', ['age'], 'nothing'],
    ['MW_TRAIN_NO_FEATURES', ['country', 'customer'], 'churned'],
  ])('%s', (expected, names, target) => {
    expect(() => infer(names, target)).toThrow(expect.objectContaining({ code: expected }));
  });

  test('a misspelt target names the near one', () => {
    expect(() => infer(['age'], 'churned', { target: 'churmed' })).toThrow(
      /There is no column 'churmed'\. Did you mean 'churned'\?/,
    );
  });
});
