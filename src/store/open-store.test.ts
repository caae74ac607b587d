import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SimulatedClock } from '../base/clock.js';
import { openStore } from './open-store.js';

const clock = new SimulatedClock(1_000);
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millwright-store-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const at = (name: string) => join(dir, name);
const refused = (code: string) => expect.objectContaining({ code });

describe('openStore', () => {
  test('makes a store, and finds in it later what was put there', async () => {
    const store = await openStore(at('new/store'), { clock });
    const hash = await store.artifacts.put(Buffer.from('bytes'));
    await store.events.append('predictions', [Buffer.from('one'), Buffer.from('two')]);
    await store.metadata.db.insertInto('states').values({ kind: 'job', name: 'a', data: '{}', at: 1 }).execute();
    await store.close();

    for (const readOnly of [false, true]) {
      const again = await openStore(at('new/store'), { clock, readOnly });
      expect(Buffer.from(await again.artifacts.get(hash)).toString()).toBe('bytes');
      expect(await again.events.length('predictions')).toBe(2);
      expect(await again.metadata.db.selectFrom('states').select('name').execute()).toEqual([{ name: 'a' }]);
      await again.close();
    }
  });

  test('an empty folder becomes a store; one that holds other things, or a file, is refused and left alone', async () => {
    await (await openStore(dir, { clock })).close();
    await rm(dir, { recursive: true });
    await writeFile(dir, 'a file');
    await expect(openStore(dir, { clock })).rejects.toEqual(refused('MW_STORE_FOREIGN'));
    await expect(openStore(join(dir, 'below'), { clock })).rejects.toEqual(refused('MW_STORE_FOREIGN'));
    await rm(dir);
  });

  test('a folder that holds other things is refused and left alone', async () => {
    await writeFile(at('thesis.doc'), 'x');
    await expect(openStore(dir, { clock })).rejects.toEqual(refused('MW_STORE_FOREIGN'));
    expect(await readdir(dir)).toEqual(['thesis.doc']);
  });

  test('what a process killed while making the store left behind does not matter', async () => {
    await writeFile(at('store.json.4711.tmp'), '{"kind":"millw');
    await (await openStore(dir, { clock })).close();
  });

  test('a store of a newer version, and a damaged one, are refused', async () => {
    await writeFile(at('store.json'), JSON.stringify({ kind: 'millwright-store', format: 2 }));
    await expect(openStore(dir, { clock })).rejects.toEqual(refused('MW_STORE_NEWER'));
    await writeFile(at('store.json'), '{"kind":');
    await expect(openStore(dir, { clock })).rejects.toEqual(refused('MW_STORE_CORRUPT'));
    await writeFile(at('store.json'), '{"name":"package"}');
    await expect(openStore(dir, { clock })).rejects.toEqual(refused('MW_STORE_FOREIGN'));
    await writeFile(at('store.json'), JSON.stringify({ kind: 'millwright-store', format: 1 }));
    await writeFile(at('metadata.db'), 'this is no database, whatever its name may say '.repeat(100));
    await expect(openStore(dir, { clock })).rejects.toEqual(refused('MW_STORE_CORRUPT'));
  });

  test('metadata with a newer schema is refused, for reading too', async () => {
    const store = await openStore(dir, { clock });
    await store.metadata.db.schema.alterTable('schema_version').addColumn('note', 'text').execute();
    await store.metadata.db.insertInto('states').values({ kind: 'x', name: 'y', data: '1', at: 0 }).execute();
    await store.metadata.transaction(async (inside) => {
      const { sql } = await import('kysely');
      await sql`update schema_version set version = 99`.execute(inside);
    });
    await store.close();
    for (const readOnly of [false, true])
      await expect(openStore(dir, { clock, readOnly })).rejects.toEqual(refused('MW_STORE_NEWER'));
  });

  test('reading only: a missing store is an error and is not made; every write is refused', async () => {
    await expect(openStore(at('none'), { clock, readOnly: true })).rejects.toEqual(refused('MW_STORE_MISSING'));
    expect(await readdir(dir)).toEqual([]);
    await (await openStore(dir, { clock })).close();
    const store = await openStore(dir, { clock, readOnly: true });
    await expect(store.artifacts.put(Buffer.from('x'))).rejects.toEqual(refused('MW_STORE_READ_ONLY'));
    await expect(store.events.append('t', [Buffer.from('x')])).rejects.toEqual(refused('MW_STORE_READ_ONLY'));
    await expect(
      store.metadata.db.insertInto('states').values({ kind: 'x', name: 'y', data: '1', at: 0 }).execute(),
    ).rejects.toEqual(refused('MW_STORE_UNWRITABLE'));
    await store.close();
  });

  test('many that open a new store at once all get it', async () => {
    const stores = await Promise.all(Array.from({ length: 8 }, () => openStore(at('shared'), { clock })));
    await Promise.all(
      stores.map((store, i) =>
        store.metadata.db
          .insertInto('states')
          .values({ kind: 'n', name: `${i}`, data: '0', at: 0 })
          .execute(),
      ),
    );
    expect(await stores[0]?.metadata.db.selectFrom('states').select('name').execute()).toHaveLength(8);
    await Promise.all(stores.map((store) => store.close()));
  });
});

describe('a claim on a store', () => {
  test('belongs to one at a time, who is named to the next, and ends with the store', async () => {
    const first = await openStore(dir, { clock });
    await first.claim();
    await first.claim();
    const second = await openStore(dir, { clock });
    for (const _ of [1, 2]) {
      const told = await second.claim().catch((thrown: unknown) => thrown);
      expect(told).toMatchObject({ code: 'MW_STORE_HELD', where: { pid: process.pid } });
      expect(String(told)).toMatch(/process \d+ on .+ \(.+, since \d{4}-\d\d-\d\dT/);
    }
    // Work that does not serve goes on beside it.
    await second.artifacts.put(Buffer.from('x'));
    await first.close();
    await second.claim();
    await second.close();
    const reader = await openStore(dir, { clock, readOnly: true });
    await expect(reader.claim()).rejects.toEqual(refused('MW_STORE_READ_ONLY'));
    await reader.close();
  });

  test('of many that want a dead process’s, one gets it', async () => {
    const stores = await Promise.all(Array.from({ length: 6 }, () => openStore(dir, { clock })));
    await mkdir(at('server'));
    await writeFile(at('server/0000000003.json'), JSON.stringify({ pid: 2 ** 22 + 3, started: 'x', host: hostname() }));
    const results = await Promise.allSettled(stores.map((store) => store.claim()));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) if (result.status === 'rejected') expect(result.reason).toEqual(refused('MW_STORE_HELD'));
    await Promise.all(stores.map((store) => store.close()));
  });
});
