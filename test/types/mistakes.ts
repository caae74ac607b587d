// Every statement under an @ts-expect-error is a mistake that a definition must not compile with.
import {
  average,
  col,
  combine,
  constant,
  csv,
  features,
  gbdt,
  labelFrom,
  linear,
  logistic,
  logUniform,
  minutes,
  request,
  requestFrom,
  select,
  source,
  stack,
  system,
} from 'millwright';
import { client } from 'millwright/client';
import type churn from './churn.system.js';
import flightDelay from './flights.system.js';

const columns = {
  id: col.string().required(),
  at: col.timestamp().required(),
  amount: col.number(),
  type: col.category(['login', 'cancel']),
  open: col.boolean(),
};
const events = source('events', { from: csv('events.csv'), time: 'at', columns });
const from = csv('events.csv');

// --- sources
// @ts-expect-error the time is not a timestamp column
source('x', { from, time: 'amount', columns });
// @ts-expect-error the time is not a column
source('x', { from, time: 'att', columns });
// @ts-expect-error the key is not a column
source('x', { from, key: 'idd', columns });
// @ts-expect-error availability must be a moment
source('x', { from, time: 'at', columns, availableAt: (r) => r.amount });
// @ts-expect-error a number has no hour
source('x', { from, time: 'at', columns, availableAt: (r) => r.at.plus(r.amount.hour()) });
// @ts-expect-error a text is no number of minutes
source('x', { from, time: 'at', columns, availableAt: (r) => r.at.plus(minutes(r.id)) });
// @ts-expect-error an unknown option
source('x', { from, columns, tiem: 'at' });
// @ts-expect-error windows need an event time
features(source('x', { from, columns }), { by: 'id' }, (f) => ({ n: f.count({ over: ['7d'] }) }));

// --- expectations
// @ts-expect-error an unknown column
source('x', { from, columns, expect: (is) => [is.notNull('amont')] });
// @ts-expect-error a text has no range
source('x', { from, columns, expect: (is) => [is.between('id', 0, 1)] });
// @ts-expect-error a number matches no pattern
source('x', { from, columns, expect: (is) => [is.matches('amount', /a/)] });
// @ts-expect-error not a category of the column
source('x', { from, columns, expect: (is) => [is.oneOf('type', ['logn'])] });
// @ts-expect-error a bad duration
source('x', { from, time: 'at', columns, expect: (is) => [is.freshWithin('1 day')] });
// @ts-expect-error freshness is of a timestamp
source('x', { from, columns, expect: (is) => [is.freshWithin('1d', { column: 'amount' })] });
// @ts-expect-error an unknown severity
source('x', { from, columns, expect: (is) => [is.unique('id', { onFail: 'drop' })] });
// @ts-expect-error a number is no condition
source('x', { from, columns, expect: (is) => [is.holds('positive', (r) => r.amount)] });

// --- expressions
// @ts-expect-error an unknown column
labelFrom(events, (r) => r.amont.gt(0));
// @ts-expect-error a number compared with a text
labelFrom(events, (r) => r.amount.gt('0'));
// @ts-expect-error a misspelt category
labelFrom(events, (r) => r.type.eq('logn'));
// @ts-expect-error a condition has no sum
labelFrom(events, (r) => r.open.plus(1));
// @ts-expect-error conditions join with conditions
labelFrom(events, (r) => r.open.and(r.amount));
// @ts-expect-error a bad span
labelFrom(events, (r) => r.at.plus('2 hours').gt('2020-01-01'));

// --- feature views
// @ts-expect-error the mean of a text
features(events, { by: 'id' }, (f) => ({ x: f.mean('type', { over: ['7d'] }) }));
// @ts-expect-error the sum of a moment
features(events, { by: 'id' }, (f) => ({ x: f.sum('at', { over: ['7d'] }) }));
// @ts-expect-error an unknown column
features(events, { by: 'id' }, (f) => ({ x: f.sum('amont', { over: ['7d'] }) }));
// @ts-expect-error a misspelt category
features(events, { by: 'id' }, (f) => ({ x: f.count({ over: ['7d'], where: f.eq('type', 'logn') }) }));
// @ts-expect-error a bad duration
features(events, { by: 'id' }, (f) => ({ x: f.count({ over: ['7days'] }) }));
// @ts-expect-error windows missing
features(events, { by: 'id' }, (f) => ({ x: f.count({}) }));
// @ts-expect-error an unknown entity
features(events, { by: 'idd' }, (f) => ({ x: f.count({ over: ['7d'] }) }));
// @ts-expect-error an unknown column of the source
features(events, { by: { idd: 'id' } }, (f) => ({ x: f.count({ over: ['7d'] }) }));
// @ts-expect-error an unknown aggregate
features(events, { by: 'id' }, (f) => ({ x: f.median('amount', { over: ['7d'] }) }));
// @ts-expect-error a condition by size on a text
features(events, { by: 'id' }, (f) => ({ x: f.count({ over: ['7d'], where: f.gt('id', 'a') }) }));
// @ts-expect-error a bare number as condition
features(events, { by: 'id' }, (f) => ({ x: f.count({ over: ['7d'], where: f.row.amount }) }));

// --- request
// @ts-expect-error the time is not a timestamp
request({ columns, time: 'amount' });
// @ts-expect-error a timestamp is no feature
request({ columns, features: ['at'] });
// @ts-expect-error an unknown feature
request({ columns, features: ['amont'] });
// @ts-expect-error an unknown column of the source
requestFrom(events, ['amont']);
// @ts-expect-error a column that was not asked for
requestFrom(events, ['amount'], { derive: (r) => ({ hour: r.at.hour() }) });

// --- combine
const sums = features(events, { by: 'id' }, (f) => ({ amount: f.sum('amount', { over: ['7d', '30d'] }) }));
const asked = request({ columns, time: 'at', features: ['amount', 'type'] });
// @ts-expect-error an unknown window
combine([sums], (f) => ({ x: f.amount_9d.div(2) }));
// @ts-expect-error an unknown feature
combine([sums, asked], (f) => ({ x: f.amont.div(2) }));
// @ts-expect-error a category has no ratio
combine([sums, asked], (f) => ({ x: f.type.div(f.amount_7d) }));
// @ts-expect-error the same feature twice
combine([sums, sums]);
// @ts-expect-error select of an unknown feature
select(sums, ['amount_1d']);

// --- candidates
// @ts-expect-error an unknown option
gbdt({ leafs: 31 });
// @ts-expect-error a whole number cannot be searched on a logarithmic scale
gbdt({ leaves: logUniform(15, 255) });
// @ts-expect-error a text for a number
logistic({ l2: 'small' });

// --- system
const set = combine([asked, sums]);
const label = labelFrom(events, (r) => r.open);
const split = { by: 'random', test: 0.2, validation: 0.2 } as const;
const search = { by: 'auc', trials: 1, seed: 1 } as const;
const train = { split, candidates: [logistic()], search };
const problem = { kind: 'binary' } as const;

system('fine', { problem, features: set, label, train });
// @ts-expect-error a condition makes no regression
system('x', { problem: { kind: 'regression' }, features: set, label, train });
// @ts-expect-error a text label needs its positive class
system('x', { problem: { kind: 'binary' }, features: set, label: labelFrom(events, (r) => r.type), train });
// @ts-expect-error not a class of the label
system('x', { problem: { kind: 'binary', positive: 'logn' }, features: set, label: labelFrom(events, (r) => r.type), train });
// @ts-expect-error a bad latency
system('x', { problem: { kind: 'binary', latency: 'fast' }, features: set, label, train });
// @ts-expect-error a linear regression cannot classify
system('x', { problem, features: set, label, train: { split, candidates: [linear()], search } });
const grid = { ...search, strategy: 'grid', points: 3 } as const;
system('x', { problem, features: set, label, train: { split, candidates: [logistic()], search: grid } });
// @ts-expect-error an option of another strategy
const tpe: Parameters<typeof system>[1]['train']['search'] = { ...search, strategy: 'tpe', points: 3 };
system('x', { problem, features: set, label, train: { split, candidates: [logistic()], search: tpe as typeof search } });
system('x', { problem, features: set, label, train: { split, candidates: [stack([gbdt(), logistic()])], search } });
// @ts-expect-error a member that cannot classify
system('x', { problem, features: set, label, train: { split, candidates: [average([gbdt(), linear()])], search } });
// @ts-expect-error an ensemble of one
average([gbdt()]);
system('x', { problem, features: set, label, train: { split, candidates: [gbdt()], search, calibrate: 'platt' } });
// @ts-expect-error not a way to calibrate
system('x', { problem, features: set, label, train: { split, candidates: [gbdt()], search, calibrate: 'plat' } });
// @ts-expect-error not a metric of a binary problem
system('x', { problem, features: set, label, train: { split, candidates: [constant()], search: { ...search, by: 'rmse' } } });
system('x', {
  problem,
  features: set,
  label,
  train: {
    // @ts-expect-error the split is not along a timestamp
    split: { by: 'time', column: 'amount', from: '2020', validationFrom: '2021', testFrom: '2022', to: '2023' },
    candidates: [logistic()],
    search,
  },
});
system('x', {
  problem,
  features: set,
  label,
  train,
  // @ts-expect-error not a metric
  accept: (g) => [g.metric('acu').atLeast(0.7)],
});
system('x', {
  problem,
  features: set,
  label,
  train,
  // @ts-expect-error slices by something unknown
  accept: (g) => [g.slices('country').metric('auc').dropAtMost(0.1)],
});
system('x', {
  problem,
  features: set,
  label,
  train,
  // @ts-expect-error a gate without its bound
  accept: (g) => [g.metric('auc')],
});
system('x', {
  problem,
  features: set,
  label,
  train,
  // @ts-expect-error a substitute for an unknown feature
  serve: { whenMissing: { amount_9d: 0 } },
});
system('x', {
  problem,
  features: set,
  label,
  train,
  // @ts-expect-error a substitute that is no category
  serve: { whenMissing: { type: 'logn' } },
});
system('x', {
  problem,
  features: set,
  label,
  train,
  // @ts-expect-error the drift of an unknown feature
  watch: (s) => ({ drift: s.drift('amount_9d', { above: 0.2 }) }),
});
system('x', {
  problem,
  features: set,
  label,
  train,
  // @ts-expect-error quality without a bound
  watch: (s) => ({ worse: s.quality('auc', {}) }),
});
system('x', {
  problem,
  features: set,
  label,
  train,
  watch: (s) => ({ drift: s.drift('amount_7d', { above: 0.2 }) }),
  // @ts-expect-error an unknown signal
  retrain: { on: ['drft'], atMostEvery: '7d' },
});
system('x', {
  problem,
  features: set,
  label,
  train,
  watch: (s) => ({ drift: s.drift('amount_7d', { above: 0.2 }) }),
  // @ts-expect-error a bad duration
  retrain: { on: ['drift'], atMostEvery: 'weekly' },
});

// --- client
const flights = client<typeof flightDelay>('http://localhost:8080', { model: 'flight-delay' });
const date = '2001-05-01T10:00:00Z';
const answer = await flights.predict({ date, origin: 'ATL', destination: 'SFO', distance: 2139 });
export const probability: number = answer.probability;
export const late: 'true' | 'false' = answer.prediction;
// @ts-expect-error a key is missing
await flights.predict({ date, origin: 'ATL', distance: 2139 });
// @ts-expect-error a column that does not exist
await flights.predict({ date, origin: 'ATL', destination: 'SFO', distnace: 2139 });
// @ts-expect-error a text for a number
await flights.predict({ date, origin: 'ATL', destination: 'SFO', distance: 'far' });
// @ts-expect-error a key is never missing
await flights.predict({ date, origin: null, destination: 'SFO', distance: 2139 });
// @ts-expect-error the label is no part of the request
await flights.predict({ date, origin: 'ATL', destination: 'SFO', distance: 2139, delay: 3 });
const leaving = await client(flightDelay, 'http://localhost:8080').predictMany([
  { date: new Date(0), origin: 'ATL', destination: 'SFO', distance: null },
]);
export const one = leaving[0];
const churning = await client<typeof churn>('http://localhost:8080').predict({
  customerId: 'c1',
  asOf: 0,
  signedUpAt: null,
  plan: 'pro',
  country: 'DE',
});
export const outcome: 'stayed' | 'left' | 'paused' = churning.prediction;
export const left: number = churning.probability.left;
// @ts-expect-error not a class
export const gone = churning.probability.gone;
// @ts-expect-error a misspelt category
await client<typeof churn>('').predict({ customerId: 'c1', asOf: 0, signedUpAt: null, plan: 'prro', country: 'DE' });
