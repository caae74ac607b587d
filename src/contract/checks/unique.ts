import { columnOf } from '../../frame/frame.js';
import { firstEquals, rowHashes } from '../../frame/row-hashes.js';
import { type CheckKind, missingRows, type PlanOf } from './check-kind.js';

/** No two rows are equal in the columns together; of equal rows the first holds. A row with a missing value is equal to none. */
export const uniqueCheck: CheckKind<PlanOf<'unique'>> = {
  check: 'unique',
  columns: (plan) => plan.columns,
  says: (plan) =>
    `${plan.columns.map((name) => `'${name}'`).join(' and ')} ${plan.columns.length > 1 ? 'together name' : 'names'} one row`,
  test(plan, table) {
    const missing = new Uint8Array(table.rows);
    for (const name of plan.columns) {
      const rows = missingRows(columnOf(table, name));
      for (let row = 0; row < rows.length; row++) if (rows[row] === 1) missing[row] = 1;
    }
    const first = firstEquals(rowHashes(table, plan.columns), missing);
    const failing = new Uint8Array(table.rows);
    for (let row = 0; row < failing.length; row++) failing[row] = first[row] === row || first[row] === -1 ? 0 : 1;
    return { rows: failing };
  },
  value: null,
};
