import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openMetadata } from '../metadata/sqlite-metadata.js';
import { Aside } from './damage.js';
import { examineMetadata, repairMetadata } from './metadata.js';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'millwright-metadata-'));
  path = join(folder, 'metadata.db');
  const metadata = await openMetadata(path);
  for (let i = 0; i < 200; i++)
    await metadata.db
      .insertInto('states')
      .values({ kind: 'k', name: `row ${i}`, data: `"${'é'.repeat(60)} ${i}"`, at: i })
      .execute();
  await sql`pragma wal_checkpoint(TRUNCATE)`.execute(metadata.db);
  await metadata.close();
  for (const end of ['-wal', '-shm']) rmSync(path + end, { force: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const rows = async () => {
  const metadata = await openMetadata(path);
  const found = await metadata.db.selectFrom('states').select(['name', 'data', 'at']).orderBy('at').execute();
  await metadata.close();
  return found;
};
const spoil = (change: (bytes: Buffer) => void) => {
  const bytes = readFileSync(path);
  change(bytes);
  writeFileSync(path, bytes);
};

test('a whole database has no damage, and looking changes nothing', async () => {
  const before = readFileSync(path);
  expect(await examineMetadata(path, true)).toEqual([]);
  expect(readFileSync(path).equals(before)).toBe(true);
});

test('a text that is none is found without ending the process, and every other row is kept as it was', async () => {
  const before = await rows();
  for (const end of ['-wal', '-shm']) rmSync(path + end, { force: true });
  spoil((bytes) => {
    const at = bytes.indexOf('é'.repeat(60) + ' 77"');
    bytes[at] = 0xff;
  });
  expect(await examineMetadata(path, true)).toEqual([
    expect.objectContaining({ what: expect.stringContaining("'states' holds text") }),
  ]);
  expect(await repairMetadata(path, new Aside(folder, 'r'))).toEqual({ rows: 199 });
  expect(await examineMetadata(path, true)).toEqual([]);
  expect(await rows()).toEqual(before.filter(({ at }) => at !== 77));
});

test('rows before and behind a damaged page are kept', async () => {
  const before = await rows();
  for (const end of ['-wal', '-shm']) rmSync(path + end, { force: true });
  spoil((bytes) => {
    const page = Math.floor(bytes.indexOf('é'.repeat(60) + ' 100"') / 4096);
    bytes.fill(0xa5, page * 4096, page * 4096 + 4096);
  });
  expect((await examineMetadata(path, true)).length).toBe(1);
  await repairMetadata(path, new Aside(folder, 'r'));
  const after = await rows();
  expect(after.length).toBeGreaterThan(150);
  expect(after[0]?.at).toBe(0);
  expect(after.at(-1)?.at).toBe(199);
  const known = new Map(before.map((row) => [row.at, row]));
  for (const row of after) expect(row).toEqual(known.get(row.at));
});
