import { type Column, type Scalar, valueAt } from '../frame/column.js';
import { columnOf, type Frame } from '../frame/frame.js';
import type { RowCheck, RowProblem } from './row-check.js';

/** Columns of a table as they are read for scoring. */
export interface RowsToCheck {
  /** The columns of the check; null where a value is missing or cannot be read. */
  readonly table: Frame;
  /** By column: what stands in the rows whose value cannot be read. */
  readonly unreadable: ReadonlyMap<string, ReadonlyMap<number, unknown>>;
  /** Columns beside those of the check. */
  readonly others: Readonly<Record<string, Column>>;
}

/** What a request of each row would be told, by row; rows without problems are left out. */
export function checkRows(check: RowCheck, { table, unreadable, others }: RowsToCheck): Map<number, readonly RowProblem[]> {
  const columns = check.columns.map((name) => columnOf(table, name));
  const found = new Map<number, readonly RowProblem[]>();
  const values: Scalar[] = columns.map(() => null);
  const beside = Object.entries(others);
  let row = 0;
  const badValue = (name: string) => unreadable.get(name)?.get(row);
  for (; row < table.rows; row++) {
    for (let j = 0; j < columns.length; j++) values[j] = valueAt(columns[j] as Column, row);
    const present =
      beside.length === 0 ? [] : beside.flatMap(([name, column]) => (valueAt(column, row) === null ? [] : [name]));
    const problems = check.checkRead(values, unreadable.size === 0 ? null : badValue, present);
    if (problems.length > 0) found.set(row, problems);
  }
  return found;
}

export const isRefusal = (problems: readonly RowProblem[]): boolean => problems.some(({ severity }) => severity === 'error');
