import { array, assert, constantFrom, double, integer, nat, oneof, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { random } from '../base/random.js';
import type { ProblemPlan, SignalPlan } from '../define/plan.js';
import { columnFrom } from '../frame/column.js';
import { frame } from '../frame/frame.js';
import { binnerOf } from './bin-layout.js';
import { driftTests } from './drift-tests.js';
import { judgeDrifts } from './judge-drift.js';
import { ModelMonitor } from './model-monitor.js';
import { outcomeMetric } from './outcome-metrics.js';
import { OutcomeShelf } from './outcome-shelf.js';
import { buildProfile, type ReferenceBins, readProfile } from './reference-profile.js';
import { compileProfile, TrafficWindow } from './traffic-window.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function normals(count: number, seed: number, shift = 0): Float64Array {
  const source = random(seed);
  return Float64Array.from({ length: count }, () => source.normal() + shift);
}
const profileOf = (values: Float64Array) =>
  buildProfile('v1', frame({ x: { kind: 'number', values } }), values).features.x as ReferenceBins;
function countsOf(bins: ReferenceBins, values: Iterable<number | string | null>): Float64Array {
  const counts = new Float64Array(bins.counts.length);
  const binner = binnerOf(bins);
  for (const value of values) {
    const bin = binner(value);
    counts[bin] = (counts[bin] as number) + 1;
  }
  return counts;
}

describe('the reference profile', () => {
  test('counts its own rows into its own bins, deciles of about equal size', () => {
    const values = normals(10_000, 1);
    const bins = profileOf(values);
    expect(bins.counts.length).toBe(13);
    expect([...countsOf(bins, values)]).toEqual(bins.counts);
    for (const count of bins.counts.slice(1, 11)) expect(Math.abs(count - 1000)).toBeLessThanOrEqual(1);
    expect([bins.counts[0], bins.counts[11], bins.counts[12]]).toEqual([0, 0, 0]);
  });
  test('few values, infinities, missing values and no values at all have bins', () => {
    assert(
      property(array(oneof(integer({ min: 0, max: 3 }), constantFrom(Number.NaN, Infinity, -Infinity))), (list) => {
        const values = Float64Array.from(list);
        const bins = profileOf(values);
        expect([...countsOf(bins, values)]).toEqual(bins.counts);
        expect(bins.counts.reduce((a, b) => a + b, 0)).toBe(list.length);
        expect(readProfile(JSON.parse(JSON.stringify(buildProfile('v', frame({}, 0), values)))).version).toBe('v');
      }),
    );
  });
  test('categories: the frequent ones, all others, missing; unseen ones count as others', () => {
    const column = columnFrom('string', [...Array.from({ length: 6000 }, (_, i) => `c${i % 25}`), 'c0', null]);
    const bins = buildProfile('v1', frame({ c: column }), new Float64Array(62)).features.c as ReferenceBins;
    expect(bins.kind === 'categoryBins' && bins.categories.length).toBe(20);
    // The rows that chose the list are not counted.
    const rows = bins.counts.reduce((a, b) => a + b, 0);
    expect(rows).toBeGreaterThan(4600);
    expect(rows).toBeLessThan(5000);
    expect([...countsOf(bins, ['never seen', null])].slice(-2)).toEqual([1, 1]);
  });
  test('a damaged one is refused', () => {
    const good = JSON.parse(JSON.stringify(buildProfile('v1', frame({}, 5), normals(5, 1))));
    for (const bad of [
      null,
      {},
      { ...good, format: 3 },
      { ...good, features: { score: { kind: 'numberBins', edges: [2, 1], counts: [1, 1, 1, 1] } } },
    ])
      expect(() => readProfile(bad)).toThrow(expect.objectContaining({ code: 'MW_MONITOR_PROFILE_INVALID' }));
  });
});

describe('drift beyond what the reference holds', () => {
  const judgedOn = (reference: ReferenceBins, live: (i: number) => number | string | null, days = 1) => {
    const counts = countsOf(
      reference,
      Array.from({ length: 500 }, (_, i) => live(i)),
    );
    const windows = [0, 1, 2].map(() => ({ counts, days }));
    return judgeDrifts([{ name: 's', of: 'x', floor: 0.1, reference, windows }])[0];
  };
  test('a tenth of the values beyond the largest one, or below the least', () => {
    const reference = profileOf(normals(3000, 1));
    const calm = normals(500, 7);
    expect(judgedOn(reference, (i) => calm[i])).toMatchObject({ state: 'quiet' });
    // The rows that move were in the outermost tenth before, so that no tenth holds more or fewer rows.
    for (const side of [1, -1]) {
      const moved = judgedOn(reference, (i) => (side * calm[i] > 1.2816 ? side * 50 : calm[i]));
      expect(moved.state).toBe('fired');
      expect(moved.sentence).toContain('values where the reference has none');
    }
  });
  test('a constant that becomes another, on either side of it or between two others', () => {
    assert(
      property(constantFrom(-1e300, -3, 0, 5e-324, 7, 1e300), constantFrom(-2, 1e-9, 8, 1e301), (was, is) => {
        const constant = profileOf(new Float64Array(1000).fill(was));
        expect(judgedOn(constant, () => was).state).toBe('quiet');
        expect(judgedOn(constant, () => is).state).toBe('fired');
      }),
    );
    const two = profileOf(Float64Array.from({ length: 1000 }, (_, i) => (i % 3 === 0 ? 0 : 10)));
    expect(judgedOn(two, (i) => (i % 3 === 0 ? 0 : 10)).state).toBe('quiet');
    expect(judgedOn(two, (i) => (i % 3 === 0 ? 0 : 5)).sentence).toContain('values where the reference has none');
    const word = buildProfile(
      'v',
      frame({
        c: columnFrom(
          'string',
          Array.from({ length: 1000 }, () => 'a'),
        ),
      }),
      new Float64Array(0),
    ).features.c as ReferenceBins;
    expect(judgedOn(word, () => 'a').state).toBe('quiet');
    expect(judgedOn(word, () => 'b').state).toBe('fired');
  });
});

describe('days that differ by themselves', () => {
  /** Rows whose mean goes with the day, 200 a day. */
  const dated = (days: number, sd: number, seed: number) => {
    const source = random(seed);
    const values = Float64Array.from({ length: days * 200 }, () => source.normal());
    const levels = Float64Array.from({ length: days }, () => sd * source.normal());
    const times = values.map((_, row) => Math.floor(row / 200) * DAY);
    return buildProfile(
      'v',
      frame({ x: { kind: 'number', values: values.map((x, row) => x + levels[Math.floor(row / 200)]) } }),
      values,
      {
        table: times,
        scores: times,
      },
    ).features.x as ReferenceBins;
  };
  const judgedAt = (reference: ReferenceBins, shift: number, seed: number) =>
    judgeDrifts([
      {
        name: 's',
        of: 'x',
        floor: 0.1,
        reference,
        windows: [0, 1].map((w) => ({ counts: countsOf(reference, normals(400, seed + w, shift)), days: 1 })),
      },
    ])[0];

  test('a shift within their spread is quiet, one beyond it fires, and independent days hide nothing', () => {
    for (let seed = 0; seed < 10; seed++) {
      expect(judgedAt(dated(28, 0.4, seed), 0.6, seed).state).toBe('quiet');
      expect(judgedAt(dated(28, 0.4, seed), 3, seed).state).toBe('fired');
      expect(judgedAt(dated(28, 0, seed), 0.6, seed).state).toBe('fired');
    }
    expect(judgedAt(dated(28, 0.4, 1), 0.6, 1).sentence).toMatch(
      /not above what a day of the reference with 400 rows may differ by/,
    );
  });
  test('with fewer than seven days, or none, the answer says so', () => {
    expect(judgedAt(dated(7, 0, 1), 0, 1).sentence).not.toContain('is not known');
    expect(judgedAt(dated(6, 0, 1), 0, 1).sentence).toContain('its rows are of 6 days, 7 are needed');
    expect(judgedAt({ ...dated(7, 0, 1), days: null }, 0, 1).sentence).toContain('which day its rows are of is not known');
  });
  test('a profile of the first format is judged by what it knows, and the judgement says so', () => {
    const stored = {
      kind: 'referenceProfile',
      format: 1,
      version: 'v',
      rows: 1000,
      features: {
        x: { kind: 'numberBins', edges: [0], counts: [500, 500, 0] },
        score: { kind: 'numberBins', edges: [], counts: [0, 0] },
      },
    };
    const { x } = readProfile(stored).features;
    expect(judgedAt(x, 0, 1)).toMatchObject({ state: 'quiet' });
    expect(judgedAt(x, 1, 1)).toMatchObject({ state: 'fired' });
    expect(judgedAt(x, 1, 1).sentence).toContain('which day its rows are of is not known');
  });
  test('a profile is plain data: stored and read it judges the same', () => {
    const built = dated(28, 0.4, 3);
    const profile = { kind: 'referenceProfile', format: 2, version: 'v', rows: 1, features: { x: built } };
    expect(readProfile(JSON.parse(JSON.stringify(profile))).features.x).toEqual(built);
  });
});

test('the most frequent of many categories are counted on other rows than those that chose them', () => {
  for (const [categories, reference, window] of [
    [1000, 400, 1000],
    [300, 2000, 2000],
  ]) {
    let fired = 0;
    for (let seed = 0; seed < 30; seed++) {
      const source = random(seed).fork(categories);
      const draw = () => `c${source.below(categories)}`;
      const column = columnFrom('string', Array.from({ length: reference }, draw));
      const bins = buildProfile('v', frame({ c: column }), new Float64Array(0)).features.c as ReferenceBins;
      const windows = [0, 1, 2].map(() => ({ counts: countsOf(bins, Array.from({ length: window }, draw)), days: 1 }));
      if (judgeDrifts([{ name: 's', of: 'c', floor: 0.02, reference: bins, windows }])[0].state === 'fired') fired++;
    }
    expect(fired, `${categories}`).toBeLessThanOrEqual(1);
  }
});

describe('drift', () => {
  const bins = profileOf(normals(5000, 1));
  const judged = (windows: readonly ArrayLike<number>[], floor = 0.1, reference = bins) =>
    judgeDrifts([{ name: 's', of: 'x', floor, reference, windows: windows.map((counts) => ({ counts, days: 1 })) }])[0];
  const calm = (seed: number) => countsOf(bins, normals(400, seed));
  const moved = (seed: number) => countsOf(bins, normals(400, seed, 0.7));

  test('no drift: fewer than 1 % false alarms at every window size, even with the lowest floor', () => {
    for (const rows of [200, 500, 2000])
      for (const floor of [0, 0.1]) {
        let alarms = 0;
        for (let run = 0; run < 400; run++) {
          const windows = [0, 1, 2].map((w) => countsOf(bins, normals(rows, 1000 + 3 * run + w)));
          if (judged(windows, floor).state === 'fired') alarms++;
        }
        expect(alarms, `${rows} rows, floor ${floor}`).toBeLessThanOrEqual(4);
      }
  });
  test('a shift fires in the second window that shows it, and not before', () => {
    for (let run = 0; run < 50; run++) {
      const first = judged([moved(run), calm(run + 100), calm(run + 200)]);
      expect(first.state).toBe('quiet');
      expect(first.figure).toBeGreaterThan(0.1);
      expect(first.sentence).toContain('in this window only');
      expect(judged([moved(run + 300), moved(run), calm(run + 100)]).state).toBe('fired');
      expect(judged([moved(run + 300), calm(run), moved(run + 100)]).state).toBe('fired');
      expect(judged([calm(run + 300), moved(run), moved(run + 100)]).state).toBe('quiet');
    }
  });
  test('fewer than 200 rows are insufficient, never quiet', () => {
    const result = judged([countsOf(bins, normals(199, 3, 5)), moved(1), moved(2)]);
    expect(result).toMatchObject({ state: 'insufficient', figure: null, rows: 199 });
    expect(result.sentence).toContain('Insufficient data');
    expect(judged([moved(1)], 0.1, profileOf(normals(150, 1))).sentence).toContain('150 reference rows');
  });
  test('missing values are told from values that moved', () => {
    const holes = (seed: number) =>
      countsOf(
        bins,
        [...normals(400, seed)].map((x, i) => (i % 3 === 0 ? null : x)),
      );
    const result = judged([holes(1), holes(2)]);
    expect(result.state).toBe('fired');
    expect(result.sentence).toContain('x has 33.5 % missing values in 400 rows against 0 % in the reference');
    const [values] = driftTests(bins, { counts: holes(3), days: 1 });
    expect(values.aspect).toBe('values');
    expect(values.p).toBeGreaterThan(0.001);
  });
  test('categories never seen are told from categories that moved', () => {
    const column = columnFrom(
      'string',
      Array.from({ length: 1000 }, (_, i) => (i % 3 === 0 ? 'a' : 'b')),
    );
    const known = buildProfile('v', frame({ c: column }), new Float64Array(1000)).features.c as ReferenceBins;
    const live = countsOf(
      known,
      Array.from({ length: 600 }, (_, i) => (i % 4 === 0 ? 'new' : i % 3 === 0 ? 'a' : 'b')),
    );
    expect(judged([live, live], 0.1, known).sentence).toContain('25 % categories that the profile does not list');
    expect(driftTests(known, { counts: live, days: 1 })[0].psi).toBeLessThan(0.01);
    const swapped = countsOf(
      known,
      Array.from({ length: 600 }, (_, i) => (i % 3 === 0 ? 'b' : 'a')),
    );
    expect(judged([swapped, swapped], 0.1, known).sentence).toMatch(/^PSI of x over 600 rows/);
  });
  test('what one of many distributions does by chance is not drift', () => {
    // p = 0.0007: beyond its own null quantile, but not below the 0.0005 that the least of a hundred must be.
    const reference: ReferenceBins = { kind: 'numberBins', edges: [0], counts: [5000, 5000, 0], days: null };
    const at = (share: number, name: string) => ({
      name,
      of: name,
      floor: 0,
      reference,
      windows: [0, 1].map(() => ({ counts: [1000 * share, 1000 * (1 - share), 0], days: 1 })),
    });
    expect(judgeDrifts([at(0.5565, 'odd')])[0].state).toBe('fired');
    const among = judgeDrifts([at(0.5565, 'odd'), ...Array.from({ length: 99 }, (_, i) => at(0.5, `even ${i}`))]);
    expect(among[0].state).toBe('quiet');
    expect(among[0].sentence).toContain('not beyond chance among all that is watched');
  });
});

test('outcomes are kept in bounded memory, every second one of every span alike', () => {
  const shelf = new OutcomeShelf(1, 100, 1000);
  const whole = new OutcomeShelf(1, 100);
  for (let i = 0; i < 10_000; i++) {
    const outcome = { time: i, availableAt: i, label: i, scores: Float64Array.of(i / 2), decided: i % 7 };
    shelf.add(i % 500, outcome);
    whole.add(i % 500, outcome);
    expect(shelf.rows).toBeLessThanOrEqual(1000);
  }
  for (let start = 0; start < 500; start += 100) {
    const [kept, all] = [shelf.read(start), whole.read(start)];
    if (!kept || !all) throw new Error('no rows');
    expect(all.rows).toBe(2000);
    expect([...kept.labels]).toEqual([...all.labels].filter((_, i) => i % 16 === 0));
    expect([...kept.scores]).toEqual([...kept.labels].map((label) => label / 2));
    expect([...kept.decided]).toEqual([...kept.labels].map((label) => label % 7));
  }
  expect(shelf.startsBefore(150)).toEqual([0, 100]);
  shelf.drop(0);
  expect(shelf.read(0)).toBeUndefined();
  expect(shelf.rows).toBe(500);
});

test('windows merge to the whole, however the rows are split', () => {
  const values = normals(300, 5);
  const compiled = compileProfile(buildProfile('v', frame({ x: { kind: 'number', values } }), values), ['other', 'x'], ['x']);
  assert(
    property(array(double({ noNaN: true, min: -3, max: 3 }), { maxLength: 50 }), nat(50), (list, cut) => {
      const whole = new TrafficWindow(compiled);
      const [a, b] = [new TrafficWindow(compiled), new TrafficWindow(compiled)];
      for (const [i, x] of list.entries()) {
        for (const window of [whole, i < cut ? a : b]) {
          window.count([null, x], x / 2);
          window.countCall(i % 2, Math.abs(x));
        }
      }
      a.add(b);
      expect({ ...a, scoreSum: 0 }).toEqual({ ...whole, scoreSum: 0 });
      expect(a.scoreSum).toBeCloseTo(whole.scoreSum, 9);
    }),
  );
  const other = compileProfile(compiled.profile, ['x'], ['x']);
  expect(() => new TrafficWindow(compiled).add(new TrafficWindow(other))).toThrow(
    expect.objectContaining({ code: 'MW_MONITOR_PROFILES_DIFFER' }),
  );
});

test('the error of the AUC covers the truth', () => {
  const auc = outcomeMetric('auc', 'binary');
  const truth = 0.7602; // P(N(1,1) > N(0,1))
  let covered = 0;
  for (let seed = 0; seed < 200; seed++) {
    const source = random(seed);
    const labels = Float64Array.from({ length: 400 }, () => source.below(2));
    const scores = labels.map((label) => source.normal() + label);
    const rows = { rows: 400, outputs: 1, scores, labels, decided: new Int32Array(400) };
    const { value, error } = auc.estimate(rows, auc.value(rows));
    if (Math.abs(value - truth) < 1.96 * error) covered++;
  }
  expect(covered).toBeGreaterThan(180);
  expect(covered).toBeLessThanOrEqual(200);
});

const trained = normals(2000, 9);
const problem: ProblemPlan = {
  kind: 'problem',
  task: 'binary',
  objective: '',
  decision: '',
  risk: 'low',
  latency: null,
  value: {
    kind: 'value',
    truePositive: 10,
    falsePositive: -4,
    falseNegative: -1,
    trueNegative: 0,
    capacity: null,
    currency: 'EUR',
  },
};
const watch: Record<string, SignalPlan> = {
  xDrift: { kind: 'signal', signal: 'drift', of: 'x', test: 'psi', above: 0.1, window: 2 * DAY },
  scoreDrift: { kind: 'signal', signal: 'drift', of: 'score', test: 'psi', above: 0.1, window: 2 * DAY },
  aucDrop: { kind: 'signal', signal: 'quality', metric: 'auc', below: 0.7, above: null, window: 2 * DAY },
  slow: { kind: 'signal', signal: 'latency', p99: 5, window: DAY },
  errors: { kind: 'signal', signal: 'errors', above: 0.05, window: DAY },
};
const scoresOf = (x: number) => Float64Array.of(1 / (1 + Math.exp(-x)));
const profile = buildProfile(
  'v1',
  frame({ x: { kind: 'number', values: trained } }),
  trained.map((x) => scoresOf(x)[0] as number),
);
const start = () => new ModelMonitor({ problem, watch, features: ['x'], outputs: 1, profile });
const feed = (monitor: ModelMonitor, from: number, rows: number, shift: number, informative: boolean, seed: number) => {
  const source = random(seed);
  for (let i = 0; i < rows; i++) {
    const time = from + Math.floor((i * DAY) / rows);
    const x = source.normal() + shift;
    const scores = scoresOf(x);
    const decided = Number((scores[0] as number) >= 0.5);
    const label = Number(source.next() < (informative ? 1 / (1 + Math.exp(-3 * x)) : 0.5));
    monitor.onPrediction(time, time, 'v1', [x], scores, decided);
    monitor.onCall(time, 1, 0, 1);
    monitor.onOutcomes([{ time, availableAt: time + 2 * HOUR, label, scores, decided }]);
  }
};
const states = (monitor: ModelMonitor, now: number) =>
  Object.fromEntries(monitor.judge(now).map(({ name, state }) => [name, state]));

const bad = (signal: SignalPlan) => () =>
  new ModelMonitor({ problem, watch: { bad: signal }, features: ['x'], outputs: 1, profile });

describe('a model watched', () => {
  test('is insufficient before there is data', () => {
    expect(new Set(Object.values(states(start(), 0)))).toEqual(new Set(['insufficient']));
    expect(start().daily()).toEqual([]);
  });

  test('is quiet when all is well, and fires for what has gone wrong', () => {
    const monitor = start();
    feed(monitor, 0, 800, 0, true, 1);
    expect(states(monitor, DAY)).toEqual({
      xDrift: 'quiet',
      scoreDrift: 'quiet',
      aucDrop: 'quiet',
      slow: 'quiet',
      errors: 'quiet',
    });
    feed(monitor, 8 * DAY, 800, 1, false, 3);
    feed(monitor, 10 * DAY, 800, 1, false, 2);
    for (let i = 0; i < 100; i++) monitor.onCall(11 * DAY - 1, 1, 1, 50);
    expect(states(monitor, 11 * DAY)).toEqual({
      xDrift: 'fired',
      scoreDrift: 'fired',
      aucDrop: 'fired',
      slow: 'fired',
      errors: 'fired',
    });
    const [first, , second] = monitor.daily();
    expect(first).toMatchObject({ day: 0, predictions: 800, labelled: 800 });
    expect(first?.metrics.auc).toBeGreaterThan(0.8);
    expect(second?.metrics.auc).toBeLessThan(0.6);
    expect(second?.psi.x).toBeGreaterThan(0.5);
  });

  test('drift in the first window is told and does not fire, in the second it does; a new profile starts again', () => {
    const monitor = start();
    feed(monitor, 0, 800, 0, true, 1);
    feed(monitor, 2 * DAY, 800, 1, true, 2);
    expect(states(monitor, 4 * DAY)).toMatchObject({ xDrift: 'quiet', scoreDrift: 'quiet' });
    feed(monitor, 4 * DAY, 800, 1, true, 3);
    expect(states(monitor, 6 * DAY)).toMatchObject({ xDrift: 'fired', scoreDrift: 'fired' });
    monitor.useProfile(profile);
    expect(states(monitor, 6 * DAY)).toMatchObject({ xDrift: 'insufficient', slow: 'insufficient' });
    expect(monitor.daily().map(({ predictions, psi }) => [predictions, (psi.x ?? 0) > 0.5])).toEqual([
      [800, false],
      [800, true],
      [800, true],
    ]);
  });

  test('a record outlives its rows: days long past stay as they were, and later labels only count', () => {
    const monitor = start();
    feed(monitor, 0, 500, 0.4, true, 1);
    const [before] = monitor.daily();
    feed(monitor, 50 * DAY, 300, 0, true, 2);
    monitor.judge(60 * DAY);
    expect(monitor.daily()[0]).toEqual(before);
    monitor.onOutcomes([{ time: HOUR, availableAt: 60 * DAY, label: 1, scores: scoresOf(1), decided: 1 }]);
    expect(monitor.daily()[0]).toEqual({
      ...before,
      labelled: 501,
      positives: (before?.positives ?? 0) + 1,
      value: (before?.value ?? 0) + 10,
    });
  });

  test('labels are judged when they become available, filed under the day of the prediction', () => {
    const monitor = start();
    feed(monitor, 0, 300, 0, true, 1);
    for (const result of monitor.judge(HOUR)) if (result.name === 'aucDrop') expect(result.state).toBe('insufficient');
    const late = scoresOf(1);
    monitor.onOutcomes([{ time: HOUR, availableAt: 40 * DAY, label: 1, scores: late, decided: 1 }]);
    expect(monitor.daily().map(({ labelled }) => labelled)).toEqual([301]);
  });

  test('realised value is the sum of the pay-offs', () => {
    const monitor = start();
    for (const [decided, label] of [
      [1, 1],
      [1, 0],
      [0, 1],
      [0, 0],
      [1, 1],
    ] as const)
      monitor.onOutcomes([{ time: 0, availableAt: 1, label, scores: scoresOf(0), decided }]);
    expect(monitor.daily()[0]).toMatchObject({ value: 10 - 4 - 1 + 0 + 10, positives: 3 });
  });

  test('a signal over what the model has not is refused', () => {
    const code = expect.objectContaining({ code: 'MW_MONITOR_SIGNAL_INVALID' });
    expect(bad({ kind: 'signal', signal: 'drift', of: 'y', test: 'psi', above: 0.1, window: DAY })).toThrow(code);
    expect(bad({ kind: 'signal', signal: 'quality', metric: 'rmse', below: 1, above: null, window: DAY })).toThrow(code);
    expect(bad({ kind: 'signal', signal: 'quality', metric: 'auc', below: null, above: null, window: DAY })).toThrow(code);
  });
});
