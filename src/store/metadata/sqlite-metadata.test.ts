import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { metadataConformance } from '../../../test/conformance/store-metadata.js';
import { LibsqlDatabase } from './libsql-database.js';
import { openMetadata } from './sqlite-metadata.js';

const temporary = () => mkdtemp(join(tmpdir(), 'millwright-metadata-'));

metadataConformance('an SQLite file', async () => {
  const folder = await temporary();
  return {
    open: () => openMetadata(join(folder, 'metadata.db')),
    destroy: () => rm(folder, { recursive: true, force: true }),
  };
});

const refused = (code: string) => expect.objectContaining({ code });

test('a writer that waited in vain says so, and afterwards sees what the other one did', async () => {
  const folder = await temporary();
  const path = join(folder, 'metadata.db');
  const one = await openMetadata(path, { patience: 20 });
  const two = await openMetadata(path, { patience: 20 });
  const row = (name: string) => ({ kind: 'k', name, data: '1', at: 0 });
  await one.transaction(async (inside) => {
    await inside.insertInto('states').values(row('a')).execute();
    await expect(two.db.insertInto('states').values(row('b')).execute()).rejects.toEqual(refused('MW_STORE_BUSY'));
    await expect(two.transaction(async () => {})).rejects.toEqual(refused('MW_STORE_BUSY'));
  });
  const names = async () =>
    (await two.db.selectFrom('states').select('name').orderBy('name').execute()).map(({ name }) => name);
  expect(await names()).toEqual(['a']);
  await one.db.insertInto('states').values(row('c')).execute();
  expect(await names()).toEqual(['a', 'c']);
  await two.db.insertInto('states').values(row('b')).execute();
  expect(await names()).toEqual(['a', 'b', 'c']);
  await one.close();
  await two.close();
  await rm(folder, { recursive: true });
});

test('a full disk is a coded error, and what was there before is whole', async () => {
  const folder = await temporary();
  const metadata = await openMetadata(join(folder, 'metadata.db'));
  await metadata.db.insertInto('states').values({ kind: 'k', name: 'before', data: '1', at: 0 }).execute();
  await sql`pragma max_page_count = 80`.execute(metadata.db);
  const fill = metadata.transaction(async (inside) => {
    for (let i = 0; i < 200; i++)
      await inside
        .insertInto('states')
        .values({ kind: 'k', name: `${i}`, data: 'x'.repeat(5000), at: 0 })
        .execute();
  });
  await expect(fill).rejects.toEqual(refused('MW_STORE_FULL'));
  await sql`pragma max_page_count = 100000`.execute(metadata.db);
  expect(await metadata.db.selectFrom('states').select('name').execute()).toEqual([{ name: 'before' }]);
  await metadata.db.insertInto('states').values({ kind: 'k', name: 'after', data: '1', at: 0 }).execute();
  await metadata.close();
  await rm(folder, { recursive: true });
});

test('a value that libsql would abort the process on is stored or refused', async () => {
  const folder = await temporary();
  const database = new LibsqlDatabase(join(folder, 'x.db'), []);
  expect(database.prepare('select ? as yes, ? as no').all([true, false])).toEqual([{ yes: 1, no: 0 }]);
  for (const bad of [undefined, () => 1, {}, Symbol('x')])
    expect(() => database.prepare('select ? as x').all([bad])).toThrow(TypeError);
  for (const bare of [Buffer.from('x'), new Uint8Array(2), new Set([1]), 'x']) {
    const list = bare as unknown as unknown[];
    const statement = database.prepare('select ? as x');
    for (const use of [statement.all, statement.run, statement.iterate]) expect(() => use(list)).toThrow(TypeError);
  }
  database.close();
  await rm(folder, { recursive: true });
});
