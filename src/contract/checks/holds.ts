import { compileRows } from '../../frame/compile-expression.js';
import { columnsRead } from '../../frame/expression.js';
import { type CheckKind, type PlanOf } from './check-kind.js';

/** An expression over the row's columns is true; a row for which it is missing holds, as in SQL's CHECK. */
export const holdsCheck: CheckKind<PlanOf<'holds'>> = {
  check: 'holds',
  columns: (plan) => [...columnsRead(plan.expression)],
  says: (plan) => plan.name,
  test(plan, table) {
    const truth = compileRows(plan.expression)(table);
    const failing = new Uint8Array(table.rows);
    if (truth.kind === 'boolean') for (let row = 0; row < failing.length; row++) failing[row] = truth.values[row] === 0 ? 1 : 0;
    return { rows: failing };
  },
  value: null,
};
