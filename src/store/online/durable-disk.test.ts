import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../base/clock.js';
import { FailingDisk } from '../testing/failing-disk.js';
import { twoSources as plan, rowsOf, sumOf } from '../testing/two-sources.js';
import { openOnlineStore } from './durable.js';

const clock = new SimulatedClock(1000);
let folder: string;
let made = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millwright-pushes-'));
});
afterAll(() => rm(folder, { recursive: true }));
const place = () => join(folder, `${++made}`);
const codeOf = (pushed: Promise<unknown>) =>
  pushed.then(
    (outcome) => outcome,
    (thrown: { code: string }) => thrown.code,
  );

describe('batches', () => {
  it('belong to their source, count once, and refuse other rows, after a restart and a snapshot too', async () => {
    const directory = place();
    const open = () => openOnlineStore(plan(), { clock, directory });
    let store = await open();
    for (let round = 0; round < 3; round++) {
      for (const source of ['a', 'b'])
        expect(await store.push(source, rowsOf(1, 2), 'history')).toEqual({ repeated: round > 0 });
      for (const source of ['a', 'b'])
        expect(await codeOf(store.push(source, rowsOf(1, 3), 'history'))).toBe('MW_ONLINE_BATCH_CONFLICT');
      expect([sumOf(store, 'a'), sumOf(store, 'b'), store.pushed]).toEqual([3, 3, 4]);
      if (round === 1) await store.snapshot();
      await store.close();
      store = await open();
    }
    // At once, too: one of them counts.
    const twins = await Promise.all([1, 2, 3].map(() => codeOf(store.push('a', rowsOf(5), 'twin'))));
    expect(twins).toEqual([{ repeated: false }, { repeated: true }, { repeated: true }]);
    const rivals = await Promise.all([7, 8].map((amount) => codeOf(store.push('a', rowsOf(amount), 'rival'))));
    expect(rivals).toEqual([{ repeated: false }, 'MW_ONLINE_BATCH_CONFLICT']);
    expect(sumOf(store, 'a')).toBe(3 + 5 + 7);
    await store.close();
  });

  it('are remembered as long, and as many, as declared', async () => {
    const own = new SimulatedClock(0);
    const store = await openOnlineStore(plan(), { clock: own, directory: place(), batchesFor: '1h', batchesMost: 3 });
    for (const id of ['1', '2', '3', '4']) await store.push('a', rowsOf(1), id);
    await store.push('b', rowsOf(1), '1');
    expect(['1', '2', '3', '4'].map((id) => store.hasBatch('a', id))).toEqual([false, true, true, true]);
    expect(store.hasBatch('b', '1')).toBe(true);
    own.advanceTo(3_600_001);
    expect(['2', '3', '4'].map((id) => store.hasBatch('a', id))).toEqual([false, false, false]);
    expect(await store.push('a', rowsOf(9), '4')).toEqual({ repeated: false });
    await store.close();
    const again = await openOnlineStore(plan(), { clock: own, directory: join(folder, `${made}`), batchesFor: '1h' });
    expect([again.hasBatch('a', '4'), again.hasBatch('a', '3'), again.hasBatch('b', '1')]).toEqual([true, false, false]);
    await again.close();
  });
});

describe('an online store whose disk fails', () => {
  it('holds, and holds after every restart, exactly what was acknowledged; the retry tells the truth', async () => {
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          kind: fc.constant('push' as const),
          source: fc.constantFrom('a', 'b'),
          amounts: fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 4 }),
          batch: fc.option(fc.constantFrom('p', 'q', 'r', 's'), { nil: undefined }),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('room' as const),
          room: fc.nat(900),
          cuts: fc.boolean(),
          syncs: fc.boolean(),
        }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('heal' as const) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('snapshot' as const) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const), closed: fc.boolean() }) },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 30 }),
        fc.constantFrom('process' as const, 'power' as const),
        async (steps, durability) => {
          const directory = place();
          const disk = new FailingDisk();
          const heal = () =>
            Object.assign(disk, { room: Number.POSITIVE_INFINITY, refusesSync: false, refusesTruncate: false });
          const open = () => openOnlineStore(plan(), { clock, directory, disk, durability, snapshotBytes: 1500 });
          let store = await open();
          const sums = { a: 0, b: 0 };
          let rows = 0;
          const ids = new Map<string, string>();
          const check = () => expect([sumOf(store, 'a'), sumOf(store, 'b'), store.pushed]).toEqual([sums.a, sums.b, rows]);
          for (const step of steps) {
            if (step.kind === 'room')
              Object.assign(disk, { room: step.room, refusesSync: step.syncs, refusesTruncate: step.cuts });
            if (step.kind === 'heal') heal();
            if (step.kind === 'snapshot')
              await store.snapshot().catch((thrown: unknown) => expect(String(thrown)).toMatch(/disk|EIO/));
            if (step.kind === 'reopen') {
              // Of a disk that would neither sync nor cut off, a kill can bring back what was refused: nobody could undo it.
              const closed = step.closed || disk.refusesTruncate;
              heal();
              if (closed) await store.close();
              const left = store;
              store = await open();
              if (!closed) await left.close().catch(() => {});
            }
            if (step.kind === 'push') {
              const { source, amounts, batch } = step;
              const outcome = await codeOf(store.push(source, rowsOf(...amounts), batch));
              const known = batch === undefined ? undefined : ids.get(`${source} ${batch}`);
              if (known !== undefined)
                expect(outcome).toEqual(known === amounts.join() ? { repeated: true } : 'MW_ONLINE_BATCH_CONFLICT');
              else if (typeof outcome === 'string') expect(outcome).toMatch(/^MW_STORE_(FULL|FAILED)$/);
              else {
                expect(outcome).toEqual({ repeated: false });
                sums[source as 'a' | 'b'] += amounts.reduce((sum, amount) => sum + amount, 0);
                rows += amounts.length;
                if (batch !== undefined) ids.set(`${source} ${batch}`, amounts.join());
              }
            }
            check();
          }
          heal();
          await store.close();
          store = await open();
          check();
          await store.close();
        },
      ),
      { numRuns: 40, seed: 7 },
    );
  });

  it('goes on without a snapshot when there is no room for one, and takes it later', async () => {
    const directory = place();
    const disk = new FailingDisk();
    const store = await openOnlineStore(plan(), { clock, directory, disk, snapshotBytes: 300 });
    const inner = join(directory, (await readdir(directory))[0] as string);
    disk.room = 500;
    expect(await store.push('a', rowsOf(1))).toEqual({ repeated: false });
    expect(await codeOf(store.snapshot())).toBe('MW_STORE_FULL');
    expect((await readdir(inner)).filter((name) => name !== 'facts.json')).toEqual(['log-0']);
    disk.room = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 4; i++) await store.push('a', rowsOf(1));
    expect((await readdir(inner)).some((name) => name.startsWith('snapshot-'))).toBe(true);
    expect(sumOf(store, 'a')).toBe(5);
    await store.close();
  });
});
