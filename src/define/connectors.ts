import { knownEncoding } from '../base/encoding-name.js';
import { invalid, optionsObject, shown, text } from './complain.js';
import { deepFreeze } from './freeze.js';
import type { ConnectorPlan, SourceFormat } from './plan.js';

/** How a delimited text is to be read; what is not said is sniffed. */
export interface CsvOptions {
  readonly delimiter?: string;
  readonly quote?: string;
  readonly header?: boolean;
  /** What stands before a quote inside quotes: a backslash, or the quote itself (the default). */
  readonly escape?: string;
  /** Lines that begin with this character are left out. */
  readonly comment?: string;
  /** Lines before the header that are left out. */
  readonly skip?: number;
  /** utf-8, utf-16, latin-1, or a label of the WHATWG list such as gbk or windows-1250. */
  readonly encoding?: string;
  /** Texts that mean missing, beside the empty one. */
  readonly missing?: readonly string[];
}

const plan = (format: SourceFormat, path: unknown, options: ConnectorPlan['options'] = {}): ConnectorPlan =>
  deepFreeze({ kind: 'connector', format, path: text(`${format}(path)`, path), options });

const isCharacter = (value: unknown) => typeof value === 'string' && value.length === 1;
const CSV_OPTIONS: Readonly<Record<keyof CsvOptions, (value: unknown) => boolean>> = {
  delimiter: isCharacter,
  quote: isCharacter,
  header: (value) => typeof value === 'boolean',
  escape: isCharacter,
  comment: isCharacter,
  skip: (value) => Number.isInteger(value) && (value as number) >= 1,
  encoding: (value) => typeof value === 'string' && knownEncoding(value) !== null,
  missing: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
};

/** How a text of JSON is to be read; what is not said is found. */
export type JsonOptions = Pick<CsvOptions, 'encoding' | 'missing'>;

function textSource<O extends CsvOptions>(
  format: SourceFormat,
  path: unknown,
  options: O,
  names: readonly (keyof O & string)[],
) {
  const given = optionsObject(`${format}(path, options)`, options, names);
  for (const [name, value] of Object.entries(given))
    if (!CSV_OPTIONS[name as keyof CsvOptions](value))
      invalid(`${format}.${name}`, `${format}: option '${name}' cannot be ${shown(value)}.`);
  return plan(format, path, { ...options, ...(options.missing ? { missing: [...options.missing] } : {}) });
}

/** Delimited text; gzip and globs are understood in every path. */
export const csv = (path: string, options: CsvOptions = {}): ConnectorPlan =>
  textSource('csv', path, options, Object.keys(CSV_OPTIONS) as (keyof CsvOptions)[]);
/** A JSON array of objects. */
export const json = (path: string, options: JsonOptions = {}): ConnectorPlan =>
  textSource('json', path, options, ['encoding', 'missing']);
/** One JSON object a line. */
export const jsonl = (path: string, options: JsonOptions = {}): ConnectorPlan =>
  textSource('jsonl', path, options, ['encoding', 'missing']);
export const parquet = (path: string): ConnectorPlan => plan('parquet', path);
/** Arrow IPC, file or stream. */
export const arrow = (path: string): ConnectorPlan => plan('arrow', path);
/** Any query over the tables of a DuckDB database file. */
export function duckdb(path: string, options: { readonly query: string }): ConnectorPlan {
  const { query } = optionsObject('duckdb(path, options)', options, ['query']);
  return plan('duckdb', path, { query: text('duckdb.query', query) });
}
