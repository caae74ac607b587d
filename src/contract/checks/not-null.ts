import { columnOf } from '../../frame/frame.js';
import { type CheckKind, countOf, missingRows, type PlanOf } from './check-kind.js';

/** At most a share of the rows has no value; when more have none, all of those fail. */
export const notNullCheck: CheckKind<PlanOf<'notNull'>> = {
  check: 'notNull',
  columns: (plan) => [plan.column],
  says: (plan) =>
    plan.atMost === 0
      ? `'${plan.column}' is never missing`
      : `'${plan.column}' is missing in at most ${plan.atMost * 100} % of the rows`,
  test(plan, table) {
    const missing = missingRows(columnOf(table, plan.column));
    const count = countOf(missing);
    return { rows: count <= plan.atMost * table.rows ? new Uint8Array(table.rows) : missing };
  },
  value: null,
};
