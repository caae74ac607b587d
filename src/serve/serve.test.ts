import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { array, assert, boolean, integer, property, record } from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { MemoryEventLog } from '../../bench/serving/memory-event-log.js';
import { deferred, tinyService } from '../../bench/serving/tiny-server.js';
import { linearModel, logit, tinyDeployment, tinyPipeline } from '../../bench/serving/tiny-system.js';
import { SimulatedClock } from '../base/clock.js';
import { decodeFrame } from '../frame/codec.js';
import { columnFrom, type Scalar } from '../frame/column.js';
import { type Frame, frame, type Row, rowAt } from '../frame/frame.js';
import { openEventLog } from '../store/event-log/file-event-log.js';
import { GroundTruth, type LabelRow, type Outcome } from './ground-truth.js';
import { MomentHeap } from './moment-heap.js';
import { predictRows } from './predict.js';
import { predictionIds, timeOfId } from './prediction-id.js';
import { findPrediction, readPredictions } from './prediction-reader.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const folder = mkdtempSync(join(tmpdir(), 'millwright-serve-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const row = (x: number, entity = 'e', at: number | string = 5) => ({ entity, at, x, y: null });
async function all(frames: AsyncIterable<Frame>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const table of frames) for (let i = 0; i < table.rows; i++) rows.push(rowAt(table, i));
  return rows;
}

describe('ids', () => {
  test('are unique and sort in the order of making, even when the clock stands or goes back', () => {
    assert(
      property(array(integer({ min: -3, max: 3 }), { maxLength: 200 }), (steps) => {
        const next = predictionIds('w1');
        let now = 1_000_000_000_000;
        const ids = steps.map((step) => {
          now += step;
          return next(now);
        });
        expect(new Set(ids).size).toBe(ids.length);
        expect([...ids].sort()).toEqual(ids);
      }),
    );
  });
  test('more of them in one millisecond than the counter holds move on to the next', () => {
    const next = predictionIds('');
    let last = '';
    for (let i = 0; i < 36 ** 4 + 10; i++) {
      const id = next(7);
      if (id <= last) throw new Error(`${id} after ${last}`);
      last = id;
    }
    expect(timeOfId(last)).toBe(8);
  });
  test('carry their moment', () => {
    expect(timeOfId(predictionIds('abc')(988_675_200_123))).toBe(988_675_200_123);
    expect(timeOfId('nonsense!')).toBeUndefined();
  });
});

test('one row at a time gives the same bits as the batch path', () => {
  const deployment = tinyDeployment('binary');
  const xs = Array.from({ length: 100 }, (_, i) => Math.sin(i) * 5);
  const answers = predictRows(
    deployment,
    xs.map((x) => row(x)),
    new SimulatedClock(0),
    predictionIds(''),
  );
  const table = frame({
    x: columnFrom('number', xs),
    y: columnFrom(
      'number',
      xs.map(() => 0),
    ),
  });
  expect(answers.map((answer) => answer.ok && answer.probability)).toEqual([...deployment.pipeline.predict(table)]);
});

test('a model that does not fit the definition is refused', () => {
  const deployment = tinyDeployment('binary');
  const code = expect.objectContaining({ code: 'MW_SERVE_DEPLOYMENT_MISMATCH' });
  expect(() => tinyService({ ...deployment, pipeline: tinyDeployment('regression').pipeline })).toThrow(code);
  expect(() =>
    tinyService({ ...deployment, plan: { ...deployment.plan, features: deployment.plan.features.slice(1) } }),
  ).toThrow(code);
});

test('a pipeline may take the features of the plan in another order, or fewer', () => {
  const deployment = tinyDeployment('binary');
  const [x, y] = deployment.plan.features;
  const turned = {
    ...deployment,
    plan: { ...deployment.plan, features: [y, { ...x, name: 'unused' }, x] as typeof deployment.plan.features },
    featureRow: (given: Row, _at: number, out: Scalar[]) => {
      out.splice(0, 3, given.y ?? null, 99, given.x ?? null);
      return 'NOT_FOUND' as const;
    },
  };
  const [answer] = predictRows(turned, [{ ...row(2), y: -1 }], new SimulatedClock(0), predictionIds(''));
  expect(answer).toMatchObject({ probability: logit(1) });
});

describe('the prediction log', () => {
  test('holds every prediction with its row, features, scores, shadow and latency, on disk', async () => {
    const clock = new SimulatedClock(10 * DAY);
    const events = openEventLog(join(folder, 'full'));
    const shadow = { version: 'v2', pipeline: tinyPipeline(linearModel('binary', [[1, 1, 1]]), ['no', 'yes']) };
    const service = tinyService({ ...tinyDeployment('binary'), shadow }, events, { batchRows: 3 }, clock);
    const ids: string[] = [];
    for (let i = 0; i < 10; i++) {
      clock.advanceTo(10 * DAY + i * HOUR);
      for (const answer of service.predict([row(i / 10, `e${i}`, i)])) ids.push(answer.id);
    }
    await service.close();
    const rows = await all(readPredictions(events, 'tiny', { by: 'time' }));
    expect(rows.map(({ id }) => id)).toEqual(ids);
    expect(rows[7]).toMatchObject({
      at: 7,
      time: 10 * DAY + 7 * HOUR,
      version: 'v1',
      prediction: 'yes',
      score: logit(0.7),
      shadowVersion: 'v2',
      shadow: logit(1.7),
      'request.entity': 'e7',
      'request.x': 0.7,
      'request.y': null,
      'feature.y': 0,
      known: true,
      warnings: null,
    });
    for (const { latency } of rows) expect(latency).toBeGreaterThanOrEqual(0);
    const some = await all(readPredictions(events, 'tiny', { by: 'time', from: 10 * DAY + 2 * HOUR, to: 10 * DAY + 5 * HOUR }));
    expect(some.map(({ id }) => id)).toEqual(ids.slice(2, 5));
    expect((await all(readPredictions(events, 'tiny', { by: 'at', from: 8 }))).map(({ id }) => id)).toEqual(ids.slice(8));
    for (const id of ids) expect((await findPrediction(events, 'tiny', id)).id).toBe(id);
    for (const id of ['nonsense', predictionIds('z')(10 * DAY)])
      await expect(findPrediction(events, 'tiny', id)).rejects.toMatchObject({ code: 'MW_SERVE_PREDICTION_UNKNOWN' });
    await events.close();
  });

  test('rejected rows are logged with their problems and input', async () => {
    const events = new MemoryEventLog();
    const service = tinyService(tinyDeployment('binary'), events);
    service.predict([{ x: 'no' }, row(1)]);
    await service.close();
    const [record] = events.topics.get('rejections.tiny') ?? [];
    const logged = rowAt(decodeFrame(record as Uint8Array), 0);
    expect(logged).toMatchObject({ version: 'v1', code: 'MW_ROW_COLUMN_MISSING', input: '{"x":"string"}' });
    expect(logged.problems).toContain('entity');
    expect(service.counts.log).toMatchObject({ predictions: 1, rejections: 1, written: 2, waiting: 0 });
  });

  test('a swapped version logs under its own name, none of the old one is lost', async () => {
    const events = new MemoryEventLog();
    const service = tinyService(tinyDeployment('binary'), events);
    service.predict([row(1)]);
    service.swap(tinyDeployment('binary', 'tiny', 'v2'));
    service.predict([row(1), row(2)]);
    expect(() => service.swap(tinyDeployment('regression', 'tiny', 'v3'))).not.toThrow();
    service.predict([row(1)]);
    await service.close();
    const rows = await all(readPredictions(events, 'tiny', { by: 'time' }));
    expect(rows.map(({ version }) => version)).toEqual(['v1', 'v2', 'v2', 'v3']);
  });

  test('a slow log makes callers wait; a full memory is never exceeded and nothing is lost', async () => {
    const events = new MemoryEventLog();
    const gate = deferred<void>();
    events.gate = gate.promise;
    const service = tinyService(tinyDeployment('binary'), events, {
      batchRows: 10,
      capacity: 50,
      delay: '60s',
      patience: '60s',
    });
    for (let i = 0; i < 50; i++) {
      expect(service.room()).toBeNull();
      service.predict([row(i)]);
    }
    const wait = service.room();
    expect(wait).not.toBeNull();
    let waited = false;
    const done = wait?.then(() => {
      waited = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect([waited, service.counts.log.waiting]).toEqual([false, 50]);
    gate.resolve();
    await done;
    service.predict([row(50)]);
    await service.close();
    expect((await all(readPredictions(events, 'tiny', { by: 'time' }))).map((r) => r['request.x'])).toEqual(
      Array.from({ length: 51 }, (_, i) => i),
    );
  });

  test('a failing log refuses when memory is full, keeps what it has, and goes on by itself', async () => {
    const events = new MemoryEventLog();
    events.failing = true;
    const service = tinyService(tinyDeployment('binary'), events, { batchRows: 2, capacity: 4 });
    for (let i = 0; i < 4; i++) service.predict([row(i)]);
    await expect(service.room()).rejects.toMatchObject({ code: 'MW_SERVE_LOG_UNAVAILABLE', status: 503 });
    await expect(service.flush()).rejects.toMatchObject({ code: 'MW_SERVE_LOG_UNAVAILABLE' });
    expect(service.counts.log).toMatchObject({ waiting: 4, written: 0 });
    expect(service.counts.log.failures).toBeGreaterThan(0);
    events.failing = false;
    await service.room();
    service.predict([row(4)]);
    await service.close();
    expect((await all(readPredictions(events, 'tiny', { by: 'time' }))).map((r) => r['request.x'])).toEqual([0, 1, 2, 3, 4]);
  });
});

test('a service started again knows what its predecessor predicted and learnt', async () => {
  const path = join(folder, 'again');
  const clock = new SimulatedClock(50 * DAY);
  const before = openEventLog(path);
  const first = tinyService(tinyDeployment('binary'), before, {}, clock);
  const answers = first.predict(Array.from({ length: 6 }, (_, i) => row(i - 3, `e${i}`, i)));
  const ids = answers.map(({ id }) => id);
  await first.label([{ id: ids[0] as string, label: 'yes', availableAt: 50 * DAY }], true);
  await first.label([{ key: ['e1'], at: 1, label: 'no', availableAt: 51 * DAY }], true);
  await first.close();
  await before.close();

  const events = openEventLog(path);
  const second = tinyService(tinyDeployment('binary'), events, {}, clock);
  const outcomes: Outcome[] = [];
  const seen: number[] = [];
  second.listen({ onOutcomes: (joined) => outcomes.push(...joined), onPrediction: (at) => seen.push(at) });
  await second.restore();
  expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
  expect(outcomes).toMatchObject([{ id: ids[0], label: 1, decided: 0, version: 'v1' }]);
  expect(outcomes[0]?.scores).toEqual(Float64Array.of(logit(-3)));
  expect(second.counts.truth).toEqual(first.counts.truth);
  clock.advanceTo(51 * DAY);
  expect(second.settle()).toMatchObject([{ id: ids[1], label: 0 }]);
  expect(await second.label([{ id: ids[5] as string, label: 'yes', availableAt: 0 }], true)).toHaveLength(1);
  await second.close();
  expect(await events.length('labels.tiny')).toBe(3);
  await events.close();
});

test('the heap gives moments in order, equal ones in order of arrival', () => {
  assert(
    property(array(integer({ min: 0, max: 20 })), integer({ min: 0, max: 20 }), (moments, limit) => {
      const heap = new MomentHeap<number>();
      for (const [i, moment] of moments.entries()) heap.push(moment, i);
      const expected = moments
        .map((moment, i) => ({ moment, i }))
        .filter(({ moment }) => moment <= limit)
        .sort((a, b) => a.moment - b.moment || a.i - b.i)
        .map(({ i }) => i);
      const taken: number[] = [];
      for (let i = heap.popUntil(limit); i !== undefined; i = heap.popUntil(limit)) taken.push(i);
      expect(taken).toEqual(expected);
      expect(heap.size).toBe(moments.length - expected.length);
    }),
  );
});

const truth = (options = {}) => new GroundTruth({ task: 'binary', classes: ['no', 'yes'] }, options);
const expectAt = (join: GroundTruth, id: string, at: number, entity = 'e', time = at) =>
  join.expect(
    { id, at, time, version: 'v1', scores: Float64Array.of(0.5), decided: 1, shadowScores: null, shadowVersion: null },
    [entity],
  );
const label = (id: string, value: string | number | null, availableAt = 2): LabelRow => ({ id, label: value, availableAt });

describe('ground truth', () => {
  test('joins by id and by key and moment, not before the label is available', () => {
    const join = truth();
    expectAt(join, 'a', 1);
    expectAt(join, 'b', 2);
    join.offer(
      [
        { id: 'a', label: 'yes', availableAt: 10 },
        { key: ['e'], at: 2, label: 'no', availableAt: 5 },
      ],
      3,
    );
    expect(join.advance(4)).toEqual([]);
    expect(join.advance(5).map(({ id, label }) => [id, label])).toEqual([['b', 0]]);
    expect(join.advance(10).map(({ id, label, availableAt }) => [id, label, availableAt])).toEqual([['a', 1, 10]]);
    expect(join.counts).toMatchObject({ predictions: 2, joined: 2, pending: 0, labels: 2, used: 2, waiting: 0 });
  });
  test('a label of a key is the truth of each prediction of it', () => {
    const join = truth();
    for (const id of ['a', 'b']) expectAt(join, id, 1);
    expectAt(join, 'c', 1, 'other');
    join.offer([{ key: ['e'], at: 1, label: 'yes', availableAt: 2 }], 1);
    expect(join.advance(3).map(({ id }) => id)).toEqual(['a', 'b']);
  });
  test('among many keys each label finds the predictions of its own, and 1 is not the text 1', () => {
    const join = truth({ horizon: '1h' });
    const keyed = (id: string, key: readonly (string | number)[], at: number) =>
      join.expect(
        { id, at, time: at, version: 'v1', scores: Float64Array.of(0.5), decided: 1, shadowScores: null, shadowVersion: null },
        key,
      );
    // 150,000 keys are enough for two or three pairs of one 32-bit hash.
    for (let i = 0; i < 150_000; i++) keyed(`p${i}`, [`e${i % 1000}`, i % 7], Math.floor(i / 7));
    keyed('number', [1], 5);
    keyed('text', ['1'], 5);
    join.offer(
      Array.from({ length: 150_000 }, (_, i) => ({
        key: [`e${i % 1000}`, i % 7],
        at: Math.floor(i / 7),
        label: i % 3 === 0 ? 'yes' : 'no',
        availableAt: 30_000,
      })),
      25_000,
    );
    join.offer([{ key: ['1'], at: 5, label: 'yes', availableAt: 40_000 }], 25_000);
    const outcomes = join.advance(30_000);
    expect(outcomes.length).toBe(150_000);
    expect(outcomes.every(({ id, label }) => label === Number(Number(id.slice(1)) % 3 === 0))).toBe(true);
    expect(join.advance(40_000).map(({ id }) => id)).toEqual(['text']);
    expect(join.counts).toMatchObject({ used: 150_001, unmatched: 0, conflicting: 0 });
  });
  test('repeated, contradicting, unmatched and invalid labels are told apart; the first truth stays', () => {
    const join = truth();
    expectAt(join, 'a', 1);
    join.offer(
      [label('a', 'yes'), label('a', 'yes'), label('a', 'no'), label('zzz', 'no'), label('a', 'maybe'), label('a', null)],
      1,
    );
    expect(join.advance(5).map(({ label: joined }) => joined)).toEqual([1]);
    expect(join.counts).toMatchObject({ labels: 6, used: 1, repeated: 1, conflicting: 1, unmatched: 1, invalid: 2 });
  });
  test('predictions are forgotten after the horizon or beyond the capacity, and counted', () => {
    const join = truth({ horizon: '1h', capacity: 3 });
    for (let i = 0; i < 5; i++) expectAt(join, `p${i}`, i);
    expect(join.counts).toMatchObject({ pending: 3, expired: 2 });
    join.offer([{ id: 'p0', label: 'yes', availableAt: 5 }], 4);
    expect(join.advance(6)).toEqual([]);
    join.advance(HOUR + 4);
    expect(join.counts).toMatchObject({ pending: 1, expired: 4, unmatched: 1 });
  });
  test('every prediction and every label is in exactly one count, whatever comes in whatever order', () => {
    const event = record({
      label: boolean(),
      id: integer({ min: 0, max: 8 }),
      value: boolean(),
      delay: integer({ min: 0, max: 30 }),
      step: integer({ min: 0, max: 9 }),
    });
    assert(
      property(array(event, { maxLength: 80 }), (list) => {
        const join = truth({ horizon: '20ms', capacity: 6, waiting: 4 });
        let now = 0;
        let outcomes = 0;
        const known = new Set<string>();
        for (const { label, id, value, delay, step } of list) {
          now += step;
          if (label) join.offer([{ id: `p${id}`, label: value ? 'yes' : 'no', availableAt: now + delay }], now);
          else if (!known.has(`p${id}`)) {
            known.add(`p${id}`);
            expectAt(join, `p${id}`, now);
          }
          for (const outcome of join.advance(now)) {
            outcomes++;
            expect(outcome.availableAt).toBeLessThanOrEqual(now);
          }
        }
        const c = join.counts;
        expect(c.joined).toBe(outcomes);
        expect(c.joined + c.pending + c.expired).toBe(c.predictions);
        expect(c.waiting + c.used + c.unmatched + c.repeated + c.conflicting + c.invalid + c.dropped).toBe(c.labels);
        expect(c.evicted).toBeLessThanOrEqual(c.expired);
        expect(Math.min(...Object.values(c))).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
