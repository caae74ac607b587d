import { appendFile, mkdtemp, open, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventLogConformance } from '../../../test/conformance/store-event-log.js';
import { lineLog } from '../../base/log.js';
import type { EventLog } from '../ports.js';
import { FailingDisk } from '../testing/failing-disk.js';
import { openEventLog } from './file-event-log.js';
import { readFacts, writeFacts } from './topic-facts.js';

const temporary = () => mkdtemp(join(tmpdir(), 'millwright-events-'));

for (const [name, segmentBytes] of [
  ['a folder of segments', undefined],
  ['a folder of very small segments', 200],
] as const)
  eventLogConformance(name, async () => {
    const folder = await temporary();
    return {
      open: async () => openEventLog(folder, segmentBytes === undefined ? {} : { segmentBytes }),
      destroy: () => rm(folder, { recursive: true, force: true }),
    };
  });

const refused = (code: string, message?: RegExp) =>
  message ? expect.objectContaining({ code, message: expect.stringMatching(message) }) : expect.objectContaining({ code });

async function texts(log: EventLog, topic: string, from = 0): Promise<string[]> {
  const found: string[] = [];
  for await (const { record } of log.read(topic, from)) found.push(Buffer.from(record).toString());
  return found;
}

describe('the file event log', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await temporary();
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const segments = async () => (await readdir(join(folder, 't'))).filter((name) => name.endsWith('.log'));
  const last = async () => join(folder, 't', (await segments()).at(-1) as string);
  const write = async (...records: string[]) => {
    const log = openEventLog(folder);
    await log.append(
      't',
      records.map((record) => Buffer.from(record)),
    );
    await log.close();
  };

  test('what was appended before a moment is let go of, and what stays keeps its offset, whoever reads or goes on', async () => {
    const DAY = 86_400_000;
    const now = 1_000 * DAY;
    const age = async (segment: string, days: number) => {
      const at = new Date(now - days * DAY);
      await utimes(join(folder, 't', segment), at, at);
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 0, max: 8 }),
        async (days, keep) => {
          await rm(folder, { recursive: true, force: true });
          const log = openEventLog(folder);
          const offsets: string[] = [];
          // One segment a day, the oldest first: each forgetting ends the one before.
          for (const [day, count] of days.entries()) {
            const records = Array.from({ length: count }, (_, i) => `${day}.${i}`);
            offsets.push(...records);
            await log.append(
              't',
              records.map((record) => Buffer.from(record)),
            );
            expect(await log.forget('t', 0)).toBe(0);
          }
          const old = days.length - keep;
          for (const [day, segment] of (await segments()).slice(0, days.length).entries())
            await age(segment, days.length - day);
          const before = now - (keep + 0.5) * DAY;
          const { bytes, old: freed } = await log.extent('t', before);
          expect(await log.forget('t', before)).toBe(freed);
          expect((await log.extent('t', before)).bytes).toBe(bytes - freed);
          const gone = days.slice(0, Math.max(0, old)).reduce((sum, count) => sum + count, 0);
          const check = async (reader: EventLog, more: readonly string[]) => {
            const kept: [number, string][] = [];
            for await (const { offset, record } of reader.read('t')) kept.push([offset, Buffer.from(record).toString()]);
            expect(kept).toEqual([...offsets, ...more].map((record, offset) => [offset, record]).slice(gone));
            expect(await texts(reader, 't', offsets.length - 1)).toEqual(
              [...offsets, ...more].slice(Math.max(gone, offsets.length - 1)),
            );
            expect(await reader.length('t')).toBe(offsets.length + more.length);
          };
          await check(log, []);
          expect(await log.append('t', [Buffer.from('next')])).toBe(offsets.length);
          await log.close();
          const messages: string[] = [];
          const again = openEventLog(folder, { log: lineLog((line) => messages.push(line)) });
          await check(again, ['next']);
          await again.append('t', [Buffer.from('more')]);
          await check(again, ['next', 'more']);
          await again.close();
          await check(openEventLog(folder, { readOnly: true }), ['next', 'more']);
          expect(messages).toEqual([]);
        },
      ),
      { numRuns: 10 },
    );
  });

  test('a kill between putting down what is kept and removing the rest leaves a whole log', async () => {
    const log = openEventLog(folder);
    for (const record of ['one', 'two', 'three']) {
      await log.append('t', [Buffer.from(record)]);
      await log.forget('t', 0);
    }
    await log.close();
    await writeFacts(join(folder, 't'), { ...(await readFacts(join(folder, 't'))), begins: 2 });
    const again = openEventLog(folder);
    expect(await texts(again, 't')).toEqual(['three']);
    expect(await again.forget('t', Date.now() + 60_000)).toBeGreaterThan(0);
    expect(await again.length('t')).toBe(3);
    await again.close();
  });

  test('topics are told of, and what is only read is not touched', async () => {
    const log = openEventLog(folder);
    expect(await log.topics()).toEqual([]);
    for (const topic of ['b', 'a.x']) await log.append(topic, [Buffer.from('1')]);
    expect(await log.topics()).toEqual(['a.x', 'b']);
    expect(await log.extent('nothing', 1)).toEqual({ bytes: 0, old: 0 });
    await log.close();
    await expect(openEventLog(folder, { readOnly: true }).forget('b', 1)).rejects.toEqual(refused('MW_STORE_READ_ONLY'));
  });

  test('a tail torn at any byte, or any rubbish or zeros behind the records, is cut off: what was whole stays', async () => {
    await write('one', 'two');
    const whole = (await stat(await last())).size;
    await write('a record that will be torn');
    const original = await readFile(await last());
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.integer({ min: whole, max: original.length - 1 }).map((at) => original.subarray(0, at)),
          fc
            .uint8Array({ minLength: 1, maxLength: 40 })
            .map((rubbish) => Buffer.concat([original.subarray(0, whole), rubbish])),
          fc.integer({ min: 1, max: 100 }).map((zeros) => Buffer.concat([original.subarray(0, whole), Buffer.alloc(zeros)])),
        ),
        async (bytes) => {
          await writeFile(await last(), bytes);
          // As a kill leaves it: nobody took note of the third record.
          await writeFacts(join(folder, 't'), { records: 2, lost: 0, gaps: [] });
          const messages: string[] = [];
          const reader = openEventLog(folder, { readOnly: true });
          expect(await texts(reader, 't')).toEqual(['one', 'two']);
          expect(await reader.length('t')).toBe(2);
          const log = openEventLog(folder, { log: lineLog((line) => messages.push(line)) });
          expect(await log.append('t', [Buffer.from('three')])).toBe(2);
          expect(await texts(log, 't')).toEqual(['one', 'two', 'three']);
          await log.close();
          // It is gone for good: nothing is left to be found, or to be cut off, once more.
          const again = openEventLog(folder, { log: lineLog((line) => messages.push(line)) });
          expect(await texts(again, 't')).toEqual(['one', 'two', 'three']);
          expect(await again.append('t', [])).toBe(3);
          await again.close();
          // Nothing silent: what was cut off is said. A cut between two records leaves nothing to cut.
          expect(messages.length).toBe(bytes.length > whole ? 1 : 0);
        },
      ),
      { numRuns: 60, seed: 3 },
    );
  });

  test('damage in the middle is an error, never a shorter log', async () => {
    await write('first', 'second', 'third');
    const path = await last();
    const bytes = await readFile(path);
    bytes[bytes.indexOf('second')] ^= 1;
    await writeFile(path, bytes);
    for (const readOnly of [true, false]) {
      const log = openEventLog(folder, { readOnly });
      await expect(texts(log, 't')).rejects.toEqual(refused('MW_EVENT_LOG_CORRUPT', /Record 1 /));
      await expect(log.length('t')).rejects.toEqual(refused('MW_EVENT_LOG_CORRUPT'));
      if (!readOnly) await expect(log.append('t', [Buffer.from('x')])).rejects.toEqual(refused('MW_EVENT_LOG_CORRUPT'));
      await log.close();
    }
    expect((await readFile(path)).equals(bytes)).toBe(true);
  });

  test('a segment that ends too early, and records lost behind the back of the writer, are errors', async () => {
    const log = openEventLog(folder, { segmentBytes: 50 });
    for (let i = 0; i < 10; i++) await log.append('t', [Buffer.from(`a record, number ${i}`)]);
    const [first = ''] = await segments();
    expect((await segments()).length).toBeGreaterThan(3);
    await truncate(await last(), 0);
    await expect(texts(log, 't')).rejects.toEqual(refused('MW_EVENT_LOG_CORRUPT'));
    await truncate(join(folder, 't', first), 10);
    await expect(texts(log, 't')).rejects.toEqual(refused('MW_EVENT_LOG_CORRUPT', /Record 0 /));
    await log.close();
  });

  test('damage anywhere that leaves a whole record behind it, the length of a record even, never cuts that off', async () => {
    const records = ['first', 'the second record', '', 'the fourth'];
    await write(...records);
    const path = await last();
    const original = await readFile(path);
    const lastAt = original.length - 'the fourth'.length - 8;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(lastAt - 1),
        fc.uint8Array({ minLength: 1, maxLength: 12 }).filter((mask) => mask.some((byte) => byte !== 0)),
        async (at, mask) => {
          const bytes = Buffer.from(original);
          for (let i = 0; i < mask.length && at + i < lastAt; i++) bytes[at + i] ^= mask[i] as number;
          fc.pre(!bytes.equals(original));
          await writeFile(path, bytes);
          const log = openEventLog(folder);
          await expect(log.append('t', [Buffer.from('x')])).rejects.toEqual(refused('MW_EVENT_LOG_CORRUPT'));
          await expect(texts(log, 't')).rejects.toEqual(refused('MW_EVENT_LOG_CORRUPT'));
          await log.close();
          expect((await readFile(path)).equals(bytes)).toBe(true);
        },
      ),
      { numRuns: 60, seed: 5 },
    );
  });

  test('records that are gone from the end are told of by reader and writer, whoever comes first, and stay on record', async () => {
    await write('one', 'two', 'three');
    await truncate(await last(), 0);
    const messages: string[] = [];
    const log = lineLog((line) => messages.push(line));
    const reader = openEventLog(folder, { readOnly: true, log });
    expect(await texts(reader, 't')).toEqual([]);
    expect(await texts(reader, 't')).toEqual([]);
    expect(messages).toEqual([expect.stringContaining("event log 't': 3 of 3 records that were there are gone")]);
    const writer = openEventLog(folder, { log });
    expect(await writer.append('t', [Buffer.from('four')])).toBe(0);
    await writer.close();
    expect(messages).toHaveLength(2);
    expect(await readFacts(join(folder, 't'))).toEqual({ records: 1, lost: 3, gaps: [] });
    expect(await texts(openEventLog(folder, { log }), 't')).toEqual(['four']);
    expect(messages).toHaveLength(2);
  });

  test('a segment that is emptied after a kill is told of as well', async () => {
    const killed = openEventLog(folder);
    for (let i = 0; i < 100; i++) await killed.append('t', [Buffer.from(`${i}`)]);
    await killed.append('t', []);
    await truncate(await last(), 0);
    const messages: string[] = [];
    const reader = openEventLog(folder, { readOnly: true, log: lineLog((line) => messages.push(line)) });
    expect(await texts(reader, 't')).toEqual([]);
    expect(messages).toEqual([expect.stringMatching(/: (\d+) of \1 records that were there are gone/)]);
    await killed.close();
  });

  test('a segment that is gone altogether is an error, at the beginning too', async () => {
    const log = openEventLog(folder, { segmentBytes: 50 });
    for (let i = 0; i < 10; i++) await log.append('t', [Buffer.from(`a record, number ${i}`)]);
    await log.close();
    await rm(join(folder, 't', (await segments())[0] as string));
    await expect(texts(openEventLog(folder), 't')).rejects.toEqual(refused('MW_EVENT_LOG_CORRUPT'));
  });

  test('records without any bytes come back, however they were made', async () => {
    const log = openEventLog(folder);
    await log.append('t', [new Uint8Array(new ArrayBuffer(0)), Uint8Array.from([]), Buffer.alloc(0), Buffer.from('x')]);
    await log.close();
    expect(await texts(openEventLog(folder), 't')).toEqual(['', '', '', 'x']);
  });

  test('on a disk that fails at any byte, in writing or syncing or cutting off, the log holds what was acknowledged and no more', async () => {
    const step = fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({ kind: fc.constant('append' as const), sizes: fc.array(fc.nat(60), { maxLength: 5 }) }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('room' as const),
          room: fc.nat(150),
          cuts: fc.boolean(),
          syncs: fc.boolean(),
        }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const), killed: fc.boolean() }) },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 25 }),
        fc.constantFrom('process' as const, 'power' as const),
        async (steps, durability) => {
          const base = await temporary();
          const disk = new FailingDisk();
          const open = () => openEventLog(base, { disk, durability, segmentBytes: 200 });
          let log = open();
          const kept: string[] = [];
          const heal = () =>
            Object.assign(disk, { room: Number.POSITIVE_INFINITY, refusesSync: false, refusesTruncate: false });
          for (const step of steps) {
            if (step.kind === 'room')
              Object.assign(disk, { room: step.room, refusesSync: step.syncs, refusesTruncate: step.cuts });
            else if (step.kind === 'append') {
              const records = step.sizes.map((size, i) => `${kept.length + i}:`.padEnd(size, 'x'));
              await Promise.all(
                records.map(async (record) => {
                  const offset = await log.append('t', [Buffer.from(record)]).catch((thrown: unknown) => {
                    expect(thrown).toMatchObject({ code: expect.stringMatching(/^MW_STORE_(FULL|FAILED)$/) });
                    return null;
                  });
                  if (offset !== null) kept[offset] = record;
                }),
              );
            } else {
              heal();
              await log.close();
              log = open();
            }
          }
          heal();
          expect(await texts(log, 't')).toEqual(kept);
          await log.close();
          const again = open();
          expect(await again.append('t', [Buffer.from('end')])).toBe(kept.length);
          expect(await texts(again, 't')).toEqual([...kept, 'end']);
          await again.close();
          await rm(base, { recursive: true });
        },
      ),
      { numRuns: 60, seed: 6 },
    );
  });

  test('reading from far on does not read what lies before, with marks or without', async () => {
    const record = Buffer.alloc(1000, 'x');
    const log = openEventLog(folder, { segmentBytes: 1 << 20 });
    for (let i = 0; i < 30; i++)
      await log.append(
        't',
        Array.from({ length: 100 }, () => record),
      );
    await log.close();
    const files = await segments();
    expect(files.length).toBe(3);
    // The beginning of the first segment is spoilt: only a reader that skips it can read on.
    const path = join(folder, 't', files[0] as string);
    const handle = await open(path, 'r+');
    await handle.write(Buffer.alloc(2000, 1), 0, 2000, 0);
    await handle.close();
    const reader = openEventLog(folder, { readOnly: true });
    const at = async (offset: number) => (await reader.read('t', offset)[Symbol.asyncIterator]().next()).value?.offset;
    expect(await at(900)).toBe(900);
    expect(await at(2999)).toBe(2999);
    await expect(at(0)).rejects.toEqual(refused('MW_EVENT_LOG_CORRUPT'));
    // Marks that are damaged are not relied on.
    const index = path.replace(/\.log$/, '.index');
    await appendFile(index, 'rubbish');
    await expect(openEventLog(folder).read('t', 900)[Symbol.asyncIterator]().next()).rejects.toEqual(
      refused('MW_EVENT_LOG_CORRUPT'),
    );
  });

  test('marks that lead past the end of what is there are not relied on', async () => {
    const records = Array.from({ length: 400 }, (_, i) => Buffer.alloc(1000, i % 250));
    const log = openEventLog(folder);
    await log.append('t', records);
    await log.close();
    await truncate(await last(), 1008 * 3 + 500);
    expect(await openEventLog(folder, { readOnly: true }).length('t')).toBe(3);
    expect(await texts(openEventLog(folder, { readOnly: true }), 't', 1)).toHaveLength(2);
    const again = openEventLog(folder);
    expect(await again.append('t', [Buffer.from('x')])).toBe(3);
    await again.close();
  });

  test('a reader beside the writer follows it, over the ends of segments', async () => {
    const log = openEventLog(folder, { segmentBytes: 300 });
    const reader = openEventLog(folder, { readOnly: true });
    let expected = 0;
    for (let i = 0; i < 40; i++) {
      await log.append('t', [Buffer.from(`record ${expected++}`), Buffer.from(`record ${expected++}`)]);
      expect(await reader.length('t')).toBe(expected);
      expect(await texts(reader, 't', expected - 3)).toEqual(
        Array.from({ length: Math.min(3, expected) }, (_, k) => `record ${Math.max(0, expected - 3) + k}`),
      );
    }
    expect(await texts(reader, 't')).toHaveLength(80);
    await log.close();
  });

  test('one writer at a time: a second is refused by name, and may write when the first has let go', async () => {
    const one = openEventLog(folder);
    const two = openEventLog(folder);
    await one.append('t', [Buffer.from('a')]);
    await expect(two.append('t', [Buffer.from('b')])).rejects.toEqual(
      refused('MW_EVENT_TOPIC_LOCKED', new RegExp(`Process ${process.pid} `)),
    );
    await two.append('another', [Buffer.from('b')]);
    await one.close();
    expect(await two.append('t', [Buffer.from('b')])).toBe(1);
    await two.close();
    expect(await readdir(join(folder, 't', 'writer'))).toHaveLength(1);
  });

  test.each([
    ['of a process that is gone', { pid: 2 ** 22 + 3, started: 'x', host: hostname() }, true],
    [
      'of a process whose number another one has now',
      { pid: process.ppid, started: '1@another boot', host: hostname() },
      process.platform === 'linux',
    ],
    ['that a power cut left empty', '', true],
    ['of a process on another machine', { pid: 1, started: 'x', host: 'another-machine' }, false],
    ['of a living process', { pid: process.ppid, started: '', host: hostname() }, false],
  ])('the lock %s', async (_, owner, taken) => {
    await write('a');
    const locks = join(folder, 't', 'writer');
    await writeFile(join(locks, '0000000009.json'), owner === '' ? '' : JSON.stringify(owner));
    // Of many that find it, one wins at most.
    const logs = Array.from({ length: 8 }, () => openEventLog(folder));
    const results = await Promise.allSettled(logs.map((log) => log.append('t', [Buffer.from('b')])));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(taken ? 1 : 0);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toEqual(refused('MW_EVENT_TOPIC_LOCKED'));
    await Promise.all(logs.map((log) => log.close()));
    expect(await texts(openEventLog(folder), 't')).toEqual(taken ? ['a', 'b'] : ['a']);
  });

  test('a million small records go in and come out', async () => {
    const log = openEventLog(folder, { segmentBytes: 8 << 20 });
    const batch = Array.from({ length: 10_000 }, (_, i) => Buffer.from(`{"prediction":${i % 2},"probability":0.${i}}`));
    for (let i = 0; i < 100; i++) expect(await log.append('t', batch)).toBe(i * 10_000);
    await log.flush();
    await log.close();
    const again = openEventLog(folder);
    expect(await again.length('t')).toBe(1_000_000);
    let bytes = 0;
    let count = 0;
    for await (const { offset, record } of again.read('t')) {
      if (offset !== count++) expect.fail(`offset ${offset} after ${count - 2}`);
      bytes += record.length;
    }
    expect(count).toBe(1_000_000);
    expect(bytes).toBe(100 * batch.reduce((sum, record) => sum + record.length, 0));
  });
});
