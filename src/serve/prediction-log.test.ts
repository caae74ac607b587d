import { describe, expect, test } from 'vitest';
import { MemoryEventLog } from '../../bench/serving/memory-event-log.js';
import { deferred } from '../../bench/serving/tiny-server.js';
import { tinyDeployment } from '../../bench/serving/tiny-system.js';
import { SimulatedClock } from '../base/clock.js';
import { MillwrightError } from '../base/error.js';
import { type Log, silentLog } from '../base/log.js';
import { ModelService } from './model-service.js';

/** Logging against a timer that stands still unless it is moved: nothing here depends on how fast the machine is. */
function house(log: Readonly<Record<string, unknown>> = {}) {
  const events = new MemoryEventLog();
  const told: string[] = [];
  const report: Log = { ...silentLog, error: (text) => told.push(text), info: (text) => told.push(text) };
  const timer = { now: 0 };
  const service = new ModelService({
    deployment: tinyDeployment('binary'),
    clock: new SimulatedClock(1000),
    timer: () => timer.now,
    events,
    writer: 't',
    labelKey: ['entity'],
    report,
    log,
  });
  return { service, events, told, timer };
}

const row = { entity: 'e', at: 5, x: 0.5, y: null };
const label = { id: 'none', label: 'yes', availableAt: 0 };
/** Time without a late write from which on predictions are answered ahead of theirs. */
const CALM = 5000;
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('a log that fails', () => {
  test('refuses before anything is scored, though memory has room, says so once, and works again by itself', async () => {
    const { service, events, told } = house();
    events.failing = true;
    expect(service.room()).toBeNull();
    service.predict([row]);
    await expect(service.flush()).rejects.toMatchObject({ code: 'MW_SERVE_LOG_UNAVAILABLE', status: 503 });
    for (let i = 0; i < 3; i++)
      await expect(service.room()).rejects.toMatchObject({ code: 'MW_SERVE_LOG_UNAVAILABLE', status: 503 });
    await expect(service.label([label], true)).rejects.toMatchObject({ code: 'MW_SERVE_LOG_UNAVAILABLE' });
    expect(service.counts).toMatchObject({ log: { predictions: 1, waiting: 1 }, truth: { labels: 0 } });
    expect(() => service.requireLog()).toThrow(expect.objectContaining({ code: 'MW_SERVE_LOG_UNAVAILABLE' }));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('MW_SERVE_LOG_UNAVAILABLE');
    events.failing = false;
    await service.room();
    service.requireLog();
    expect(told).toHaveLength(2);
    expect(service.counts.log).toMatchObject({ written: 1, waiting: 0 });
    await service.close();
  });

  test('a full disk is told as what it is', async () => {
    const { service, events, told } = house();
    events.append = () => Promise.reject(new MillwrightError('MW_STORE_FULL', { what: 'The disk is full.' }));
    service.predict([row]);
    await expect(service.flush()).rejects.toMatchObject({ code: 'MW_STORE_FULL', status: 507 });
    await expect(service.room()).rejects.toMatchObject({ code: 'MW_STORE_FULL', status: 507 });
    expect(told).toEqual([expect.stringContaining('MW_STORE_FULL')]);
  });

  test('another process that writes is named, with what can be done about it', async () => {
    const { service, events } = house();
    const locked = new MillwrightError('MW_EVENT_TOPIC_LOCKED', {
      what: 'Process 7 writes.',
      where: { pid: 7 },
      fix: 'Stop it.',
    });
    events.append = () => Promise.reject(locked);
    service.predict([row]);
    await expect(service.flush()).rejects.toMatchObject({
      code: 'MW_SERVE_LOG_UNAVAILABLE',
      where: { pid: 7 },
      fix: 'Stop it.',
    });
  });
});

describe('a log that is late', () => {
  test('makes requests wait once a prediction is older than the delay, and refuses them when patience ends', async () => {
    const { service, events, timer } = house({ delay: '10ms', patience: '20ms' });
    const gate = deferred<void>();
    events.gate = gate.promise;
    service.predict([row]);
    timer.now = 10;
    expect(service.room()).toBeNull();
    timer.now = 11;
    const refused = service.room();
    timer.now = 31;
    await expect(refused).rejects.toMatchObject({ code: 'MW_SERVE_LOG_UNAVAILABLE', status: 503 });
    const patient = service.room();
    gate.resolve();
    await patient;
    expect(service.room()).toBeNull();
    await service.close();
  });
});

describe('a prediction', () => {
  test('need not be written before it is answered, unless the delay is 0', async () => {
    for (const delay of ['10ms', '0ms']) {
      const { service, events, timer } = house({ delay });
      timer.now = CALM;
      const gate = deferred<void>();
      events.gate = gate.promise;
      service.predict([row]);
      const wait = service.answerable();
      if (delay === '10ms') expect(wait).toBeNull();
      let answered = false;
      const done = wait?.then(() => {
        answered = true;
      });
      await turn();
      await turn();
      expect(answered).toBe(false);
      gate.resolve();
      await done;
      expect(answered).toBe(delay === '0ms');
      await service.close();
      expect(await events.length('predictions.tiny')).toBe(1);
    }
  });

  test('is answered after its write while nothing is known of the machine, and after a write that was late', async () => {
    const { service, timer } = house({ delay: '10ms' });
    const predict = async (took: number) => {
      service.predict([row]);
      const wait = service.answerable();
      timer.now += took;
      await service.flush();
      return wait;
    };
    expect(await predict(1)).toBeUndefined();
    timer.now = CALM;
    expect(await predict(1)).toBeNull();
    timer.now += 1000;
    expect(await predict(6)).toBeNull();
    timer.now += CALM - 1;
    expect(await predict(1)).toBeUndefined();
    expect(await predict(1)).toBeNull();
  });

  test('that could not be written is not answered when the delay is 0', async () => {
    const { service, events } = house({ delay: '0ms' });
    events.failing = true;
    service.predict([row]);
    await expect(service.answerable()).rejects.toMatchObject({ code: 'MW_SERVE_LOG_UNAVAILABLE', status: 503 });
  });
});

describe('a label', () => {
  test('is acknowledged when it is written, behind the predictions made before it', async () => {
    const { service, events } = house();
    const gate = deferred<void>();
    events.gate = gate.promise;
    const [{ id } = { id: '' }] = service.predict([row]);
    let acknowledged = false;
    const taken = service.label([{ ...label, id }], true).then((outcomes) => {
      acknowledged = true;
      return outcomes;
    });
    await turn();
    await turn();
    expect(acknowledged).toBe(false);
    expect(events.topics.size).toBe(0);
    gate.resolve();
    expect(await taken).toHaveLength(1);
    expect([...events.topics.keys()]).toEqual(['predictions.tiny', 'labels.tiny']);
    await service.close();
  });

  test('that could not be written is kept, tried again, and harmless when it is sent again', async () => {
    const { service, events } = house();
    const [{ id } = { id: '' }] = service.predict([row]);
    await service.flush();
    events.failing = true;
    await expect(service.label([{ ...label, id }], true)).rejects.toMatchObject({ status: 503 });
    events.failing = false;
    expect(await service.label([{ ...label, id }], true)).toEqual([]);
    expect(service.counts).toMatchObject({ truth: { joined: 1, used: 1, repeated: 1 }, log: { waiting: 0 } });
    expect(await events.length('labels.tiny')).toBe(2);
    await service.close();
  });

  test('labels that come together share a write', async () => {
    const { service, events } = house();
    const gate = deferred<void>();
    events.gate = gate.promise;
    const many = Array.from({ length: 20 }, () => service.label([label], true));
    await turn();
    gate.resolve();
    await Promise.all(many);
    expect(await events.length('labels.tiny')).toBeLessThan(20);
    expect(service.counts.truth.labels).toBe(20);
    await service.close();
  });
});
