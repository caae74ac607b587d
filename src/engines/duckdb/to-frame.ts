import type {
  DuckDBConnection,
  DuckDBDataChunk,
  DuckDBDoubleVector,
  DuckDBUTinyIntVector,
  DuckDBValue,
  DuckDBVarCharVector,
} from '@duckdb/node-api';
import type { Column, ColumnKind } from '../../frame/column.js';
import { type Frame, frame } from '../../frame/frame.js';
import { rowsOf } from './database.js';
import { StringCoder } from './string-coder.js';

/** Largest integer up to which every integer is a double of its own. */
const EXACT = '9007199254740991';
/** Decimals of so many digits are told apart by doubles. */
const EXACT_DIGITS = 15;

/** The columns of a query side by side with their names, which may be any, equal ones too. */
export interface QueryColumns {
  readonly names: readonly string[];
  readonly columns: readonly Column[];
  readonly rows: number;
}

/**
 * The rows of a query as columns. Numbers of every width and decimals become numbers; integers of 64 bits and more and decimals become
 * strings when a double does not hold one of them exactly; dates and timestamps become epoch milliseconds in UTC; lists, structs, times
 * and other types become their text.
 * @param query a SELECT without a semicolon
 * @param places the columns to read, from 0; all unless given
 */
export async function columnsOf(
  connection: DuckDBConnection,
  query: string,
  places?: readonly number[],
): Promise<QueryColumns> {
  const described = await rowsOf(connection, `DESCRIBE ${query}`);
  const relation = `(${query}) t(${described.map((_, i) => `c${i}`).join(', ')})`;
  const used = places ?? described.map((_, i) => i);
  const types = used.map((i) => String((described[i] as DuckDBValue[])[1]));
  const names = used.map((i) => `c${i}`);
  const tests = names.map((name, i) => exactness(name, types[i] as string));
  const inexact = new Set<number>();
  if (tests.some((test) => test !== null)) {
    const found =
      (await rowsOf(connection, `SELECT ${tests.map((test) => test ?? 'false').join(', ')} FROM ${relation}`))[0] ?? [];
    found.forEach((lost, i) => {
      if (lost === true) inexact.add(i);
    });
  }
  const kinds = names.map((_, i) => (inexact.has(i) ? 'string' : kindOfType(types[i] as string)));
  const columns = names.map((name, i) => `${normalised(name, types[i] as string, kinds[i] as ColumnKind)} AS c${i}`);
  const result = await connection.stream(`SELECT ${columns.join(', ')} FROM ${relation}`);
  const builders = kinds.map((kind) => new ColumnBuilder(kind));
  let rows = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) break;
    for (let i = 0; i < builders.length; i++) (builders[i] as ColumnBuilder).append(chunk, i, rows);
    rows += chunk.rowCount;
  }
  return {
    names: used.map((i) => String((described[i] as DuckDBValue[])[0])),
    columns: builders.map((builder) => builder.finish(rows)),
    rows,
  };
}

/** The rows of a query as a frame; the names of its columns must differ. */
export async function frameOf(connection: DuckDBConnection, query: string): Promise<Frame> {
  const { names, columns, rows } = await columnsOf(connection, query);
  return frame(Object.fromEntries(names.map((name, i) => [name, columns[i] as Column])), rows);
}

/** Whether a double does not hold some value of a column, in SQL; null where it holds all that the type has. */
function exactness(name: string, type: string): string | null {
  if (/^U?(BIGINT|HUGEINT)$/.test(type)) return `coalesce(bool_or(${name} NOT BETWEEN -${EXACT} AND ${EXACT}), false)`;
  const digits = /^DECIMAL\((\d+),\d+\)$/.exec(type)?.[1];
  if (digits === undefined || Number(digits) <= EXACT_DIGITS) return null;
  return `coalesce(bool_or(TRY_CAST(CAST(${name} AS DOUBLE) AS ${type}) IS DISTINCT FROM ${name}), false)`;
}

function kindOfType(type: string): ColumnKind {
  if (/^(U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|FLOAT|DOUBLE|DECIMAL\(\d+,\d+\))$/.test(type)) return 'number';
  if (type === 'BOOLEAN') return 'boolean';
  if (type === 'DATE' || type.startsWith('TIMESTAMP')) return 'timestamp';
  return 'string';
}

/** The column as DOUBLE (NaN for missing), UTINYINT (255 for missing) or VARCHAR: the database converts, on all its threads. */
function normalised(name: string, type: string, kind: ColumnKind): string {
  switch (kind) {
    case 'number':
      return `coalesce(CAST(${name} AS DOUBLE), CAST('NaN' AS DOUBLE))`;
    case 'boolean':
      return `coalesce(CAST(${name} AS UTINYINT), CAST(255 AS UTINYINT))`;
    case 'timestamp': {
      const micros = type === 'TIMESTAMP WITH TIME ZONE' || type === 'TIMESTAMP' ? name : `CAST(${name} AS TIMESTAMP)`;
      return `CASE WHEN isfinite(${micros}) THEN epoch_us(${micros}) / 1000.0 ELSE CAST('NaN' AS DOUBLE) END`;
    }
    case 'string':
      return type === 'VARCHAR'
        ? name
        : /^(STRUCT|MAP|UNION)|\[\d*\]$/.test(type)
          ? `CAST(to_json(${name}) AS VARCHAR)`
          : `CAST(${name} AS VARCHAR)`;
  }
}

class ColumnBuilder {
  readonly #kind: ColumnKind;
  readonly #coder: StringCoder | null;
  #values: Float64Array<ArrayBuffer> | Uint8Array<ArrayBuffer> | Int32Array<ArrayBuffer>;

  constructor(kind: ColumnKind) {
    this.#kind = kind;
    this.#coder = kind === 'string' ? new StringCoder() : null;
    this.#values = this.#make(4096);
  }

  append(chunk: DuckDBDataChunk, index: number, at: number): void {
    const count = chunk.rowCount;
    if (at + count > this.#values.length) {
      const larger = this.#make(Math.max(this.#values.length * 2, at + count));
      larger.set(this.#values);
      this.#values = larger;
    }
    // The vectors' own accessors make one value a call and cost more than the query itself, so their memory is read here.
    const vector = chunk.getColumnVector(index);
    if (this.#coder) appendStrings(vector as DuckDBVarCharVector, this.#coder, this.#values as Int32Array, at, count);
    else if (this.#kind === 'boolean') this.#values.set((vector as DuckDBUTinyIntVector)['items'], at);
    else this.#values.set((vector as DuckDBDoubleVector)['items'], at);
  }

  finish(rows: number): Column {
    const values = this.#values.slice(0, rows);
    return (
      this.#coder ? { kind: 'string', codes: values, dictionary: this.#coder.dictionary } : { kind: this.#kind, values }
    ) as Column;
  }

  #make(size: number): Float64Array<ArrayBuffer> | Uint8Array<ArrayBuffer> | Int32Array<ArrayBuffer> {
    if (this.#kind === 'string') return new Int32Array(size);
    return this.#kind === 'boolean' ? new Uint8Array(size) : new Float64Array(size);
  }
}

function appendStrings(vector: DuckDBVarCharVector, coder: StringCoder, codes: Int32Array, at: number, count: number): void {
  const view = vector['dataView'];
  const entries = new Int32Array(view.buffer, view.byteOffset, count * 4);
  const bits = vector['validity']['data'];
  const valid = bits ? new Uint32Array(bits.buffer, bits.byteOffset, bits.length * 2) : null;
  let row = 0;
  const text = () => vector.getItem(row) as string;
  for (; row < count; row++) {
    codes[at + row] =
      valid && ((valid[row >>> 5] as number) & (1 << (row & 31))) === 0 ? -1 : coder.code(entries, row * 4, text);
  }
}
