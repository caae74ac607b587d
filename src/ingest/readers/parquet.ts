import { fail } from '../../base/error.js';
import { type DuckDBConnection, databaseMessage, rowsOf } from '../../engines/duckdb/database.js';
import { textList, textLiteral } from '../../engines/duckdb/quote.js';
import { columnsOf } from '../../engines/duckdb/to-frame.js';
import { checkDeclared } from '../column-names.js';
import type { PreparedFile } from '../prepare-file.js';
import type { Reader, ReadRequest } from '../reader.js';

/** Parquet through DuckDB; only the declared columns are read. */
export const parquetReader: Reader = {
  format: 'parquet',
  text: false,
  async read(request) {
    const first = request.files[0] as PreparedFile;
    try {
      return await readParquet(await request.connection(), request);
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

/** The path as a pattern that only it matches. */
const literal = (file: PreparedFile) => file.readable.replace(/[*?[]/g, '[$&]');

async function readParquet(connection: DuckDBConnection, { files, declared }: ReadRequest) {
  const first = files[0] as PreparedFile;
  const present = await namesOf(connection, literal(first));
  for (const file of files.slice(1))
    if ((await namesOf(connection, literal(file))).join('\n') !== present.join('\n'))
      fail('MW_INGEST_COLUMNS_DIFFER', {
        what: `The columns of '${file.path}' are not those of '${first.path}'.`,
        where: { file: file.path },
      });
  const names = declared ? Object.keys(declared) : present;
  checkDeclared(first.path, names, present);
  const { columns, rows } = await columnsOf(
    connection,
    `SELECT * FROM read_parquet(${textList(files.map(literal))})`,
    names.map((name) => present.indexOf(name)),
  );
  return { names, columns, rows, options: {}, rejected: [], warnings: [], texts: false, rawRows: null, again: null };
}

/** The names as they stand in the file: the database's own would differ where two of them differ only in case. */
async function namesOf(connection: DuckDBConnection, path: string): Promise<string[]> {
  const elements = await rowsOf(connection, `SELECT name, num_children FROM parquet_schema(${textLiteral(path)})`);
  const children = (at: number) => Number(elements[at]?.[1] ?? 0);
  const behind = (at: number): number => {
    let next = at + 1;
    for (let i = children(at); i > 0; i--) next = behind(next);
    return next;
  };
  const names: string[] = [];
  for (let at = 1, left = children(0); left > 0 && at < elements.length; left--, at = behind(at))
    names.push(String(elements[at]?.[0]));
  return names;
}
