import { mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import { examineStore } from '../../src/store/damage/examine-store.js';
import { openOnlineStore } from '../../src/store/online/durable.js';
import { openStore } from '../../src/store/open-store.js';
import { rowsOf, sumOf, twoSources } from '../../src/store/testing/two-sources.js';
import { crashRecord } from './store-crash-content.js';
import { mountSmall, whyNoMounts } from './store-mounts.js';

const folder = await mkdtemp(join(tmpdir(), 'millwright-tmpfs-'));
const why = whyNoMounts(join(folder, 'try'));
if (why) console.log(`store-tmpfs: left out, ${why}`);
afterAll(() => rm(folder, { recursive: true, force: true }));

const codeOf = (thrown: { code?: string }) => thrown.code;

describe.runIf(why === null)('a store on a disk that really runs full', () => {
  test.each(['process', 'power'] as const)(
    'refuses with a code, tells the truth on a retry, and opens with all it promised (%s)',
    async (durability) => {
      const disk = mountSmall(join(folder, durability), 3 * 2 ** 20);
      try {
        const dir = join(disk.path, 'store');
        const open = async () => {
          const store = await openStore(dir, { clock: systemClock, durability });
          const directory = join(dir, 'online', 'm');
          return {
            store,
            online: await openOnlineStore(twoSources(), { clock: systemClock, directory, durability, snapshotBytes: 200_000 }),
          };
        };
        let { store, online } = await open();
        const ballast = join(disk.path, 'ballast');
        await writeFile(ballast, Buffer.alloc(1 << 20));
        const rows = rowsOf(...Array.from({ length: 50 }, () => 1));
        let pushed = 0;
        let appended = 0;
        let refusals = 0;
        for (let i = 0; refusals < 40; i++) {
          const answer = await online.push('a', rows, `batch ${i}`).catch(codeOf);
          if (typeof answer === 'object') pushed += 1;
          else {
            expect(answer).toBe('MW_STORE_FULL');
            refusals += 1;
            // The retry, while there is still no room, is refused as well: nothing was remembered of it.
            expect(await online.push('a', rows, `batch ${i}`).catch(codeOf)).toBe('MW_STORE_FULL');
          }
          const records = Array.from({ length: 20 }, (_, k) => crashRecord(appended + k));
          const event = await store.events.append('crash', records).catch(codeOf);
          if (typeof event === 'number') appended += records.length;
          else expect(event).toBe('MW_STORE_FULL');
          if (refusals > 0) {
            const state = { kind: 'k', name: `${i}`, data: 'x'.repeat(20_000), at: 0 };
            const row = await store.metadata.db.insertInto('states').values(state).execute().catch(codeOf);
            if (typeof row === 'string') expect(row).toBe('MW_STORE_FULL');
            const artifact = await store.artifacts.put(Buffer.alloc(50_000, i)).catch(codeOf);
            expect(artifact).toMatch(/^(sha256:.*|MW_STORE_FULL)$/);
          }
        }
        expect(pushed).toBeGreaterThan(100);
        expect([sumOf(online, 'a'), online.pushed]).toEqual([pushed * 50, pushed * 50]);
        // Left as a kill leaves it, and opened again on the full disk: what is there can be read, room or none.
        expect((await examineStore(dir)).damages.filter(({ harmless }) => !harmless)).toEqual([]);
        await unlink(ballast);
        expect(await online.push('a', rows, 'after')).toEqual({ repeated: false });
        await online.close();
        await store.close();
        ({ store, online } = await open());
        expect([sumOf(online, 'a'), online.pushed]).toEqual([(pushed + 1) * 50, (pushed + 1) * 50]);
        expect(await online.push('a', rows, 'after')).toEqual({ repeated: true });
        expect(await store.events.length('crash')).toBe(appended);
        await online.close();
        await store.close();
      } finally {
        disk.end();
      }
    },
  );
});
