import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LibsqlDatabase } from './libsql-database.js';
import { overlayWal } from './wal-pages.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millwright-wal-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const rowsOf = (bytes: Uint8Array) => {
  const path = join(folder, 'laid.db');
  writeFileSync(path, bytes);
  const database = new LibsqlDatabase(path, []);
  const rows = database.prepare('select x from t order by x').all([]) as { x: number }[];
  database.close();
  for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true });
  return rows.map(({ x }) => x);
};

/** A database whose last commits stand in its WAL alone, as bytes of both. */
function open() {
  const path = join(folder, 'a.db');
  const database = new LibsqlDatabase(path, ['journal_mode = WAL']);
  database.prepare('create table t(x integer)').run([]);
  return { database, files: () => [readFileSync(path), readFileSync(`${path}-wal`)] as const };
}

test('a file and its WAL together are what SQLite reads, commit by commit, and what was torn off the WAL is not there', () => {
  const { database, files } = open();
  const lengths: number[] = [];
  for (let x = 0; x < 40; x++) {
    database.prepare('insert into t values (?)').run([x]);
    lengths.push(files()[1].length);
    if (x === 20) database.checkpoint();
  }
  const [file, wal] = files();
  expect(rowsOf(overlayWal(file, wal) as Buffer)).toEqual(Array.from({ length: 40 }, (_, x) => x));
  for (const cut of [1, 100, 4000]) {
    const found = rowsOf(overlayWal(file, wal.subarray(0, (lengths[30] as number) + cut)) as Buffer);
    expect(found.length).toBeLessThanOrEqual(40);
    expect(found).toEqual(found.map((_, x) => x));
    expect(found.length).toBeGreaterThanOrEqual(21);
  }
  database.close();
});

test('an emptied file comes back from a WAL that has all of its pages', () => {
  const { database, files } = open();
  for (let x = 0; x < 10; x++) database.prepare('insert into t values (?)').run([x]);
  const [, wal] = files();
  expect(rowsOf(overlayWal(new Uint8Array(0), wal) as Buffer)).toEqual(Array.from({ length: 10 }, (_, x) => x));
  database.close();
});

test('what is no WAL, or holds no commit, is nothing', () => {
  expect(overlayWal(new Uint8Array(0), Buffer.alloc(0))).toBeUndefined();
  expect(overlayWal(new Uint8Array(0), Buffer.alloc(5000, 7))).toBeUndefined();
  const { database, files } = open();
  const [, wal] = files();
  expect(overlayWal(new Uint8Array(0), wal.subarray(0, 40))).toBeUndefined();
  database.close();
});
