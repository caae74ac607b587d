import {
  col,
  combine,
  constant,
  features,
  gbdt,
  int,
  labelFrom,
  logistic,
  logUniform,
  minutes,
  parquet,
  requestFrom,
  source,
  system,
} from 'millwright';

/** Three million US flights, January to June 2001 (npm package vega-datasets). */
const flights = source('flights', {
  from: parquet('../../node_modules/vega-datasets/data/flights-3m.parquet'),
  time: 'date',
  // A delay is known on landing: scheduled departure + flight time at 8 miles a minute + the delay itself.
  availableAt: (r) => r.date.plus(minutes(r.distance.div(8).plus(r.delay))),
  columns: {
    date: col.timestamp().required(),
    origin: col.string().required(),
    destination: col.string().required(),
    distance: col.integer().required(),
    delay: col.integer().required(),
  },
  expect: (is) => [
    is.notNull('date', 'origin', 'destination'),
    is.between('distance', 1, 6000, { onFail: 'quarantine' }),
    is.between('delay', -1500, 3000, { onFail: 'quarantine' }),
    is.matches('origin', /^[A-Z]{3}$/, { onFail: 'quarantine' }),
    is.matches('destination', /^[A-Z]{3}$/, { onFail: 'quarantine' }),
    is.rowCount(1_000_000, null),
  ],
});

const windows = ['1h', '3h', '24h', '7d', '28d'] as const;

const origin = features(flights, { by: 'origin', prefix: 'origin' }, (f) => ({
  flights: f.count({ over: windows }),
  lateRate: f.mean(f.gte('delay', 15), { over: windows }),
  delay: f.mean('delay', { over: windows }),
}));
const destination = features(flights, { by: 'destination', prefix: 'destination' }, (f) => ({
  flights: f.count({ over: windows }),
  lateRate: f.mean(f.gte('delay', 15), { over: windows }),
  delay: f.mean('delay', { over: windows }),
}));
const route = features(flights, { by: ['origin', 'destination'], prefix: 'route' }, (f) => ({
  flights: f.count({ over: windows }),
  lateRate: f.mean(f.gte('delay', 15), { over: windows }),
  delay: f.mean('delay', { over: windows }),
}));
/** What has just landed where this flight is to leave from: late inbound aircraft leave late. */
const inbound = features(flights, { by: { destination: 'origin' }, prefix: 'inbound' }, (f) => ({
  lateRate: f.mean(f.gte('delay', 15), { over: ['1h', '3h', '24h'] }),
  delay: f.mean('delay', { over: ['1h', '3h', '24h'] }),
}));
const network = features(flights, { prefix: 'network' }, (f) => ({
  flights: f.count({ over: windows }),
  lateRate: f.mean(f.gte('delay', 15), { over: windows }),
  delay: f.mean('delay', { over: windows }),
}));

const request = requestFrom(flights, ['date', 'origin', 'destination', 'distance'], {
  time: 'date',
  features: ['distance'],
  derive: (r) => ({ hour: r.date.hour(), weekday: r.date.weekday() }),
});

export default system('flight-delay', {
  problem: {
    kind: 'binary',
    objective: 'Know at the scheduled departure which flights will arrive 15 or more minutes late.',
    decision: 'Warn the passengers, so that they can rebook their connections.',
    latency: '20ms',
    risk: 'low',
    value: { truePositive: 40, falsePositive: -12, capacity: 0.3, currency: 'USD' },
  },
  features: combine([request, origin, destination, route, inbound, network], (f) => ({
    originTrend: f.origin_lateRate_3h.minus(f.origin_lateRate_28d),
  })),
  label: labelFrom(flights, (r) => r.delay.gte(15)),
  train: {
    split: {
      by: 'time',
      column: 'date',
      from: '2001-01-08',
      validationFrom: '2001-03-18',
      testFrom: '2001-04-01',
      to: '2001-05-01',
      gap: '0h',
    },
    sample: 120_000,
    candidates: [
      constant(),
      logistic({ l2: 1, maxIterations: 60, tolerance: 1e-4 }),
      gbdt({ rounds: 150, leaves: int(31, 63), learningRate: logUniform(0.08, 0.15), earlyStopping: 15, columnSample: 1 }),
    ],
    search: { by: 'auc', trials: 4, seed: 7 },
  },
  accept: (g) => [
    g.metric('auc').atLeast(0.755),
    g.metric('ece').atMost(0.03),
    g.value().beatsChampion({ by: 0, confidence: 0.95 }),
    g.slices('origin').metric('auc').dropAtMost(0.12),
    g.latency({ p99: '5ms' }),
  ],
  serve: { whenMissing: {}, maxRows: 5000 },
  watch: (s) => ({
    lateDrift: s.drift('origin_lateRate_24h', { above: 0.2, window: '7d' }),
    scoreDrift: s.drift('score', { above: 0.1, window: '7d' }),
    aucDrop: s.quality('auc', { below: 0.77, window: '7d' }),
    calibration: s.quality('ece', { above: 0.04, window: '7d' }),
    slow: s.latency({ p99: '20ms' }),
    failing: s.errors({ above: 0.01 }),
  }),
  retrain: { on: ['lateDrift', 'scoreDrift', 'aucDrop', 'calibration'], atMostEvery: '28d', shadow: '5d' },
});
