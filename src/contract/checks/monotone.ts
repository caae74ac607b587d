import { columnOf } from '../../frame/frame.js';
import { type CheckKind, type PlanOf } from './check-kind.js';

/** The column never goes down from row to row; a row fails when it is below the highest before it. Missing values are passed over. */
export const monotoneCheck: CheckKind<PlanOf<'monotone'>> = {
  check: 'monotone',
  columns: (plan) => [plan.column],
  says: (plan) => `'${plan.column}' never goes down`,
  test(plan, table) {
    const column = columnOf(table, plan.column);
    const failing = new Uint8Array(table.rows);
    if (column.kind === 'number' || column.kind === 'timestamp') {
      let highest = Number.NEGATIVE_INFINITY;
      for (let row = 0; row < failing.length; row++) {
        const value = column.values[row] as number;
        if (value < highest) failing[row] = 1;
        else if (value > highest) highest = value;
      }
    }
    return { rows: failing };
  },
  value: null,
};
