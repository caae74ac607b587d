import { fail } from '../../base/error.js';
import { type DuckDBConnection, databaseMessage, rowsOf } from '../../engines/duckdb/database.js';
import { identifier, textList, textLiteral } from '../../engines/duckdb/quote.js';
import type { Column } from '../../frame/column.js';
import { frame } from '../../frame/frame.js';
import { checkDeclared, headerNames, positionalNames } from '../column-names.js';
import { recordsOf } from '../delimited-text.js';
import { type Dialect, detectDialect } from '../detect-dialect.js';
import { inferTypes } from '../infer-types.js';
import type { PreparedFile } from '../prepare-file.js';
import type { RawRow, RawTable, Reader, ReadRequest, RejectedRow } from '../reader.js';
import { frameWithMoments, textTypeOf, trimmed } from '../text-table.js';
import type { TextType } from '../text-types.js';

const SAMPLE = 5000;
const BLANK = [' ', '  ', '   ', '    ', '\t'];

/** Delimited text: the dialect is found in JavaScript, the rows are read by DuckDB in that dialect on all its threads. */
export const csvReader: Reader = {
  format: 'csv',
  text: true,
  async read(request) {
    const first = request.files[0] as PreparedFile;
    const text = headText(first);
    const cut = first.head.length >= 1024 * 1024;
    const { delimiter, quote, header } = request.options;
    const dialect = detectDialect(
      text,
      {
        ...(delimiter === undefined ? {} : { delimiter }),
        ...(quote === undefined ? {} : { quote }),
        ...(header === undefined ? {} : { header }),
      },
      cut,
    );
    const records = recordsOf(text, dialect.delimiter, dialect.quote, SAMPLE + 1, cut);
    const names = namesOf(request, dialect, records);
    const sample = dialect.header ? records.slice(1) : records;
    const missing = request.options.missing ?? (request.declared ? [] : null);
    let types: Record<string, TextType>;
    let found: readonly string[] = missing ?? [];
    const warnings: string[] = [];
    if (request.declared) {
      types = Object.fromEntries(Object.entries(request.declared).map(([name, plan]) => [name, textTypeOf(plan)]));
    } else {
      const untyped = relation(request, dialect, names, {}, missing ?? []);
      const inferred = await attempt(first.path, () => inferTypes(request.connection, untyped, names, sample));
      types = { ...inferred.types };
      found = missing ?? inferred.missing;
      warnings.push(...inferred.warnings);
      await forgetRejects(request.connection);
    }
    const typed = relation(request, dialect, names, types, found);
    const read = await attempt(first.path, () => frameWithMoments(request.connection, typed, types));
    const meaning = new Set(found.map((item) => item.trim()));
    const columns: Record<string, Column> = {};
    for (const [name, column] of Object.entries(read.columns))
      columns[name] = column.kind === 'string' ? trimmed(column, meaning) : column;
    const encoding = first.encoding ?? 'utf-8';
    return {
      frame: frame(columns, read.rows),
      options: { ...dialect, encoding, missing: [...found] },
      rejected: await rejectedRows(request.connection, request.files),
      warnings,
      types,
      rawRows: (rows) => rawRows(request.connection, typed, names, dialect.delimiter, rows),
    } satisfies RawTable;
  },
};

const headText = (file: PreparedFile) => new TextDecoder('utf-8').decode(file.head);

/** The columns' names in file order; the same in every file. */
function namesOf(request: ReadRequest, dialect: Dialect, records: readonly string[][]): string[] {
  const first = request.files[0] as PreparedFile;
  if (records.length === 0)
    fail('MW_INGEST_NO_ROWS', { what: `'${first.path}' holds no record.`, where: { file: first.path } });
  const declared = request.declared ? Object.keys(request.declared) : null;
  const width = widthOf(records);
  if (!dialect.header) {
    const positional = positionalNames(width);
    if (!declared) return positional;
    if (declared.every((name) => positional.includes(name))) return positional;
    if (declared.length === width) return declared;
    fail('MW_INGEST_COLUMN_MISSING', {
      what: `The file has no header and ${width} columns, but ${declared.length} are declared.`,
      where: { file: first.path },
      fix: `Declare all ${width} columns in the order of the file, or by position as c0, c1, ...`,
    });
  }
  const names = headerNames(first.path, records[0] as string[]);
  if (records.length === 1)
    fail('MW_INGEST_NO_ROWS', {
      what: `'${first.path}' has a header of ${names.length} columns and no row.`,
      where: { file: first.path },
    });
  for (const file of request.files.slice(1)) {
    const other = recordsOf(headText(file), dialect.delimiter, dialect.quote, 1, false)[0] ?? [];
    if (headerNames(file.path, other).join('\n') !== names.join('\n'))
      fail('MW_INGEST_COLUMNS_DIFFER', {
        what: `The columns of '${file.path}' are not those of '${first.path}'.`,
        where: { file: file.path },
      });
  }
  if (declared) checkDeclared(first.path, declared, names);
  return names;
}

/** The commonest number of fields: a ragged first record must not decide. */
function widthOf(records: readonly string[][]): number {
  const counts = new Map<number, number>();
  for (const record of records) counts.set(record.length, (counts.get(record.length) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 0;
}

const PHYSICAL: Readonly<Record<TextType, string>> = {
  integer: 'DOUBLE',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  timestamp: 'VARCHAR',
  string: 'VARCHAR',
};

function relation(
  request: ReadRequest,
  dialect: Dialect,
  names: readonly string[],
  types: Readonly<Record<string, TextType>>,
  missing: readonly string[],
): string {
  const columns = names.map((name) => `${textLiteral(name)}: '${PHYSICAL[types[name] ?? 'string']}'`);
  const typed = Object.keys(types).length > 0;
  const nulls = typed ? nullTexts(missing, dialect.delimiter) : [''];
  const paths = textList(request.files.map((file) => file.readable.replace(/[*?[]/g, '[$&]')));
  const options = [
    'auto_detect=false',
    `delim=${textLiteral(dialect.delimiter)}`,
    `quote=${textLiteral(dialect.quote)}`,
    `escape=${textLiteral(dialect.quote)}`,
    `header=${dialect.header}`,
    `columns={${columns.join(', ')}}`,
    `nullstr=${textList(nulls)}`,
    'store_rejects=true',
    `max_line_size=${request.maxLineBytes}`,
    ...(request.maxLineBytes > 8_000_000 ? [`buffer_size=${request.maxLineBytes * 4}`] : []),
  ];
  return `read_csv(${paths}, ${options.join(', ')})`;
}

/** Texts that DuckDB reads as missing; white space beside them is part of the text there. */
function nullTexts(missing: readonly string[], delimiter: string): string[] {
  const texts = new Set(['', ...BLANK, ...missing.flatMap((text) => [text, ` ${text}`, `${text} `])]);
  return [...texts].filter((text) => !text.includes(delimiter));
}

async function attempt<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    return fail('MW_INGEST_FILE_DAMAGED', {
      what: `'${file}' cannot be read as delimited text: ${databaseMessage(error)}`,
      where: { file },
      cause: error,
    });
  }
}

async function forgetRejects(connection: DuckDBConnection): Promise<void> {
  await connection.run('DROP TABLE IF EXISTS reject_errors');
  await connection.run('DROP TABLE IF EXISTS reject_scans');
}

/** What DuckDB set aside, one entry a line, the reasons joined. */
async function rejectedRows(connection: DuckDBConnection, files: readonly PreparedFile[]): Promise<RejectedRow[]> {
  const rows = await rowsOf(
    connection,
    `SELECT s.file_path, e.line, any_value(e.csv_line), string_agg(DISTINCT e.error_message, '; ' ORDER BY e.error_message)
     FROM reject_errors e JOIN reject_scans s ON e.scan_id = s.scan_id AND e.file_id = s.file_id
     GROUP BY ALL ORDER BY s.file_path, e.line`,
  );
  const original = new Map(files.map((file) => [file.readable, file.path]));
  return rows.map((row) => ({
    file: original.get(String(row[0])) ?? String(row[0]),
    line: Number(row[1]),
    row: null,
    raw: String(row[2] ?? '').replace(/[\r\n]+$/, ''),
    reason: String(row[3]),
  }));
}

/** Rows of the typed relation put together again; their lines are not known. */
async function rawRows(
  connection: DuckDBConnection,
  typed: string,
  names: readonly string[],
  delimiter: string,
  rows: readonly number[],
): Promise<RawRow[]> {
  const found = await rowsOf(
    connection,
    `SELECT ${names.map((name) => `CAST(${identifier(name)} AS VARCHAR)`).join(', ')}
     FROM (SELECT *, row_number() OVER () - 1 AS "row number" FROM ${typed}) WHERE "row number" IN (${rows.join(', ')})
     ORDER BY "row number"`,
  );
  return found.map((row) => ({ line: null, raw: row.map((value) => value ?? '').join(delimiter) }));
}
