import { fail } from '../../base/error.js';
import { type DuckDBConnection, databaseMessage, rowsOf } from '../../engines/duckdb/database.js';
import { identifier, textList, textLiteral } from '../../engines/duckdb/quote.js';
import { frameOf } from '../../engines/duckdb/to-frame.js';
import type { Column } from '../../frame/column.js';
import { type Frame, frame } from '../../frame/frame.js';
import { checkDeclared } from '../column-names.js';
import { inferTypes } from '../infer-types.js';
import type { PreparedFile } from '../prepare-file.js';
import type { RawTable, Reader, ReadRequest, RejectedRow } from '../reader.js';
import { textTypeOf, trimmed } from '../text-table.js';
import type { TextType } from '../text-types.js';

/** One array of objects a file. */
export const jsonReader: Reader = {
  format: 'json',
  text: true,
  async read(request) {
    const first = request.files[0] as PreparedFile;
    const paths = textList(request.files.map((file) => file.readable.replace(/[*?[]/g, '[$&]')));
    try {
      await request.connection.run(
        `CREATE TEMP TABLE objects AS SELECT row_number() OVER () AS number, filename AS file, CAST(json AS VARCHAR) AS raw
         FROM read_json_objects(${paths}, format = 'array', filename = true, maximum_object_size = ${request.maxLineBytes})`,
      );
    } catch (error) {
      fail('MW_INGEST_JSON_MALFORMED', {
        what: `'${first.path}' is not an array of JSON objects: ${databaseMessage(error)}`,
        where: { file: first.path },
        cause: error,
      });
    }
    return readObjects(request, 'row');
  },
};

/** One object a line; a line that is none is rejected. */
export const jsonlReader: Reader = {
  format: 'jsonl',
  text: true,
  async read(request) {
    const first = request.files[0] as PreparedFile;
    const selects = request.files.map(
      (file) =>
        `SELECT row_number() OVER () AS number, ${textLiteral(file.readable)} AS file, raw
         FROM read_csv(${textLiteral(file.readable.replace(/[*?[]/g, '[$&]'))}, auto_detect = false, delim = '', quote = '', escape = '',
           header = false, columns = {'raw': 'VARCHAR'}, max_line_size = ${request.maxLineBytes})`,
    );
    try {
      await request.connection.run(`CREATE TEMP TABLE objects AS ${selects.join(' UNION ALL ')}`);
      await request.connection.run("DELETE FROM objects WHERE raw IS NULL OR trim(raw, ' \t\r\n\uFEFF') = ''");
    } catch (error) {
      fail('MW_INGEST_FILE_DAMAGED', {
        what: `'${first.path}' cannot be read as JSON lines: ${databaseMessage(error)}`,
        where: { file: first.path },
        cause: error,
      });
    }
    return readObjects(request, 'line');
  },
};

const IS_OBJECT = "CASE WHEN json_valid(raw) THEN json_type(raw) = 'OBJECT' ELSE false END";

/** Objects to columns: each value as text first, then typed, so that one wrong value costs its row and not the file. */
async function readObjects(request: ReadRequest, place: 'row' | 'line'): Promise<RawTable> {
  const { connection } = request;
  const first = request.files[0] as PreparedFile;
  const original = new Map(request.files.map((file) => [file.readable, file.path]));
  const placed = (number: number) => ({ line: place === 'line' ? number : null, row: place === 'row' ? number : null });
  const bad = await rowsOf(
    connection,
    `SELECT file, number, raw, json_valid(raw) FROM objects WHERE NOT (${IS_OBJECT}) ORDER BY rowid`,
  );
  const rejected: RejectedRow[] = bad.map((row) => ({
    file: original.get(String(row[0])) ?? String(row[0]),
    ...placed(Number(row[1])),
    raw: String(row[2]),
    reason: row[3] === true ? 'This is JSON, but not an object.' : 'This is not well-formed JSON.',
  }));
  await connection.run(`DELETE FROM objects WHERE NOT (${IS_OBJECT})`);
  const present = await keysOf(connection);
  const names = request.declared ? Object.keys(request.declared) : present;
  if (present.length === 0 && rejected.length === 0)
    fail('MW_INGEST_NO_ROWS', { what: `'${first.path}' holds no object with a value.`, where: { file: first.path } });
  if (present.length === 0)
    return { frame: frame({}, 0), options: request.options, rejected, warnings: [], types: {}, rawRows: null };
  checkDeclared(first.path, names, present);
  const paths = textList(names.map((name) => `$."${name.replaceAll('"', '\\"')}"`));
  const texts = names.map((name, i) => `v[${i + 1}] AS ${identifier(name)}`);
  await connection.run(
    `CREATE TEMP TABLE texts AS SELECT ${texts.join(', ')} FROM (SELECT json_extract_string(raw, ${paths}) AS v FROM objects ORDER BY rowid)`,
  );
  const sample = (await rowsOf(connection, 'SELECT * FROM texts LIMIT 5000')).map((row) =>
    row.map((value) => String(value ?? '')),
  );
  const inferred = request.declared ? null : await inferTypes(connection, 'texts', names, sample);
  const types: Record<string, TextType> = inferred
    ? { ...inferred.types }
    : Object.fromEntries(Object.entries(request.declared ?? {}).map(([name, plan]) => [name, textTypeOf(plan)]));
  const missing = request.options.missing ?? inferred?.missing ?? [];
  return {
    frame: await typedFrame(connection, types, missing),
    options: { encoding: first.encoding ?? 'utf-8', missing: [...missing] },
    rejected,
    warnings: inferred?.warnings ?? [],
    types,
    rawRows: async (rows) => {
      const found = await rowsOf(
        connection,
        `SELECT number, raw FROM (SELECT *, row_number() OVER (ORDER BY rowid) - 1 AS place FROM objects) WHERE place IN (${rows.join(', ')}) ORDER BY place`,
      );
      return found.map((row) => ({ line: place === 'line' ? Number(row[0]) : null, raw: String(row[1]) }));
    },
  };
}

/** All keys, those of earlier objects first. */
async function keysOf(connection: DuckDBConnection): Promise<string[]> {
  const rows = await rowsOf(
    connection,
    `SELECT key, min(origin * 10000 + place) AS seen FROM (
       SELECT unnest(json_keys(raw)) AS key, unnest(range(len(json_keys(raw)))) AS place, rowid AS origin FROM objects
     ) GROUP BY key ORDER BY seen, key`,
  );
  return rows.map((row) => String(row[0]));
}

async function typedFrame(
  connection: DuckDBConnection,
  types: Readonly<Record<string, TextType>>,
  missing: readonly string[],
): Promise<Frame> {
  const names = Object.keys(types);
  const meaning = new Set(missing.map((text) => text.trim()));
  const columns = names.map((name) => {
    const text = `nullif(trim(${identifier(name)}, ' \t\r\n'), '')`;
    const present =
      meaning.size > 0 ? `CASE WHEN ${text} IN (${[...meaning].map(textLiteral).join(', ')}) THEN NULL ELSE ${text} END` : text;
    switch (types[name]) {
      case 'integer':
      case 'number':
        return `CASE WHEN (${present}) IS NULL THEN NULL ELSE coalesce(TRY_CAST(${text} AS DOUBLE), CAST('Infinity' AS DOUBLE)) END AS ${identifier(name)}`;
      case 'timestamp':
        return `CASE WHEN (${present}) IS NULL THEN NULL WHEN isfinite(TRY_CAST(${text} AS TIMESTAMPTZ)) THEN epoch_us(TRY_CAST(${text} AS TIMESTAMPTZ)) / 1000.0 ELSE coalesce(TRY_CAST(${text} AS DOUBLE), CAST('Infinity' AS DOUBLE)) END AS ${identifier(name)}`;
      default:
        return identifier(name);
    }
  });
  const read = await frameOf(connection, `SELECT ${columns.join(', ')} FROM texts`);
  const out: Record<string, Column> = {};
  for (const name of names) {
    const column = read.columns[name] as Column;
    if (column.kind === 'string') out[name] = trimmed(column, meaning);
    else
      out[name] =
        types[name] === 'timestamp' && column.kind === 'number' ? { kind: 'timestamp', values: column.values } : column;
  }
  return frame(out, read.rows);
}
