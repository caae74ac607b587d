import type { CheckPlan, ColumnPlan } from '../../define/plan.js';
import type { Column, Scalar } from '../../frame/column.js';
import { columnOf, type Frame } from '../../frame/frame.js';

export type CheckName = CheckPlan['check'];
export type PlanOf<K extends CheckName> = Extract<CheckPlan, { check: K }>;

/** What checks may look at besides the rows. */
export interface CheckContext {
  /** The moment that freshness is judged at, epoch milliseconds. */
  readonly now: number;
  /** Rows of other sources by name, for references. */
  readonly sources: Readonly<Record<string, Frame>>;
}

/** What a check found: 1 for each row that fails, or whether the rows as a whole hold, with the figures. */
export type Outcome = { readonly rows: Uint8Array } | { readonly holds: boolean; readonly found: string };

/** Whether one value holds; missing values never come here. */
export type ValueTest = (value: Exclude<Scalar, null>) => boolean;

/**
 * A kind of check. `value` is there for checks of single values: from it the batch and the request test the same.
 * Adding a kind is one file with this and one line in the catalogue.
 */
export interface CheckKind<P extends CheckPlan> {
  readonly check: P['check'];
  /** The columns it reads, which must be there. */
  columns(plan: P): readonly string[];
  /** What is asked, in words. */
  says(plan: P): string;
  test(plan: P, table: Frame, columns: Readonly<Record<string, ColumnPlan>>, context: CheckContext): Outcome | Promise<Outcome>;
  readonly value: ((plan: P, column: ColumnPlan | undefined) => ValueTest) | null;
}

/** A kind of check that looks at each present value of one column by itself. */
export function valueCheck<P extends CheckPlan & { readonly column: string }>(
  check: P['check'],
  says: (plan: P) => string,
  value: (plan: P, column: ColumnPlan | undefined) => ValueTest,
): CheckKind<P> {
  return {
    check,
    columns: (plan) => [plan.column],
    says,
    test: (plan, table, columns) => ({ rows: failingValues(columnOf(table, plan.column), value(plan, columns[plan.column])) }),
    value,
  };
}

/** The rows whose present value does not hold; a text is tested once however often it occurs. */
export function failingValues(column: Column, holds: ValueTest): Uint8Array {
  const failing = new Uint8Array(column.kind === 'string' ? column.codes.length : column.values.length);
  if (column.kind === 'string') {
    const bad = Uint8Array.from(column.dictionary, (text) => Number(!holds(text)));
    for (let row = 0; row < failing.length; row++) {
      const code = column.codes[row] as number;
      if (code >= 0) failing[row] = bad[code] as number;
    }
  } else if (column.kind === 'boolean') {
    for (let row = 0; row < failing.length; row++) {
      const value = column.values[row] as number;
      if (value <= 1) failing[row] = Number(!holds(value === 1));
    }
  } else {
    for (let row = 0; row < failing.length; row++) {
      const value = column.values[row] as number;
      if (value === value) failing[row] = Number(!holds(value));
    }
  }
  return failing;
}

export function countOf(rows: Uint8Array): number {
  let count = 0;
  for (let row = 0; row < rows.length; row++) count += rows[row] as number;
  return count;
}

/** 1 for each row where the column has no value. */
export function missingRows(column: Column): Uint8Array {
  const n = column.kind === 'string' ? column.codes.length : column.values.length;
  const missing = new Uint8Array(n);
  if (column.kind === 'string') for (let row = 0; row < n; row++) missing[row] = (column.codes[row] as number) < 0 ? 1 : 0;
  else if (column.kind === 'boolean')
    for (let row = 0; row < n; row++) missing[row] = (column.values[row] as number) > 1 ? 1 : 0;
  else for (let row = 0; row < n; row++) missing[row] = column.values[row] === column.values[row] ? 0 : 1;
  return missing;
}
