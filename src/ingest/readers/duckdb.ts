import { fail } from '../../base/error.js';
import { databaseMessage, rowsOf, withDatabase } from '../../engines/duckdb/database.js';
import { columnsOf } from '../../engines/duckdb/to-frame.js';
import { checkDeclared } from '../column-names.js';
import type { PreparedFile } from '../prepare-file.js';
import type { Reader } from '../reader.js';

/** A query over the tables of a DuckDB database file, which is opened for reading only. */
export const duckdbReader: Reader = {
  format: 'duckdb',
  text: false,
  async read({ files, options, declared }) {
    const file = files[0] as PreparedFile;
    const query = options.query?.trim().replace(/;\s*$/, '') ?? '';
    if (query === '')
      fail('MW_INGEST_QUERY_MISSING', {
        what: `'${file.path}' is a database, and no query was named.`,
        where: { file: file.path },
      });
    let opened = false;
    try {
      return await withDatabase(
        async (connection) => {
          opened = true;
          const present = (await rowsOf(connection, `DESCRIBE ${query}`)).map((row) => String(row[0]));
          const names = declared ? Object.keys(declared) : present;
          checkDeclared(file.path, names, present);
          const { columns, rows } = await columnsOf(
            connection,
            query,
            names.map((name) => present.indexOf(name)),
          );
          return {
            names,
            columns,
            rows,
            options: { query },
            rejected: [],
            warnings: [],
            texts: false,
            rawRows: null,
            again: null,
          };
        },
        { file: file.readable, closed: true },
      );
    } catch (error) {
      if (error instanceof Error && error.name === 'MillwrightError') throw error;
      return fail(opened ? 'MW_INGEST_QUERY_FAILED' : 'MW_INGEST_FILE_DAMAGED', {
        what: opened
          ? `The query failed: ${databaseMessage(error)}`
          : `'${file.path}' cannot be opened: ${databaseMessage(error)}`,
        where: { file: file.path, query: opened ? query : undefined },
        cause: error,
      });
    }
  },
};
