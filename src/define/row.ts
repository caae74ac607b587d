import type { ColumnKind } from '../frame/column.js';
import { column } from '../frame/expression.js';
import { kindOfType } from '../types/catalogue.js';
import { namesOf, unknown } from './complain.js';
import type { ColumnType } from './plan.js';
import { expressionFrom, type RowExpression, type RowExpressions } from './row-expressions.js';

/** An expression of a column of the given type. */
export function columnExpression(name: string, type: ColumnType, categories: readonly string[] | null): RowExpression {
  return expressionFrom(column(name), kindOfType(type), categories);
}

/** The columns of a source as a row of expressions. */
export function rowOf<R>(
  owner: string,
  columns: Readonly<Record<string, { readonly type: ColumnType; readonly categories: readonly string[] | null }>>,
): RowExpressions<R> {
  const row: Record<string, RowExpression> = Object.create(null);
  for (const [name, plan] of Object.entries(columns)) row[name] = columnExpression(name, plan.type, plan.categories);
  return namesOf(row, (name, names) =>
    unknown(owner, `${owner} has no column '${name}'.`, name, names, 'Columns'),
  ) as RowExpressions<R>;
}

/** How the values of declared columns are kept. */
export function kindsOf(
  columns: Readonly<Record<string, { readonly type: ColumnType }>>,
): Readonly<Record<string, ColumnKind>> {
  return Object.fromEntries(Object.entries(columns).map(([name, { type }]) => [name, kindOfType(type)]));
}
