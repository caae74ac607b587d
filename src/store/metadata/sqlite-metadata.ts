import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { Kysely, SqliteDialect, type Transaction } from 'kysely';
import { asMillwrightError, fail } from '../../base/error.js';
import type { MetadataStore } from '../ports.js';
import { LibsqlDatabase } from './libsql-database.js';
import { isCurrent, migrate } from './migrations.js';
import type { MetadataTables } from './tables.js';

export interface MetadataOptions {
  /** Refuses every write. */
  readonly readOnly?: boolean;
  /** How long a write waits for other processes, milliseconds (20 s). */
  readonly patience?: number;
}

/**
 * Metadata in an SQLite file in WAL mode: any number of processes read while one writes; writers wait for one another. What was
 * acknowledged survives a kill of the process.
 * @throws MW_STORE_NEWER, MW_STORE_CORRUPT, MW_STORE_BUSY, MW_STORE_UNWRITABLE, MW_STORE_FULL
 */
export async function openMetadata(path: string, options: MetadataOptions = {}): Promise<MetadataStore> {
  const readOnly = options.readOnly ?? false;
  const patience = `busy_timeout = ${options.patience ?? 20_000}`;
  const database = readOnly
    ? openToRead(path, patience)
    : new LibsqlDatabase(path, [patience, 'journal_mode = WAL', 'synchronous = NORMAL']);
  const db = new Kysely<MetadataTables>({ dialect: new SqliteDialect({ database }) });
  const transaction = <T>(work: (transaction: Transaction<MetadataTables>) => Promise<T>): Promise<T> =>
    readOnly ? fail('MW_STORE_READ_ONLY', { what: 'The metadata cannot be changed.' }) : db.transaction().execute(work);
  try {
    // A look before the transaction, so that opening an existing store does not wait for its writer.
    if (!(await isCurrent(db, path))) {
      if (readOnly)
        fail('MW_STORE_UNWRITABLE', { what: 'The metadata has an older form and must be brought up to date first.' });
      await transaction((inside) => migrate(inside, path));
    }
  } catch (thrown) {
    await db.destroy();
    database.close();
    throw thrown;
  }
  let closed = false;
  return {
    db,
    transaction,
    close: async () => {
      if (closed) return;
      closed = true;
      await db.destroy();
      database.close();
    },
  };
}

/** WAL mode needs a writable folder even to read; on a read-only disk nobody writes, and the file can be read as it stands. */
function openToRead(path: string, patience: string): LibsqlDatabase {
  if (!existsSync(path))
    fail('MW_STORE_MISSING', { what: 'The store has no metadata yet: it was only just being made.', where: { file: path } });
  try {
    const database = new LibsqlDatabase(path, [patience, 'query_only = ON']);
    database.prepare('select count(*) from sqlite_master').all([]);
    return database;
  } catch (thrown) {
    const { code } = asMillwrightError(thrown);
    if (code !== 'MW_STORE_UNWRITABLE' && code !== 'MW_STORE_FAILED') throw thrown;
    return new LibsqlDatabase(`${pathToFileURL(path).href}?immutable=1`, [patience, 'query_only = ON']);
  }
}
