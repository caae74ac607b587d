import { type ContentHash, hashData } from '../base/hash.js';
import type { ColumnPlan, ConnectorPlan } from '../define/plan.js';
import type { Frame } from '../frame/frame.js';
import type { PreparedFile } from './prepare-file.js';

/** What was read, once and for all: plain data. The same files read in the same way have the same hash, wherever they lie. */
export interface Snapshot {
  readonly kind: 'snapshot';
  readonly source: string;
  /** Over the bytes of the files in order and how they were read. */
  readonly hash: ContentHash;
  /** Rows that could be read. */
  readonly rows: number;
  /** Size of the files on disk. */
  readonly bytes: number;
  readonly files: readonly { readonly path: string; readonly hash: ContentHash; readonly bytes: number }[];
  /** First and last event time; null without a time column or without a time in it. */
  readonly time: { readonly from: number; readonly to: number } | null;
}

export function snapshotOf(
  source: string,
  files: readonly PreparedFile[],
  connector: ConnectorPlan,
  columns: Readonly<Record<string, ColumnPlan>>,
  table: Frame,
  time: string | null,
): Snapshot {
  return {
    kind: 'snapshot',
    source,
    hash: hashData({ files: files.map((file) => file.hash), format: connector.format, options: connector.options, columns }),
    rows: table.rows,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    files: files.map(({ path, hash, bytes }) => ({ path, hash, bytes })),
    time: time === null ? null : timeRange(table, time),
  };
}

function timeRange(table: Frame, time: string): Snapshot['time'] {
  const column = table.columns[time];
  if (column?.kind !== 'timestamp') return null;
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < column.values.length; row++) {
    const value = column.values[row] as number;
    if (value < from) from = value;
    if (value > to) to = value;
  }
  return from <= to ? { from, to } : null;
}
