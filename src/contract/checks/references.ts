import { fail } from '../../base/error.js';
import { valueAt } from '../../frame/column.js';
import { columnOf, type Frame } from '../../frame/frame.js';
import { type CheckKind, missingRows, type PlanOf } from './check-kind.js';

/** The columns' values occur together in another source; a row with a missing value refers to nothing and holds. */
export const referencesCheck: CheckKind<PlanOf<'references'>> = {
  check: 'references',
  columns: (plan) => plan.columns,
  says: (plan) =>
    `${plan.columns.map((name) => `'${name}'`).join(' and ')} occurs in ${plan.target.join(' and ')} of '${plan.source}'`,
  test(plan, table, _, context) {
    const other = Object.hasOwn(context.sources, plan.source) ? context.sources[plan.source] : undefined;
    if (!other)
      fail('MW_VALIDATE_REFERENCE_MISSING', {
        what: `The rows of source '${plan.source}' were not given.`,
        where: { source: plan.source },
      });
    for (const name of plan.target)
      if (!Object.hasOwn(other.columns, name))
        fail('MW_VALIDATE_COLUMN_UNKNOWN', {
          what: `Source '${plan.source}' has no column '${name}'.`,
          where: { source: plan.source, column: name },
        });
    const known = keysOf(other, plan.target);
    const missing = new Uint8Array(table.rows);
    for (const name of plan.columns)
      missingRows(columnOf(table, name)).forEach((is, row) => (missing[row] = (missing[row] as number) | is));
    const failing = new Uint8Array(table.rows);
    const key = keyReader(table, plan.columns);
    for (let row = 0; row < table.rows; row++) failing[row] = missing[row] === 1 || known.has(key(row)) ? 0 : 1;
    return { rows: failing };
  },
  value: null,
};

function keysOf(table: Frame, names: readonly string[]): Set<string | number | boolean | null> {
  const key = keyReader(table, names);
  const keys = new Set<string | number | boolean | null>();
  for (let row = 0; row < table.rows; row++) keys.add(key(row));
  return keys;
}

function keyReader(table: Frame, names: readonly string[]): (row: number) => string | number | boolean | null {
  const columns = names.map((name) => columnOf(table, name));
  const [only] = columns;
  if (columns.length === 1 && only) return (row) => valueAt(only, row);
  return (row) => JSON.stringify(columns.map((column) => valueAt(column, row)));
}
