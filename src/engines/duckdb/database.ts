import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';

export type { DuckDBConnection } from '@duckdb/node-api';

export interface DatabaseUse {
  /** A database file that is only read; a database in memory unless given. */
  readonly file?: string;
  /** Whether SQL that others wrote is run: then nothing outside the database can be read, written, fetched or set. */
  readonly closed?: boolean;
}

/**
 * Runs work on a DuckDB of its own and closes it. The session's time zone is UTC; extensions are neither fetched nor loaded by
 * themselves. The library is loaded on first use, so that commands without data start fast.
 */
export async function withDatabase<T>(
  work: (connection: DuckDBConnection) => Promise<T>,
  { file, closed = false }: DatabaseUse = {},
): Promise<T> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(file ?? ':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    ...(file === undefined ? {} : { access_mode: 'READ_ONLY' }),
  });
  try {
    const connection = await instance.connect();
    try {
      await connection.run("SET TimeZone = 'UTC'");
      if (closed) {
        await connection.run('SET enable_external_access = false');
        await connection.run('SET lock_configuration = true');
      }
      return await work(connection);
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}

/** All rows of a small result, as DuckDB's own values. */
export async function rowsOf(connection: DuckDBConnection, query: string): Promise<DuckDBValue[][]> {
  return await (await connection.run(query)).getRows();
}

/** The first line of what DuckDB says, without its error class. */
export function databaseMessage(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return (text.split('\n')[0] as string).replace(/^[A-Z][A-Za-z ]* Error: /, '').trim();
}
