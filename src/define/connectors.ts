import { invalid, optionsObject, shown, text } from './complain.js';
import { deepFreeze } from './freeze.js';
import type { ConnectorPlan, SourceFormat } from './plan.js';

/** How a delimited text is to be read; what is not said is sniffed. */
export interface CsvOptions {
  readonly delimiter?: string;
  readonly quote?: string;
  readonly header?: boolean;
  readonly encoding?: 'utf-8' | 'utf-16' | 'latin-1';
  /** Texts that mean missing, beside the empty one. */
  readonly missing?: readonly string[];
}

const plan = (format: SourceFormat, path: unknown, options: ConnectorPlan['options'] = {}): ConnectorPlan =>
  deepFreeze({ kind: 'connector', format, path: text(`${format}(path)`, path), options });

/** Delimited text; gzip and globs are understood in every path. */
export function csv(path: string, options: CsvOptions = {}): ConnectorPlan {
  const given = optionsObject('csv(path, options)', options, ['delimiter', 'quote', 'header', 'encoding', 'missing']);
  for (const [name, value] of Object.entries(given)) {
    const fits =
      name === 'header'
        ? typeof value === 'boolean'
        : name === 'missing'
          ? Array.isArray(value) && value.every((item) => typeof item === 'string')
          : name === 'encoding'
            ? value === 'utf-8' || value === 'utf-16' || value === 'latin-1'
            : typeof value === 'string' && value.length === 1;
    if (!fits) invalid(`csv.${name}`, `csv: option '${name}' cannot be ${shown(value)}.`);
  }
  return plan('csv', path, { ...options, ...(options.missing ? { missing: [...options.missing] } : {}) });
}
/** A JSON array of objects. */
export const json = (path: string): ConnectorPlan => plan('json', path);
/** One JSON object a line. */
export const jsonl = (path: string): ConnectorPlan => plan('jsonl', path);
export const parquet = (path: string): ConnectorPlan => plan('parquet', path);
/** Arrow IPC, file or stream. */
export const arrow = (path: string): ConnectorPlan => plan('arrow', path);
/** Any query over the tables of a DuckDB database file. */
export function duckdb(path: string, options: { readonly query: string }): ConnectorPlan {
  const { query } = optionsObject('duckdb(path, options)', options, ['query']);
  return plan('duckdb', path, { query: text('duckdb.query', query) });
}
