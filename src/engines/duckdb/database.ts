import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';

export type { DuckDBConnection } from '@duckdb/node-api';

/**
 * Runs work on a DuckDB of its own and closes it: in memory, or over a database file that is only read. The session's time zone
 * is UTC. The library is loaded on first use, so that commands without data start fast.
 */
export async function withDatabase<T>(work: (connection: DuckDBConnection) => Promise<T>, file?: string): Promise<T> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(file ?? ':memory:', file === undefined ? {} : { access_mode: 'READ_ONLY' });
  try {
    const connection = await instance.connect();
    try {
      await connection.run("SET TimeZone = 'UTC'");
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
