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

/** Delays of US flights: at the scheduled departure, will the flight arrive 15 or more minutes late? */
const flights = source('flights', {
  from: parquet('flights-3m.parquet'),
  time: 'date',
  // A delay is known on landing.
  availableAt: (r) => r.date.plus(minutes(r.distance.div(8).plus(r.delay))),
  columns: {
    date: col.timestamp().required(),
    origin: col.string().required(),
    destination: col.string().required(),
    distance: col.number(),
    delay: col.number(),
  },
  expect: (is) => [
    is.notNull('date', 'origin', 'destination'),
    is.between('distance', 1, 6000, { onFail: 'quarantine' }),
    is.between('delay', -1500, 3000, { onFail: 'quarantine' }),
    is.rowCount(1000, null),
  ],
});

const origin = features(flights, { by: 'origin', prefix: 'origin' }, (f) => ({
  departures: f.count({ over: ['1h', '24h'] }),
  lateRate: f.mean(f.gte('delay', 15), { over: ['1h', '3h', '24h', '7d', '28d'] }),
  meanDelay: f.mean('delay', { over: ['1h', '3h', '24h', '7d', '28d'] }),
}));
const destination = features(flights, { by: 'destination', prefix: 'destination' }, (f) => ({
  arrivals: f.count({ over: ['1h', '24h'] }),
  lateRate: f.mean(f.gte('delay', 15), { over: ['3h', '24h', '7d', '28d'] }),
  meanDelay: f.mean('delay', { over: ['3h', '24h', '7d', '28d'] }),
}));
const route = features(flights, { by: ['origin', 'destination'], prefix: 'route' }, (f) => ({
  lateRate: f.mean(f.gte('delay', 15), { over: ['7d', '28d'] }),
  meanDelay: f.mean('delay', { over: ['7d', '28d'] }),
}));
// How late the planes are that come to where this flight leaves from.
const inbound = features(flights, { by: { destination: 'origin' }, prefix: 'inbound' }, (f) => ({
  lateRate: f.mean(f.gte('delay', 15), { over: ['3h', '24h'] }),
}));
const network = features(flights, { prefix: 'network' }, (f) => ({
  lateRate: f.mean(f.gte('delay', 15), { over: ['1h', '3h', '24h', '7d'] }),
}));
const request = requestFrom(flights, ['date', 'origin', 'destination', 'distance'], {
  time: 'date',
  features: ['distance'],
  derive: (r) => ({ hour: r.date.hour(), weekday: r.date.weekday() }),
});

export default system('flight-delay', {
  problem: {
    kind: 'binary',
    objective: 'Warn passengers and crews before a flight leaves that it will be late.',
    decision: 'Send a warning.',
    latency: '20ms',
    risk: 'low',
    value: { truePositive: 5, falsePositive: -1, capacity: 0.3, currency: 'USD' },
  },
  features: combine([request, origin, destination, route, inbound, network], (f) => ({
    originTrend: f.origin_lateRate_3h.minus(f.origin_lateRate_28d),
  })),
  label: labelFrom(flights, (r) => r.delay.gte(15)),
  train: {
    split: {
      by: 'time',
      column: 'date',
      from: '2001-01-29',
      validationFrom: '2001-03-15',
      testFrom: '2001-04-01',
      to: '2001-05-01',
      gap: '1d',
    },
    sample: 200_000,
    candidates: [
      constant(),
      logistic({ l2: logUniform(1e-3, 100) }),
      gbdt({ rounds: 200, leaves: int(15, 127), learningRate: logUniform(0.03, 0.2), earlyStopping: 20 }),
    ],
    search: { by: 'auc', trials: 8, seed: 7 },
  },
  accept: (g) => [
    g.metric('auc').atLeast(0.7),
    g.metric('ece').atMost(0.03),
    g.value().beatsChampion({ by: 0, confidence: 0.95 }),
    g.slices('origin').metric('auc').dropAtMost(0.2),
    g.latency({ p99: '5ms' }),
  ],
  serve: { whenMissing: { distance: 700 }, maxRows: 10_000 },
  watch: (s) => ({
    lateDrift: s.drift('network_lateRate_24h', { above: 0.2, window: '7d' }),
    scoreDrift: s.drift('score', { above: 0.2, window: '7d' }),
    aucDrop: s.quality('auc', { below: 0.68, window: '7d' }),
    slow: s.latency({ p99: '20ms' }),
    failing: s.errors({ above: 0.01 }),
  }),
  retrain: { on: ['lateDrift', 'aucDrop'], atMostEvery: '7d', shadow: '3d' },
});
