import { cpSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Kysely, SqliteDialect, type Transaction } from 'kysely';
import { asMillwrightError, fail } from '../../base/error.js';
import { diskError } from '../disk-error.js';
import type { Durability } from '../durability.js';
import type { MetadataStore } from '../ports.js';
import { LibsqlDatabase } from './libsql-database.js';
import { migrate, SCHEMA_VERSION, schemaVersion } from './migrations.js';
import type { MetadataTables } from './tables.js';

export interface MetadataOptions {
  /** Refuses every write. */
  readonly readOnly?: boolean;
  /** What a commit survives once it is acknowledged ('process'). */
  readonly durability?: Durability;
  /** How long a write waits for other processes, milliseconds (20 s). */
  readonly patience?: number;
  /** The store holds things already, so its database cannot be new: an empty one has lost what was in it, and none is made. */
  readonly expected?: boolean;
}

/**
 * Metadata in an SQLite file in WAL mode: any number of processes read while one writes; writers wait for one another. What was
 * acknowledged survives a kill of the process, and a power cut with the durability 'power'.
 * @throws MW_STORE_NEWER, MW_STORE_CORRUPT, MW_STORE_BUSY, MW_STORE_UNWRITABLE, MW_STORE_FULL
 */
export async function openMetadata(path: string, options: MetadataOptions = {}): Promise<MetadataStore> {
  const { readOnly = false, expected = false } = options;
  if (expected && (sizeOf(path) ?? 0) === 0) failEmptied(path);
  const patience = `busy_timeout = ${options.patience ?? 20_000}`;
  const synchronous = `synchronous = ${options.durability === 'power' ? 'FULL' : 'NORMAL'}`;
  const opened = readOnly
    ? openToRead(path, patience)
    : { database: new LibsqlDatabase(path, [patience, 'journal_mode = WAL', synchronous]), dispose: () => {} };
  const { database } = opened;
  const db = new Kysely<MetadataTables>({ dialect: new SqliteDialect({ database }) });
  const transaction = <T>(work: (transaction: Transaction<MetadataTables>) => Promise<T>): Promise<T> =>
    readOnly ? fail('MW_STORE_READ_ONLY', { what: 'The metadata cannot be changed.' }) : db.transaction().execute(work);
  const close = async () => {
    await db.destroy();
    database.close();
    opened.dispose();
  };
  try {
    // A look before the transaction, so that opening an existing store does not wait for its writer.
    const version = await schemaVersion(db, path);
    if (version === undefined && expected) failEmptied(path);
    if (version !== SCHEMA_VERSION) {
      if (readOnly)
        fail('MW_STORE_UNWRITABLE', { what: 'The metadata has an older form and must be brought up to date first.' });
      await transaction((inside) => migrate(inside, path));
      // Into the file itself, so that not even a power cut leaves an empty database beside what is stored from now on.
      database.checkpoint();
    }
  } catch (thrown) {
    await close();
    throw thrown;
  }
  let closed = false;
  return {
    db,
    transaction,
    close: async () => {
      if (closed) return;
      closed = true;
      await close();
    },
  };
}

interface OpenedDatabase {
  readonly database: LibsqlDatabase;
  /** Clears away what was made for reading alone. */
  readonly dispose: () => void;
}

/**
 * WAL mode needs a writable folder even to read, unless its two side files are there. On a read-only disk nobody writes: the file is read
 * as it stands; with commits that are in the WAL alone, a copy of both is.
 */
function openToRead(path: string, patience: string): OpenedDatabase {
  const pragmas = [patience, 'query_only = ON'];
  if (sizeOf(path) === undefined)
    fail('MW_STORE_MISSING', { what: 'The store has no metadata yet: it was only just being made.', where: { file: path } });
  let database: LibsqlDatabase | undefined;
  try {
    database = new LibsqlDatabase(path, pragmas);
    database.prepare('select count(*) from sqlite_master').all([]);
    return { database, dispose: () => {} };
  } catch (thrown) {
    database?.close();
    const { code } = asMillwrightError(thrown);
    if (code !== 'MW_STORE_UNWRITABLE' && code !== 'MW_STORE_FAILED') throw thrown;
    if ((sizeOf(`${path}-wal`) ?? 0) > 0) return openCopy(path, pragmas);
    return { database: new LibsqlDatabase(`${pathToFileURL(path).href}?immutable=1`, pragmas), dispose: () => {} };
  }
}

function openCopy(path: string, pragmas: readonly string[]): OpenedDatabase {
  let folder: string | undefined;
  const dispose = () => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  };
  try {
    folder = mkdtempSync(join(tmpdir(), 'millwright-metadata-'));
    const copy = join(folder, 'metadata.db');
    for (const end of ['', '-wal']) cpSync(path + end, copy + end);
    return { database: new LibsqlDatabase(copy, pragmas), dispose };
  } catch (thrown) {
    dispose();
    throw diskError(thrown, 'copy the metadata of a read-only store', tmpdir());
  }
}

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}

function failEmptied(path: string): never {
  fail('MW_STORE_CORRUPT', {
    what: 'The metadata database is empty, though the store holds artifacts or events: its runs, models and audit log are lost.',
    where: { file: path },
    fix: 'Restore metadata.db and metadata.db-wal from a copy of the store. "millwright doctor" says what else is damaged, "millwright doctor --repair" makes an empty database beside what is whole.',
  });
}
