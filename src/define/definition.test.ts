import { describe, expect, test } from 'vitest';
import churn from '../../test/types/churn.system.js';
import flights from '../../test/types/flights.system.js';
import { MillwrightError } from '../base/error.js';
import { hashData } from '../base/hash.js';
import * as language from './language.js';

const { col, combine, csv, features, gbdt, labelFrom, linear, logistic, request, requestFrom, select, source, system } =
  language;

// A definition as plain JavaScript has it: the compiler tells nothing.
type Loose = (...args: readonly unknown[]) => Loose & Record<string, Loose>;
const loose = (made: unknown): Loose => made as Loose;

const columns = {
  id: col.string().required(),
  at: col.timestamp().required(),
  amount: col.number(),
  type: col.category(['login', 'cancel']),
  open: col.boolean(),
};
const from = csv('e.csv');
const events = source('events', { from, time: 'at', columns });
const sums = features(events, { by: 'id' }, (f) => ({ amount: f.sum('amount', { over: ['7d', '30d'] }) }));
const asked = request({ columns, time: 'at', features: ['amount', 'type'] });
const label = labelFrom(events, (r) => r.open);
const split = { by: 'random', test: 0.2, validation: 0.2 } as const;
const search = { by: 'auc', trials: 1, seed: 1 } as const;
const train = { split, candidates: [logistic()], search };
const base = { problem: { kind: 'binary' }, features: combine([asked, sums]), label, train } as const;

function thrown(work: () => unknown): MillwrightError {
  try {
    work();
  } catch (error) {
    if (error instanceof MillwrightError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const src = (options: object) => () => loose(source)('x', { from, columns, ...options });
const expecting = (expect: (is: Record<string, Loose>) => unknown, options: object = {}) => src({ expect, ...options });
const view =
  (
    build: (f: Record<string, Loose> & { row: Record<string, Record<string, Loose>> }) => unknown,
    options: object = { by: 'id' },
  ) =>
  () =>
    loose(features)(events, options, build);
const row = (use: (r: Record<string, Record<string, Loose>>) => unknown) => () => loose(labelFrom)(events, use);
const whole = (options: object) => () => loose(system)('x', { ...base, ...options });
const training = (options: object) => whole({ train: { ...train, ...options } });

/** Each mistake, the code it must have, and words that message or remedy must contain. */
const MISTAKES: readonly (readonly [what: string, work: () => unknown, code: string, words: string])[] = [
  ['a connector without a path', () => loose(csv)(), 'MW_DEFINE_INVALID', 'not empty'],
  ['an unknown option of a connector', () => loose(csv)('x.csv', { delimeter: ';' }), 'MW_DEFINE_UNKNOWN', "'delimiter'"],
  ['a wrong encoding', () => loose(csv)('x.csv', { encoding: 'ebcdic' }), 'MW_DEFINE_INVALID', 'ebcdic'],
  ['a duckdb file without a query', () => loose(language.duckdb)('x.duckdb', {}), 'MW_DEFINE_INVALID', 'query'],
  ['a category twice', () => loose(col.category)(['a', 'a']), 'MW_DEFINE_INVALID', 'twice'],
  ['no categories', () => loose(col.category)([]), 'MW_DEFINE_INVALID', 'list of texts'],
  ['a source without a name', () => loose(source)('', { from, columns }), 'MW_DEFINE_INVALID', 'not empty'],
  ['an unknown option of a source', src({ tiem: 'at' }), 'MW_DEFINE_UNKNOWN', "'time'"],
  ['no connector', src({ from: 'e.csv' }), 'MW_DEFINE_INVALID', "csv('data.csv')"],
  ['a column that is none', src({ columns: { a: 'number' } }), 'MW_DEFINE_INVALID', 'col.number()'],
  ['no columns', src({ columns: {} }), 'MW_DEFINE_INVALID', 'at least one'],
  ['an unknown key', src({ key: 'idd' }), 'MW_DEFINE_UNKNOWN', "Did you mean 'id'?"],
  ['a key twice', src({ key: ['id', 'id'] }), 'MW_DEFINE_DUPLICATE', 'twice'],
  ['an unknown time', src({ time: 'att' }), 'MW_DEFINE_UNKNOWN', "Did you mean 'at'?"],
  ['a time that is a number', src({ time: 'amount' }), 'MW_DEFINE_TYPE', "'amount' is not a timestamp column"],
  ['availability without time', src({ availableAt: (r: { at: unknown }) => r.at }), 'MW_DEFINE_INVALID', 'no event time'],
  [
    'availability that is a number',
    src({ time: 'at', availableAt: (r: { amount: unknown }) => r.amount }),
    'MW_DEFINE_TYPE',
    'timestamp',
  ],
  ['an unknown check', expecting((is) => [is.notNul?.('id')]), 'MW_DEFINE_UNKNOWN', "'notNull'"],
  ['a check of an unknown column', expecting((is) => [is.notNull?.('idd')]), 'MW_DEFINE_UNKNOWN', "'id'"],
  ['a check without columns', expecting((is) => [is.unique?.()]), 'MW_DEFINE_INVALID', 'at least one column'],
  ['too much missing allowed', expecting((is) => [is.notNull?.('id', { atMost: 2 })]), 'MW_DEFINE_INVALID', 'at most 1'],
  ['a range of texts', expecting((is) => [is.between?.('id', 0, 1)]), 'MW_DEFINE_TYPE', 'string column'],
  ['a range upside down', expecting((is) => [is.between?.('amount', 2, 1)]), 'MW_DEFINE_INVALID', 'lower bound'],
  ['a range without bounds', expecting((is) => [is.between?.('amount', null, null)]), 'MW_DEFINE_INVALID', 'bound'],
  ['an unknown category', expecting((is) => [is.oneOf?.('type', ['logn'])]), 'MW_DEFINE_UNKNOWN', "Did you mean 'login'?"],
  ['a broken pattern', expecting((is) => [is.matches?.('id', '(')]), 'MW_DEFINE_INVALID', 'regular expression'],
  ['freshness without time', expecting((is) => [is.freshWithin?.('1d')]), 'MW_DEFINE_INVALID', 'must name a column'],
  ['a bad duration', expecting((is) => [is.freshWithin?.('1 day')], { time: 'at' }), 'MW_DURATION_INVALID', '24h'],
  ['an unknown severity', expecting((is) => [is.unique?.('id', { onFail: 'drop' })]), 'MW_DEFINE_UNKNOWN', 'quarantine'],
  ['a reference to no source', expecting((is) => [is.references?.('id', 5, 'id')]), 'MW_DEFINE_TYPE', 'takes a source'],
  ['a reference to an unknown column', expecting((is) => [is.references?.('id', events, 'idd')]), 'MW_DEFINE_UNKNOWN', "'id'"],
  [
    'a reference of unequal width',
    expecting((is) => [is.references?.(['id', 'at'], events, 'id')]),
    'MW_DEFINE_INVALID',
    '2 columns',
  ],
  [
    'a condition that is a number',
    expecting((is) => [is.holds?.('x', (r: { amount: unknown }) => r.amount)]),
    'MW_DEFINE_TYPE',
    'condition',
  ],
  ['checks that are none', expecting(() => [5]), 'MW_DEFINE_INVALID', 'must return checks'],

  ['an unknown column', row((r) => r.amont?.gt?.(0)), 'MW_DEFINE_UNKNOWN', "Did you mean 'amount'?"],
  ['an unknown method', row((r) => r.amount?.hour?.()), 'MW_DEFINE_UNKNOWN', "'amount' is a number and has no 'hour'"],
  ['a misspelt method', row((r) => r.amount?.pluss?.(1)), 'MW_DEFINE_UNKNOWN', "Did you mean 'plus'?"],
  ['a number compared with a text', row((r) => r.amount?.gt?.('0')), 'MW_DEFINE_TYPE', 'takes a number'],
  ['a comparison with a missing number', row((r) => r.amount?.gt?.(Number.NaN)), 'MW_DEFINE_TYPE', 'NaN'],
  ['a misspelt category', row((r) => r.type?.eq?.('logn')), 'MW_DEFINE_UNKNOWN', "Did you mean 'login'?"],
  ['a condition joined with a number', row((r) => r.open?.and?.(r.amount)), 'MW_DEFINE_TYPE', "'amount', a number"],
  ['a bad span', row((r) => r.at?.plus?.('2 hours')), 'MW_DURATION_INVALID', '2 hours'],
  ['a bad date', row((r) => r.at?.gt?.('yesterday')), 'MW_DEFINE_INVALID', '2001-04-01'],
  ['a day that is none', row((r) => r.at?.gt?.('2001-13-01')), 'MW_DEFINE_INVALID', 'calendar'],
  ['one of nothing', row((r) => r.amount?.oneOf?.()), 'MW_DEFINE_INVALID', 'at least one'],
  ['a choice of two types', row((r) => r.open?.choose?.(1, 'a')), 'MW_DEFINE_TYPE', 'number or a string'],
  ['a label that is a moment', row((r) => r.at), 'MW_DEFINE_TYPE', 'moment'],
  ['a label that is nothing', row(() => true), 'MW_DEFINE_INVALID', 'expression'],

  ['a view of no source', () => loose(features)({}, {}, () => ({})), 'MW_DEFINE_TYPE', 'takes a source'],
  [
    'a view of a source without time',
    () => loose(features)(source('y', { from, columns }), {}, () => ({})),
    'MW_DEFINE_INVALID',
    'no event time',
  ],
  ['an empty view', view(() => ({})), 'MW_DEFINE_INVALID', 'no feature'],
  ['an unknown aggregate', view((f) => ({ x: f.median?.('amount', { over: ['7d'] }) })), 'MW_DEFINE_UNKNOWN', "'mean'"],
  ['the mean of a text', view((f) => ({ x: f.mean?.('id', { over: ['7d'] }) })), 'MW_DEFINE_TYPE', "'id' is a string"],
  ['the mean of a moment', view((f) => ({ x: f.mean?.('at', { over: ['7d'] }) })), 'MW_DEFINE_TYPE', 'timestamp'],
  ['no windows', view((f) => ({ x: f.count?.({}) })), 'MW_DEFINE_INVALID', 'spans of its windows'],
  ['a bad window', view((f) => ({ x: f.count?.({ over: ['7days'] }) })), 'MW_DURATION_INVALID', '7days'],
  ['half a window', view((f) => ({ x: f.count?.({ over: ['1.5h'] }) })), 'MW_DEFINE_INVALID', 'whole number'],
  ['an empty window', view((f) => ({ x: f.count?.({ over: ['0h'] }) })), 'MW_DEFINE_INVALID', 'longer than nothing'],
  ['a window twice', view((f) => ({ x: f.count?.({ over: ['1h', '1h'] }) })), 'MW_DEFINE_DUPLICATE', "'1h'"],
  [
    'a condition that is a number',
    view((f) => ({ x: f.count?.({ over: ['1h'], where: f.row.amount }) })),
    'MW_DEFINE_TYPE',
    'condition',
  ],
  ['an unknown option of an aggregate', view((f) => ({ x: f.count?.({ ovr: ['1h'] }) })), 'MW_DEFINE_UNKNOWN', "'over'"],
  ['a feature name with a blank', view((f) => ({ 'a b': f.count?.({ over: ['1h'] }) })), 'MW_DEFINE_INVALID', 'underscores'],
  ['an unknown entity', view((f) => ({ x: f.count?.({ over: ['1h'] }) }), { by: 'idd' }), 'MW_DEFINE_UNKNOWN', "'id'"],
  ['a moment as entity', view((f) => ({ x: f.count?.({ over: ['1h'] }) }), { by: 'at' }), 'MW_DEFINE_TYPE', 'entity'],

  ['a request without columns', () => loose(request)({}), 'MW_DEFINE_INVALID', 'columns'],
  ['a request as of a number', () => loose(request)({ columns, time: 'amount' }), 'MW_DEFINE_TYPE', 'timestamp'],
  ['a timestamp as feature', () => loose(request)({ columns, features: ['at'] }), 'MW_DEFINE_TYPE', 'derive'],
  ['an unknown request column', () => loose(requestFrom)(events, ['amont']), 'MW_DEFINE_UNKNOWN', "'amount'"],
  [
    'a derived timestamp',
    () => loose(request)({ columns, derive: (r: { at: unknown }) => ({ x: r.at }) }),
    'MW_DEFINE_TYPE',
    'timestamp',
  ],
  [
    'a derived feature named as a column',
    () => loose(request)({ columns, derive: (r: { open: unknown }) => ({ id: r.open }) }),
    'MW_DEFINE_INVALID',
    "'id'",
  ],

  ['the same set twice', () => loose(combine)([sums, sums]), 'MW_DEFINE_DUPLICATE', 'view'],
  [
    'two requests',
    () => loose(combine)([asked, request({ columns: { z: col.number() } })]),
    'MW_DEFINE_DUPLICATE',
    'two requests',
  ],
  [
    'an unknown feature',
    () => loose(combine)([sums], (f: Record<string, Record<string, Loose>>) => ({ x: f.amount_9d?.div?.(2) })),
    'MW_DEFINE_UNKNOWN',
    "Did you mean 'amount_7d'?",
  ],
  ['no set', () => loose(combine)([5]), 'MW_DEFINE_INVALID', 'feature sets'],
  ['select of an unknown feature', () => loose(select)(sums, ['amount_1d']), 'MW_DEFINE_UNKNOWN', "'amount_7d'"],

  ['an unknown option of a candidate', () => loose(gbdt)({ leavs: 31 }), 'MW_DEFINE_UNKNOWN', "Did you mean 'leaves'?"],
  [
    'an objective of another task',
    training({ candidates: [gbdt({ objective: language.choice('auto', 'poisson') })] }),
    'MW_DEFINE_INVALID',
    "'poisson' is for regression",
  ],
  [
    'an objective that needs queries',
    training({ candidates: [gbdt({ objective: 'lambdarank' })] }),
    'MW_DEFINE_INVALID',
    'queries',
  ],
  ['an objective that does not exist', () => loose(gbdt)({ objective: 'poison' }), 'MW_OPTION_INVALID', 'own name@version'],
  ['a direction without a sign', () => loose(gbdt)({ monotone: 'amount' }), 'MW_OPTION_INVALID', "'income:+, age:-'"],
  ['a direction of a range', () => loose(gbdt)({ monotone: language.int(1, 2) }), 'MW_OPTION_INVALID', 'choice('],
  [
    'a direction of an unknown feature',
    training({ candidates: [gbdt({ monotone: 'amout:+' })] }),
    'MW_DEFINE_UNKNOWN',
    "Did you mean 'amount'?",
  ],
  [
    'a direction of a category',
    training({ candidates: [gbdt({ monotone: 'type:-' })] }),
    'MW_DEFINE_TYPE',
    "'type' is a category",
  ],
  [
    'a group of an unknown feature',
    training({ candidates: [gbdt({ interactions: language.choice('amount', 'amount, tipe') })] }),
    'MW_DEFINE_UNKNOWN',
    "Did you mean 'type'?",
  ],
  ['an option out of range', () => loose(gbdt)({ leaves: 1 }), 'MW_OPTION_INVALID', 'at least 2'],
  ['a space out of range', () => loose(gbdt)({ leaves: language.int(1, 30) }), 'MW_OPTION_INVALID', 'at least 2'],
  ['a choice out of range', () => loose(gbdt)({ leaves: language.choice(31, 0.5) }), 'MW_OPTION_INVALID', 'whole number'],
  [
    'a real space for a whole number',
    () => loose(gbdt)({ leaves: language.uniform(5, 30) }),
    'MW_OPTION_INVALID',
    'int(low, high)',
  ],
  ['a space upside down', () => language.int(5, 3), 'MW_DEFINE_INVALID', 'below'],
  ['a logarithmic space from zero', () => language.logUniform(0, 3), 'MW_DEFINE_INVALID', 'above 0'],

  ['an unknown part of a system', whole({ retran: {} }), 'MW_DEFINE_UNKNOWN', "'retrain'"],
  ['a regression of a condition', whole({ problem: { kind: 'regression' } }), 'MW_DEFINE_INVALID', 'binary'],
  [
    'a text label without its positive class',
    whole({ label: labelFrom(events, (r) => r.type) }),
    'MW_DEFINE_INVALID',
    'positive class',
  ],
  [
    'a positive class that is none',
    whole({ features: sums, label: labelFrom(events, (r) => r.type), problem: { kind: 'binary', positive: 'logn' } }),
    'MW_DEFINE_UNKNOWN',
    "'login'",
  ],
  [
    'a feature that is the label',
    whole({ label: labelFrom(events, (r) => r.amount.gt(3)) }),
    'MW_DEFINE_INVALID',
    'give the answer away',
  ],
  [
    'a request that history does not know',
    whole({ features: request({ columns: { colour: col.string() } }) }),
    'MW_DEFINE_UNKNOWN',
    "'colour'",
  ],
  [
    'a request of another type than history',
    whole({ features: request({ columns: { amount: col.string() } }) }),
    'MW_DEFINE_TYPE',
    "'amount' of the request",
  ],
  ['no candidates', training({ candidates: [] }), 'MW_PLAN_INVALID', 'at least 1'],
  ['a regression among classifiers', training({ candidates: [linear()] }), 'MW_DEFINE_INVALID', 'logistic'],
  ['an unknown search metric', training({ search: { ...search, by: 'acu' } }), 'MW_DEFINE_UNKNOWN', "Did you mean 'auc'?"],
  ['a search by value without value', training({ search: { ...search, by: 'value' } }), 'MW_DEFINE_INVALID', 'problem.value'],
  [
    'a strategy that does not exist',
    training({ search: { ...search, strategy: 'tpi' } }),
    'MW_DEFINE_UNKNOWN',
    "Did you mean 'tpe'?",
  ],
  [
    'an option of another strategy',
    training({ search: { ...search, strategy: 'tpe', eta: 3 } }),
    'MW_DEFINE_UNKNOWN',
    "tpe has no option 'eta'",
  ],
  ['an option of no strategy', training({ search: { ...search, points: 3 } }), 'MW_DEFINE_INVALID', "Add strategy: 'grid'."],
  ['a grid of one point', training({ search: { ...search, strategy: 'grid', points: 1 } }), 'MW_OPTION_INVALID', 'at least 2'],
  ['no workers', training({ search: { ...search, workers: 0 } }), 'MW_DEFINE_INVALID', 'at least 1'],
  ['no trials', training({ search: { ...search, trials: 0 } }), 'MW_DEFINE_INVALID', 'at least 1'],
  ['half a trial', training({ search: { ...search, trials: 0.5 } }), 'MW_DEFINE_INVALID', 'whole number'],
  ['an unknown split', training({ split: { by: 'tim' } }), 'MW_DEFINE_UNKNOWN', "'time'"],
  [
    'shares of more than all',
    training({ split: { by: 'random', test: 0.6, validation: 0.6 } }),
    'MW_DEFINE_INVALID',
    'too little',
  ],
  [
    'dates out of order',
    training({
      split: {
        by: 'time',
        column: 'at',
        from: '2001-03-01',
        validationFrom: '2001-02-01',
        testFrom: '2001-04-01',
        to: '2001-05-01',
      },
    }),
    'MW_DEFINE_INVALID',
    'after from',
  ],
  [
    'a gap of everything',
    training({
      split: {
        by: 'time',
        column: 'at',
        from: '2001-01-01',
        validationFrom: '2001-02-01',
        testFrom: '2001-04-01',
        to: '2001-05-01',
        gap: '90d',
      },
    }),
    'MW_DEFINE_INVALID',
    'leaves nothing',
  ],
  [
    'a split along a number',
    training({ split: { by: 'folds', folds: 5, test: 0.2, column: 'amount' } }),
    'MW_DEFINE_TYPE',
    'timestamp',
  ],
  [
    'a gap of shuffled folds',
    training({ split: { by: 'folds', folds: 5, test: 0.2, gap: '1d' } }),
    'MW_DEFINE_INVALID',
    'no gap',
  ],
  [
    'an unknown gate metric',
    whole({ accept: (g: Record<string, Loose>) => [g.metric?.('acu').atLeast?.(0.7)] }),
    'MW_DEFINE_UNKNOWN',
    "'auc'",
  ],
  [
    'an unfinished gate',
    whole({ accept: (g: Record<string, Loose>) => [g.metric?.('auc')] }),
    'MW_DEFINE_INVALID',
    'Finish each',
  ],
  ['an unknown slice', whole({ accept: (g: Record<string, Loose>) => [g.slices?.('tpe')] }), 'MW_DEFINE_UNKNOWN', "'type'"],
  [
    'a gate on value without value',
    whole({ accept: (g: Record<string, Loose>) => [g.value?.().atLeast?.(1)] }),
    'MW_DEFINE_INVALID',
    'problem.value',
  ],
  [
    'a substitute of an unknown feature',
    whole({ serve: { whenMissing: { amount_9d: 0 } } }),
    'MW_DEFINE_UNKNOWN',
    "'amount_7d'",
  ],
  ['a substitute that is no category', whole({ serve: { whenMissing: { type: 'logn' } } }), 'MW_DEFINE_UNKNOWN', "'login'"],
  ['a substitute of another type', whole({ serve: { whenMissing: { amount: 'much' } } }), 'MW_DEFINE_TYPE', 'number'],
  ['no rows', whole({ serve: { maxRows: 0 } }), 'MW_DEFINE_INVALID', 'at least 1'],
  [
    'drift of an unknown feature',
    whole({ watch: (s: Record<string, Loose>) => ({ a: s.drift?.('amount_9d', { above: 1 }) }) }),
    'MW_DEFINE_UNKNOWN',
    "'amount_7d'",
  ],
  [
    'drift without a bound',
    whole({ watch: (s: Record<string, Loose>) => ({ a: s.drift?.('score', {}) }) }),
    'MW_DEFINE_INVALID',
    'above',
  ],
  [
    'quality without a bound',
    whole({ watch: (s: Record<string, Loose>) => ({ a: s.quality?.('auc', {}) }) }),
    'MW_DEFINE_INVALID',
    'bound',
  ],
  ['a signal that is none', whole({ watch: () => ({ a: 5 }) }), 'MW_DEFINE_INVALID', 'watch.a'],
  [
    'an unknown signal',
    whole({
      watch: (s: Record<string, Loose>) => ({ drift: s.drift?.('score', { above: 1 }) }),
      retrain: { on: ['drft'], atMostEvery: '7d' },
    }),
    'MW_DEFINE_UNKNOWN',
    "Did you mean 'drift'?",
  ],
  ['retraining on nothing', whole({ retrain: { on: [], atMostEvery: '7d' } }), 'MW_DEFINE_INVALID', 'list signals'],
  ['a signal where none is watched', whole({ retrain: { on: ['drift'], atMostEvery: '7d' } }), 'MW_DEFINE_UNKNOWN', 'none'],
];

describe('what the compiler catches is caught at run time as well', () => {
  test.each(MISTAKES)('%s', (_what, work, code, words) => {
    const error = thrown(work);
    expect(error.code).toBe(code);
    expect(`${error.message} ${error.fix}`).toContain(words);
    expect(error.where.place ?? error.where.path).toBeTruthy();
  });
});

describe('the plan', () => {
  test('holds of an own objective its name and version, alone or among choices', () => {
    const own = language.customObjective({
      name: 'quartic',
      version: 3,
      loss: (score, target) => (score - target) ** 4,
      gradient: (score, target) => 4 * (score - target) ** 3,
      hessian: (score, target) => 12 * (score - target) ** 2,
    });
    expect(gbdt({ objective: own }).params).toEqual({ objective: 'quartic@3' });
    expect(gbdt({ objective: language.choice('squared', own.id) }).params['objective']).toEqual({
      kind: 'choiceSpace',
      choices: ['squared', 'quartic@3'],
    });
  });

  test('holds directions and groups as they were written, when they fit', () => {
    const params = { monotone: 'amount:+, "amount_7d":-', interactions: 'amount, type' };
    const { plan } = system('x', { ...base, train: { ...train, candidates: [gbdt(params)] } });
    expect(plan.train.candidates[0]?.params).toEqual(params);
  });

  test('is frozen plain data all the way down', () => {
    const parts = (value: unknown): readonly unknown[] =>
      typeof value === 'object' && value !== null ? [value, ...Object.values(value).flatMap(parts)] : [];
    for (const { plan } of [flights, churn])
      for (const part of parts(plan)) {
        expect(Object.isFrozen(part)).toBe(true);
        expect([Object.prototype, Array.prototype]).toContain(Object.getPrototypeOf(part));
      }
    expect(structuredClone(flights.plan)).toEqual(flights.plan);
    expect(hashData(JSON.parse(JSON.stringify(flights.plan)))).toBe(flights.hash);
  });

  test('names features by prefix, name and window, in the order of the definition', () => {
    expect(flights.plan.features.map(({ name }) => name).slice(0, 8)).toEqual([
      'distance',
      'hour',
      'weekday',
      'origin_departures_1h',
      'origin_departures_24h',
      'origin_lateRate_1h',
      'origin_lateRate_3h',
      'origin_lateRate_24h',
    ]);
    expect(churn.plan.features.map(({ name, type }) => `${name}: ${type}`)).toEqual([
      'plan: category',
      'country: category',
      'seats: number',
      'note: text',
      'tenure: number',
      'isPro: boolean',
      'logins_7d: number',
      'logins_30d: number',
      'spend_30d: number',
      'spend_90d: number',
      'largest_90d: number',
      'lastAmount_90d: number',
      'spendTrend: number',
      'perSeat: number',
    ]);
  });

  test('keeps expressions as data', () => {
    const date = { kind: 'column', name: 'date' };
    expect(flights.plan.sources.flights?.availableAt).toEqual({
      kind: 'call',
      op: 'plus',
      args: [
        date,
        {
          kind: 'call',
          op: 'times',
          args: [
            {
              kind: 'call',
              op: 'plus',
              args: [
                {
                  kind: 'call',
                  op: 'div',
                  args: [
                    { kind: 'column', name: 'distance' },
                    { kind: 'literal', type: 'number', value: 8 },
                  ],
                },
                { kind: 'column', name: 'delay' },
              ],
            },
            { kind: 'literal', type: 'number', value: 60_000 },
          ],
        },
      ],
    });
    expect(flights.plan.features[1]).toEqual({
      kind: 'feature',
      name: 'hour',
      type: 'number',
      from: { kind: 'fromExpression', expression: { kind: 'call', op: 'hourOf', args: [date] } },
    });
  });

  test('looks a view up by another column of the request', () => {
    expect(flights.plan.views.find(({ name }) => name === 'inbound')?.by).toEqual([
      { kind: 'key', column: 'destination', request: 'origin' },
    ]);
    expect(flights.plan.views.find(({ name }) => name === 'network')?.by).toEqual([]);
  });

  test('adds to the request the keys that views need', () => {
    const { plan } = system('x', { ...base, features: sums });
    expect(plan.request).toEqual({ kind: 'request', time: null, columns: { id: columns.id.plan } });
  });

  test('lets derived features stand for what they are made of', () => {
    const half = request({ columns, time: 'at', features: [], derive: (r) => ({ half: r.amount.div(2) }) });
    const { features: all } = combine([half], (f) => ({ quarter: f.half.div(2) }));
    const amount = { kind: 'column', name: 'amount' };
    const two = { kind: 'literal', type: 'number', value: 2 };
    expect(all[1]?.from).toEqual({
      kind: 'fromExpression',
      expression: { kind: 'call', op: 'div', args: [{ kind: 'call', op: 'div', args: [amount, two] }, two] },
    });
  });

  test('takes in the sources that checks refer to', () => {
    expect(Object.keys(churn.plan.sources)).toEqual(['customers', 'events']);
    const orders = source('orders', {
      from,
      columns: { id: col.string() },
      expect: (is) => [is.references('id', events, 'id')],
    });
    const { plan } = system('x', {
      problem: { kind: 'regression' },
      features: request({ columns: { id: col.string() } }),
      label: labelFrom(source('sales', { from, columns: { id: col.string(), price: col.number() } }), (r) => r.price),
      sources: [orders],
      train: { split, candidates: [linear()], search: { by: 'rmse', trials: 1, seed: 0 } },
    });
    expect(Object.keys(plan.sources)).toEqual(['sales', 'orders', 'events']);
  });

  test('has one hash whatever the order it was written in', () => {
    const swap = (data: unknown): unknown =>
      Array.isArray(data)
        ? data.map(swap)
        : typeof data === 'object' && data !== null
          ? Object.fromEntries(
              Object.entries(data)
                .toReversed()
                .map(([name, part]) => [name, swap(part)]),
            )
          : data;
    expect(hashData(swap(flights.plan))).toBe(flights.hash);
    expect(churn.hash).not.toBe(flights.hash);
  });
});
