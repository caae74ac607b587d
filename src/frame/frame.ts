import { emptyRecord } from '../base/record.js';
import { type Column, columnLength, type Scalar, takeColumn, valueAt } from './column.js';

/** Named columns of equal length, in order. */
export interface Frame {
  readonly kind: 'frame';
  readonly rows: number;
  readonly columns: Readonly<Record<string, Column>>;
}

/** One row as plain values by column name. */
export type Row = Readonly<Record<string, Scalar>>;

/** A frame of columns that must all have the same length (a TypeError otherwise: it is a bug, not bad input). */
export function frame(columns: Readonly<Record<string, Column>>, rows?: number): Frame {
  const lengths = Object.values(columns).map(columnLength);
  const count = rows ?? lengths[0] ?? 0;
  if (lengths.some((length) => length !== count)) throw new TypeError(`columns of unequal length: ${lengths.join(', ')}`);
  return { kind: 'frame', rows: count, columns };
}

/** The column of that name; a TypeError when there is none (public surfaces check names first). */
export function columnOf(table: Frame, name: string): Column {
  const column = Object.hasOwn(table.columns, name) ? table.columns[name] : undefined;
  if (!column) throw new TypeError(`no column '${name}' among ${Object.keys(table.columns).join(', ')}`);
  return column;
}

/** A row as plain values. */
export function rowAt(table: Frame, row: number): Row {
  const out = emptyRecord<Scalar>();
  for (const name of Object.keys(table.columns)) out[name] = valueAt(table.columns[name] as Column, row);
  return out;
}

/** The rows named by `rows`, in that order. */
export function takeRows(table: Frame, rows: Int32Array | Uint32Array): Frame {
  const columns = emptyRecord<Column>();
  for (const [name, column] of Object.entries(table.columns)) columns[name] = takeColumn(column, rows);
  return { kind: 'frame', rows: rows.length, columns };
}

/** The frame with some columns added or replaced. */
export function withColumns(table: Frame, columns: Readonly<Record<string, Column>>): Frame {
  return frame({ ...table.columns, ...columns }, table.rows);
}

/** The frame with only the named columns, in that order. */
export function selectColumns(table: Frame, names: readonly string[]): Frame {
  return frame(Object.fromEntries(names.map((name) => [name, columnOf(table, name)])), table.rows);
}
