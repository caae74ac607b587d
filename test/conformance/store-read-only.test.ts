import { cp, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import type { ContentHash } from '../../src/base/hash.js';
import { openStore } from '../../src/store/open-store.js';
import { mountReadOnly, whyNoMounts } from './store-mounts.js';

const folder = await mkdtemp(join(tmpdir(), 'millwright-read-only-'));
const why = whyNoMounts(join(folder, 'try'));
if (why) console.log(`store-read-only: left out, ${why}`);
afterAll(() => rm(folder, { recursive: true, force: true }));

const refused = (code: string) => expect.objectContaining({ code });
const clock = systemClock;
let hash: ContentHash;

beforeAll(async () => {
  const store = await openStore(join(folder, 'store'), { clock });
  hash = await store.artifacts.put(Buffer.from('bytes'));
  await store.events.append('predictions', [Buffer.from('one'), Buffer.from('two')]);
  await store.metadata.db.insertInto('states').values({ kind: 'job', name: 'a', data: '{}', at: 1 }).execute();
  // As a killed process leaves it: the last commits stand in the WAL alone.
  await cp(join(folder, 'store'), join(folder, 'killed'), { recursive: true });
  await rm(join(folder, 'killed', 'metadata.db-shm'), { force: true });
  await store.close();
});

describe.runIf(why === null)('a store on a disk that takes no writes', () => {
  test.each(['store', 'killed'])('is read whole (%s), and refuses to be written', async (name) => {
    const disk = mountReadOnly(join(folder, name), join(folder, `${name}-ro`));
    try {
      const store = await openStore(disk.path, { clock, readOnly: true });
      expect(Buffer.from(await store.artifacts.get(hash)).toString()).toBe('bytes');
      expect(await store.events.length('predictions')).toBe(2);
      expect(await store.metadata.db.selectFrom('states').select('name').execute()).toEqual([{ name: 'a' }]);
      await expect(
        store.metadata.db.insertInto('states').values({ kind: 'x', name: 'y', data: '1', at: 0 }).execute(),
      ).rejects.toEqual(refused('MW_STORE_UNWRITABLE'));
      await expect(store.events.append('t', [Buffer.from('x')])).rejects.toEqual(refused('MW_STORE_READ_ONLY'));
      await store.close();
      await expect(openStore(disk.path, { clock })).rejects.toEqual(refused('MW_STORE_UNWRITABLE'));
    } finally {
      disk.end();
    }
  });
});

describe('a store whose database was emptied', () => {
  test.each([
    ['emptied', (path: string) => truncate(path, 0)],
    ['gone', (path: string) => rm(path)],
    ['new', async (path: string) => rm(path).then(() => writeFile(path, ''))],
  ])('%s: is refused by readers and writers, and left as it is', async (name, damage) => {
    const dir = join(folder, `lost-${name}`);
    await cp(join(folder, 'store'), dir, { recursive: true });
    await damage(join(dir, 'metadata.db'));
    const before = await readdir(dir);
    for (const readOnly of [true, false, true])
      await expect(openStore(dir, { clock, readOnly })).rejects.toEqual(refused('MW_STORE_CORRUPT'));
    expect(await readdir(dir)).toEqual(before);
  });
});
