import type { ColumnPlan, ConnectorPlan, SourceFormat } from '../define/plan.js';
import type { DuckDBConnection } from '../engines/duckdb/database.js';
import type { PreparedFile } from './prepare-file.js';
import type { RawColumn } from './raw-column.js';

export interface ReadRequest {
  /** A database to read with, opened on the first call. */
  connection(): Promise<DuckDBConnection>;
  readonly files: readonly PreparedFile[];
  /** Options that are not said are found and come back in the result. */
  readonly options: ConnectorPlan['options'];
  /** Declared columns; null to take all that are there. */
  readonly declared: Readonly<Record<string, ColumnPlan>> | null;
  /** A column that must be there when nothing is declared; null for none. */
  readonly target: string | null;
  readonly maxLineBytes: number;
  readonly maxColumns: number;
}

/** A row that could not be read. Lines and rows count from 1; `line` is null in formats without lines. */
export interface RejectedRow {
  readonly file: string;
  readonly line: number | null;
  readonly row: number | null;
  /** The row as it stands in the file, or as JSON of what was read of it. */
  readonly raw: string;
  readonly reason: string;
}

/** Names and columns side by side: a name is never a key here. */
export interface RawTable {
  readonly names: readonly string[];
  readonly columns: readonly RawColumn[];
  readonly rows: number;
  readonly options: ConnectorPlan['options'];
  readonly rejected: readonly RejectedRow[];
  readonly warnings: readonly string[];
  /** Whether texts may be numbers, moments and so on that are only written as texts; else the format itself says what is what. */
  readonly texts: boolean;
  /** Rows of the table (from 0, ascending) as they stand in the file; null where the format has no text of a row. */
  readonly rawRows: ((rows: readonly number[]) => Promise<readonly RawRow[]>) | null;
  /** These columns again, each value the text that stands in the file; null where a number has no text of its own. */
  readonly again: ((names: readonly string[]) => Promise<readonly RawColumn[]>) | null;
}

export interface RawRow {
  readonly file: string;
  readonly line: number | null;
  readonly raw: string;
}

/** Reads one format into columns. Adding a format is one reader and one line in the catalogue. */
export interface Reader {
  readonly format: SourceFormat;
  /** Whether the bytes are text: encodings and line lengths apply. */
  readonly text: boolean;
  read(request: ReadRequest): Promise<RawTable>;
}
