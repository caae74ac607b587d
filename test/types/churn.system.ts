import {
  choice,
  col,
  combine,
  csv,
  features,
  gbdt,
  int,
  jsonl,
  labelFrom,
  logistic,
  logUniform,
  request,
  source,
  system,
  tree,
} from 'millwright';

const customers = source('customers', {
  from: csv('data/customers.csv', { delimiter: ';', missing: ['-'] }),
  key: 'customerId',
  time: 'asOf',
  columns: {
    customerId: col.string().required(),
    asOf: col.timestamp().required(),
    signedUpAt: col.timestamp(),
    plan: col.category(['basic', 'plus', 'pro']),
    country: col.string(),
    seats: col.integer().optional(),
    note: col.text().optional(),
    outcome: col.category(['stayed', 'left', 'paused']),
  },
  expect: (is) => [
    is.notNull('customerId', 'plan', { atMost: 0.01 }),
    is.unique('customerId', 'asOf'),
    is.oneOf('country', ['DE', 'FR', 'US'], { onFail: 'warn' }),
    is.matches('customerId', /^c\d+$/, { onFail: 'quarantine' }),
    is.freshWithin('30d', { onFail: 'warn' }),
    is.monotone('asOf', { onFail: 'warn' }),
    is.holds('signed up before', (r) => r.signedUpAt.lte(r.asOf)),
    is.sql('no tests', "select * from rows where country = 'XX'"),
  ],
});
const events = source('events', {
  from: jsonl('data/events/*.jsonl'),
  time: 'at',
  columns: {
    customer: col.string().required(),
    at: col.timestamp().required(),
    amount: col.number(),
    type: col.category(['login', 'payment', 'ticket', 'cancel']),
  },
  expect: (is) => [
    is.between('amount', 0, 50_000, { onFail: 'quarantine' }),
    is.references('customer', customers, 'customerId', { onFail: 'quarantine' }),
    is.type('amount', { onFail: 'quarantine' }),
  ],
});

const profile = request({
  time: 'asOf',
  columns: {
    customerId: col.string().required(),
    asOf: col.timestamp().required(),
    signedUpAt: col.timestamp(),
    plan: col.category(['basic', 'plus', 'pro']),
    country: col.string(),
    seats: col.integer().optional(),
    note: col.text().optional(),
  },
  features: ['plan', 'country', 'seats', 'note'],
  derive: (r) => ({ tenure: r.asOf.minus(r.signedUpAt).div(86_400_000), isPro: r.plan.eq('pro') }),
});
const usage = features(events, { by: { customer: 'customerId' } }, (f) => ({
  logins: f.count({ over: ['7d', '30d'], where: f.eq('type', 'login') }),
  spend: f.sum('amount', { over: ['30d', '90d'], where: f.row.type.oneOf('payment').and(f.row.amount.gt(0)) }),
  largest: f.max(f.row.amount.abs(), { over: ['90d'] }),
  lastAmount: f.last('amount', { over: ['90d'] }),
}));

export default system('churn', {
  problem: { kind: 'multiclass', risk: 'medium' },
  features: combine([profile, usage], (f) => ({
    spendTrend: f.spend_30d.times(3).div(f.spend_90d),
    perSeat: f.spend_30d.div(f.seats.coalesce(1)),
  })),
  label: labelFrom(customers, (r) => r.outcome),
  train: {
    split: { by: 'folds', folds: 5, test: 0.2, column: 'asOf', gap: '30d' },
    candidates: [logistic({ l2: logUniform(1e-4, 10) }), tree({ leaves: choice(7, 15, 31) }), gbdt({ leaves: int(15, 255) })],
    search: { by: 'logloss', trials: 40, seed: 7, timeBudget: '10m', strategy: 'asha', eta: 4, workers: 2 },
  },
  accept: (g) => [g.metric('f1').beatsChampion(), g.slices('country').metric('accuracy').dropAtMost(0.05)],
  watch: (s) => ({
    spendDrift: s.drift('spend_30d', { test: 'psi', above: 0.2 }),
    worse: s.quality('logloss', { above: 0.9 }),
  }),
  retrain: { on: ['spendDrift'], atMostEvery: '7d' },
});
