import type { Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import { fail } from '../base/error.js';
import { type DuckDBConnection, rowsOf } from '../engines/duckdb/database.js';
import { textLiteral } from '../engines/duckdb/quote.js';

/**
 * The files that a path or glob names, sorted by name, each checked to be a readable file with content. A path that exists is
 * taken as it is, whatever characters are in it.
 * @throws MW_INGEST_FILE_MISSING, _NO_MATCH, _DIRECTORY, _NOT_A_FILE, _FILE_UNREADABLE, _FILE_EMPTY
 */
export async function listFiles(connection: () => Promise<DuckDBConnection>, path: string, baseDir: string): Promise<string[]> {
  const full = isAbsolute(path) ? path : resolve(baseDir, path);
  const isGlob = /[*?[]/.test(path) && !(await exists(full));
  const files = isGlob ? await matches(await connection(), full) : [full];
  if (files.length === 0) fail('MW_INGEST_NO_MATCH', { what: `No file matches '${path}'.`, where: { folder: baseDir } });
  for (const file of files) await checkFile(file);
  return files;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function matches(connection: DuckDBConnection, pattern: string): Promise<string[]> {
  const found = await rowsOf(connection, `SELECT file FROM glob(${textLiteral(pattern)})`);
  return found.map((row) => String(row[0])).sort((a, b) => (a < b ? -1 : 1));
}

async function checkFile(file: string): Promise<void> {
  const where = { file };
  const status = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EACCES') fail('MW_INGEST_FILE_UNREADABLE', { what: `There is no right to read '${file}'.`, where });
    return fail('MW_INGEST_FILE_MISSING', { what: `There is no file '${file}'.`, where });
  });
  if (status.isDirectory()) fail('MW_INGEST_DIRECTORY', { what: `'${file}' is a directory.`, where });
  if (!status.isFile()) fail('MW_INGEST_NOT_A_FILE', { what: `'${file}' is ${kindOf(status)}, not a plain file.`, where });
  const opened = await open(file, 'r').catch((cause: unknown) =>
    fail('MW_INGEST_FILE_UNREADABLE', { what: `'${file}' cannot be opened for reading.`, where, cause }),
  );
  await opened.close();
  if (status.size === 0) fail('MW_INGEST_FILE_EMPTY', { what: `'${file}' is empty.`, where });
}

const kindOf = (status: Stats): string => (status.isFIFO() ? 'a pipe' : status.isSocket() ? 'a socket' : 'a device');
