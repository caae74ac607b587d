import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventLog } from '../../src/store/ports.js';

/** One event log to put to the test: `open` opens it (again); the ones before are closed first unless they only read. */
export interface EventLogUnderTest {
  open(): Promise<EventLog>;
  destroy(): Promise<void>;
}

/** What every event log must do. */
export function eventLogConformance(name: string, make: () => Promise<EventLogUnderTest>): void {
  describe(`${name} is an event log`, () => {
    let under: EventLogUnderTest;
    let log: EventLog;
    beforeEach(async () => {
      under = await make();
      log = await under.open();
    });
    afterEach(async () => {
      await log.close();
      await under.destroy();
    });
    const text = (record: Uint8Array) => Buffer.from(record).toString();
    const bytes = (...texts: string[]) => texts.map((each) => Buffer.from(each));
    const all = async (from: EventLog, topic: string, offset?: number) => {
      const found: [number, string][] = [];
      for await (const { offset: at, record } of from.read(topic, offset)) found.push([at, text(record)]);
      return found;
    };

    test('records keep their order, their bytes and their offsets; topics are apart', async () => {
      expect(await log.length('a')).toBe(0);
      expect(await all(log, 'a')).toEqual([]);
      expect(await log.append('a', bytes('zero', 'one'))).toBe(0);
      expect(await log.append('b', bytes('other'))).toBe(0);
      expect(await log.append('a', bytes('two', ''))).toBe(2);
      expect(await log.append('a', [])).toBe(4);
      expect(await log.length('a')).toBe(4);
      expect(await all(log, 'a')).toEqual([
        [0, 'zero'],
        [1, 'one'],
        [2, 'two'],
        [3, ''],
      ]);
      expect(await all(log, 'a', 2)).toEqual([
        [2, 'two'],
        [3, ''],
      ]);
      expect(await all(log, 'a', 4)).toEqual([]);
      expect(await all(log, 'a', 99)).toEqual([]);
      expect(await all(log, 'b')).toEqual([[0, 'other']]);
    });

    test('any records in any batches come back, from any offset, in another opening too', async () => {
      let topic = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }), { maxLength: 8 }),
          fc.nat(40),
          fc.boolean(),
          async (batches, from, reopen) => {
            const name = `t${topic++}`;
            let expected = 0;
            for (const batch of batches) {
              expect(await log.append(name, batch)).toBe(expected);
              expected += batch.length;
            }
            if (reopen) {
              await log.close();
              log = await under.open();
            }
            const records = batches.flat();
            expect(await log.length(name)).toBe(records.length);
            const found = await collect(log.read(name, from));
            expect(found.map(({ offset }) => offset)).toEqual(records.map((_, i) => i).slice(from));
            expect(found.every(({ record, offset }) => Buffer.compare(record, records[offset] as Uint8Array) === 0)).toBe(true);
          },
        ),
        { numRuns: 40, seed: 2 },
      );
    });

    test('appends from many at once each stay together, and their offsets tell where', async () => {
      const firsts = await Promise.all(
        Array.from({ length: 200 }, (_, i) => log.append('busy', bytes(`${i} a`, `${i} b`, `${i} c`))),
      );
      expect(firsts.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => i * 3));
      const found = await all(log, 'busy');
      for (const [i, first] of firsts.entries())
        expect(found.slice(first, first + 3).map(([, record]) => record)).toEqual([`${i} a`, `${i} b`, `${i} c`]);
    });

    test('large records and many small ones', async () => {
      const large = Buffer.alloc(5_000_000, 'large');
      await log.append('mixed', [Buffer.from('small'), large, Buffer.from('end')]);
      const many = Array.from({ length: 20_000 }, (_, i) => Buffer.from(`record ${i}`));
      expect(await log.append('mixed', many)).toBe(3);
      const found = await collect(log.read('mixed', 1));
      expect(found).toHaveLength(20_002);
      expect(Buffer.compare(found[0]?.record as Uint8Array, large)).toBe(0);
      expect(text(found.at(-1)?.record as Uint8Array)).toBe('record 19999');
      expect(await all(log, 'mixed', 20_002)).toEqual([[20_002, 'record 19999']]);
    });

    test('what is read may be kept: later reads do not change it', async () => {
      await log.append('kept', bytes('first', 'second'));
      const kept = (await collect(log.read('kept'))).map(({ record }) => record);
      await log.append('kept', bytes('third'));
      await all(log, 'kept');
      expect(kept.map(text)).toEqual(['first', 'second']);
    });

    test('a reader may stop early, and reading goes on while records come in', async () => {
      await log.append('live', bytes('a', 'b', 'c'));
      for await (const { offset } of log.read('live')) if (offset === 1) break;
      const seen: string[] = [];
      for await (const { record } of log.read('live')) {
        seen.push(text(record));
        if (seen.length === 1) await log.append('live', bytes('d'));
      }
      expect(seen.slice(0, 3)).toEqual(['a', 'b', 'c']);
      expect((await all(log, 'live', 3)).map(([, record]) => record)).toEqual(['d']);
    });

    test('flush may be asked for at any time, by many', async () => {
      const work = [log.flush()];
      for (let i = 0; i < 50; i++) {
        work.push(log.append('flushed', bytes(`${i}`)).then(() => {}));
        if (i % 5 === 0) work.push(log.flush());
      }
      await Promise.all(work);
      await log.flush();
      expect(await log.length('flushed')).toBe(50);
    });

    test('a bad topic name and a closed log are refused', async () => {
      const refused = (code: string) => expect.objectContaining({ code });
      for (const bad of ['', '../up', 'a/b', '.hidden', 'x'.repeat(200)])
        await expect(log.append(bad, bytes('x'))).rejects.toEqual(refused('MW_EVENT_TOPIC_INVALID'));
      await log.append('done', bytes('x'));
      await log.close();
      await expect(log.append('done', bytes('y'))).rejects.toEqual(refused('MW_EVENT_LOG_CLOSED'));
      log = await under.open();
      expect(await all(log, 'done')).toEqual([[0, 'x']]);
    });
  });
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
