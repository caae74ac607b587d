import { fail } from '../../base/error.js';
import { databaseMessage, rowsOf } from '../../engines/duckdb/database.js';
import { identifier, textList } from '../../engines/duckdb/quote.js';
import { frameOf } from '../../engines/duckdb/to-frame.js';
import { checkDeclared } from '../column-names.js';
import type { PreparedFile } from '../prepare-file.js';
import type { Reader } from '../reader.js';

/** Parquet through DuckDB; only the declared columns are read. */
export const parquetReader: Reader = {
  format: 'parquet',
  text: false,
  async read({ connection, files, declared }) {
    const first = files[0] as PreparedFile;
    const paths = textList(files.map((file) => file.readable.replace(/[*?[]/g, '[$&]')));
    const relation = `read_parquet(${paths})`;
    try {
      const present = (await rowsOf(connection, `DESCRIBE SELECT * FROM ${relation}`)).map((row) => String(row[0]));
      const names = declared ? Object.keys(declared) : present;
      checkDeclared(first.path, names, present);
      const frame = await frameOf(connection, `SELECT ${names.map(identifier).join(', ')} FROM ${relation}`);
      return { frame, options: {}, rejected: [], warnings: [], types: {}, rawRows: null };
    } catch (error) {
      if (error instanceof Error && error.name === 'MillwrightError') throw error;
      return fail('MW_INGEST_FILE_DAMAGED', {
        what: `'${first.path}' cannot be read as Parquet: ${databaseMessage(error)}`,
        where: { file: first.path },
        cause: error,
      });
    }
  },
};
