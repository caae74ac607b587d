import type { DuckDBConnection, DuckDBDoubleVector, DuckDBIntegerVector } from '@duckdb/node-api';
import type { Column } from '../../frame/column.js';
import type { Frame } from '../../frame/frame.js';
import { identifier } from './quote.js';

const CHUNK = 2048;

/**
 * Makes a frame readable in SQL as a view of that name: its columns, and `row_id`, which counts the rows from 0. Strings travel as
 * codes with their dictionary beside them, so nothing is made per row. Names that SQL does not tell apart (`rate` and `Rate`, or
 * `row_id`) are followed by `_1`, `_2` and so on from the second on.
 */
export async function registerFrame(connection: DuckDBConnection, name: string, table: Frame): Promise<void> {
  const { DOUBLE, INTEGER, VARCHAR, DuckDBDataChunk } = await import('@duckdb/node-api');
  const columns = Object.entries(table.columns);
  const staged = `${name} values`;
  const types = [INTEGER, ...columns.map(([, column]) => (column.kind === 'string' ? INTEGER : DOUBLE))];
  const declared = types.map((type, i) => `c${i} ${type === INTEGER ? 'INTEGER' : 'DOUBLE'}`);
  await connection.run(`CREATE TEMP TABLE ${identifier(staged)} (${declared.join(', ')})`);
  const appender = await connection.createAppender(staged, 'main', 'temp');
  for (let from = 0; from < table.rows; from += CHUNK) {
    const count = Math.min(CHUNK, table.rows - from);
    const chunk = DuckDBDataChunk.create(types, count);
    // The vectors' memory is written at once; their own setters take one value a call.
    const ids = chunk.getColumnVector(0) as DuckDBIntegerVector;
    for (let i = 0; i < count; i++) ids['items'][i] = from + i;
    ids.flush();
    columns.forEach(([, column], i) => {
      const vector = chunk.getColumnVector(i + 1);
      if (column.kind === 'string') (vector as DuckDBIntegerVector)['items'].set(column.codes.subarray(from, from + count));
      else (vector as DuckDBDoubleVector)['items'].set(column.values.subarray(from, from + count));
      vector.flush();
    });
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
  const joins: string[] = [];
  for (const [i, [, column]] of columns.entries()) {
    if (column.kind !== 'string') continue;
    const texts = `${name} texts ${i + 1}`;
    await connection.run(`CREATE TEMP TABLE ${identifier(texts)} (code INTEGER, text VARCHAR)`);
    const into = await connection.createAppender(texts, 'main', 'temp');
    for (let from = 0; from < column.dictionary.length; from += CHUNK) {
      const part = column.dictionary.slice(from, from + CHUNK);
      const chunk = DuckDBDataChunk.create([INTEGER, VARCHAR], part.length);
      chunk.setColumns([part.map((_, code) => from + code), part]);
      into.appendDataChunk(chunk);
    }
    into.closeSync();
    joins.push(`LEFT JOIN ${identifier(texts)} d${i + 1} ON d${i + 1}.code = v.c${i + 1}`);
  }
  const names = distinctNames(columns.map(([column]) => column));
  const selects = columns.map(([, data], i) => `${valueOf(data, i + 1)} AS ${identifier(names[i] as string)}`);
  await connection.run(
    `CREATE TEMP VIEW ${identifier(name)} AS SELECT v.c0 AS row_id${selects.map((each) => `, ${each}`).join('')} FROM ${identifier(staged)} v ${joins.join(' ')}`,
  );
}

function distinctNames(names: readonly string[]): string[] {
  const taken = new Set(['row_id']);
  return names.map((name) => {
    let free = name;
    for (let i = 1; taken.has(free.toLowerCase()); i++) free = `${name}_${i}`;
    taken.add(free.toLowerCase());
    return free;
  });
}

function valueOf(column: Column, index: number): string {
  switch (column.kind) {
    case 'string':
      return `d${index}.text`;
    case 'boolean':
      return `CASE v.c${index} WHEN 0 THEN false WHEN 1 THEN true END`;
    case 'number':
      return `CASE WHEN isnan(v.c${index}) THEN NULL ELSE v.c${index} END`;
    case 'timestamp':
      return `CASE WHEN isnan(v.c${index}) THEN NULL ELSE make_timestamp(CAST(round(v.c${index} * 1000) AS BIGINT)) END`;
  }
}
