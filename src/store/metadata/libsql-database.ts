import type { SqliteDatabase, SqliteStatement } from 'kysely';
import Libsql from 'libsql';
import { MillwrightError } from '../../base/error.js';

/** Statements kept prepared. */
const PREPARED = 256;

type Value = number | string | bigint | Uint8Array | null;

/**
 * libsql as the database that Kysely's SQLite dialect drives: prepared statements are kept, transactions take the write lock when they
 * begin, and errors of SQLite come out coded.
 */
export class LibsqlDatabase implements SqliteDatabase {
  readonly #path: string;
  readonly #pragmas: readonly string[];
  readonly #prepared = new Map<string, SqliteStatement>();
  #db: Libsql.Database;

  constructor(path: string, pragmas: readonly string[]) {
    this.#path = path;
    this.#pragmas = pragmas;
    this.#db = this.#open();
  }

  prepare(sql: string): SqliteStatement {
    const known = this.#prepared.get(sql);
    if (known) return known;
    // A deferred transaction that reads first cannot wait for the lock when it writes later: SQLite refuses it at once.
    const statement = this.#guard(() => this.#db.prepare(sql === 'begin' ? 'begin immediate' : sql));
    const guarded: SqliteStatement = {
      reader: statement.reader,
      all: (parameters) => this.#guard(() => statement.all(bindable(parameters))),
      run: (parameters) => {
        // A full disk makes SQLite roll back by itself; to do it again would hide why.
        if (sql === 'rollback' && !this.#db.inTransaction) return { changes: 0, lastInsertRowid: 0 };
        return this.#guard(() => statement.run(bindable(parameters)));
      },
      iterate: (parameters) => this.#guard(() => statement.iterate(bindable(parameters))),
    };
    if (this.#prepared.size >= PREPARED) this.#prepared.clear();
    this.#prepared.set(sql, guarded);
    return guarded;
  }

  /** Brings what was committed from the WAL into the file, as far as nobody else is reading. */
  checkpoint(): void {
    this.#guard(() => this.#db.pragma('wal_checkpoint(PASSIVE)'));
  }

  close(): void {
    this.#prepared.clear();
    if (this.#db.open) this.#db.close();
  }

  #open(): Libsql.Database {
    return this.#guard(() => {
      const db = new Libsql(this.#path);
      for (const pragma of this.#pragmas) db.pragma(pragma);
      return db;
    });
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (thrown) {
      const error = sqliteError(thrown, this.#path);
      // libsql leaves a statement that met a lock half-way, holding on to an old view of the data: only a new connection sees on.
      if (error instanceof MillwrightError && error.code === 'MW_STORE_BUSY' && this.#db) {
        this.close();
        this.#db = this.#open();
      }
      throw error;
    }
  }
}

/**
 * libsql aborts the whole process on a boolean, and on bytes given in place of the list; it takes undefined for null, and the values of an
 * iterable for the parameters. None gets that far.
 */
function bindable(parameters: readonly unknown[]): Value[] {
  if (!Array.isArray(parameters)) throw new TypeError('the parameters of a statement are a list');
  return parameters.map((value) => {
    if (typeof value === 'boolean') return value ? 1 : 0;
    if (value === null || typeof value === 'number' || typeof value === 'string' || typeof value === 'bigint') return value;
    if (value instanceof Uint8Array) return value;
    throw new TypeError(`a ${typeof value} cannot be stored in a column`);
  });
}

/** An error of SQLite as a coded error; broken constraints and mistakes in SQL are ours to handle and stay as they are. */
function sqliteError(thrown: unknown, path: string): unknown {
  if (!(thrown instanceof Error) || thrown instanceof MillwrightError) return thrown;
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  const coded = (as: MillwrightError['code'], what: string) =>
    new MillwrightError(as, { what, where: { file: path }, cause: thrown });
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return coded('MW_STORE_BUSY', 'Another process holds the metadata database.');
  if (code.startsWith('SQLITE_FULL')) return coded('MW_STORE_FULL', 'The disk is full: could not write the metadata.');
  if (/^SQLITE_(READONLY|PERM|AUTH)/.test(code))
    return coded('MW_STORE_UNWRITABLE', 'The metadata database cannot be written to.');
  if (/^SQLITE_(CORRUPT|NOTADB|FORMAT)/.test(code))
    return coded('MW_STORE_CORRUPT', `The metadata database is damaged: ${thrown.message}.`);
  if (/^SQLITE_(IOERR|CANTOPEN)/.test(code))
    return coded('MW_STORE_FAILED', `The metadata database failed: ${thrown.message}.`);
  if (thrown.message.includes('Unable to open connection'))
    return coded('MW_STORE_UNWRITABLE', 'The metadata database cannot be opened for writing.');
  return thrown;
}
