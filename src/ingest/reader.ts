import type { ColumnPlan, ConnectorPlan, SourceFormat } from '../define/plan.js';
import type { DuckDBConnection } from '../engines/duckdb/database.js';
import type { Frame } from '../frame/frame.js';
import type { PreparedFile } from './prepare-file.js';
import type { TextType } from './text-types.js';

export interface ReadRequest {
  readonly connection: DuckDBConnection;
  readonly files: readonly PreparedFile[];
  /** Options that are not said are found and come back in the result. */
  readonly options: ConnectorPlan['options'];
  /** Declared columns; null to take all that are there and find their types. */
  readonly declared: Readonly<Record<string, ColumnPlan>> | null;
  readonly maxLineBytes: number;
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

export interface RawTable {
  readonly frame: Frame;
  readonly options: ConnectorPlan['options'];
  readonly rejected: readonly RejectedRow[];
  readonly warnings: readonly string[];
  /** Types that the reader knows and the frame alone does not show (integer or number, code or number). */
  readonly types: Readonly<Record<string, TextType>>;
  /** Rows of the frame (from 0, ascending) as they stand in the file; null where the format has no text of a row. */
  readonly rawRows: ((rows: readonly number[]) => Promise<readonly RawRow[]>) | null;
}

export interface RawRow {
  readonly line: number | null;
  readonly raw: string;
}

/** Reads one format into a frame. Adding a format is one reader and one line in the catalogue. */
export interface Reader {
  readonly format: SourceFormat;
  /** Whether the bytes are text: encodings and line lengths apply. */
  readonly text: boolean;
  read(request: ReadRequest): Promise<RawTable>;
}
