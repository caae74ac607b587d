import { type CheckKind, type PlanOf } from './check-kind.js';

/** The number of rows is in [low, high]. */
export const rowCountCheck: CheckKind<PlanOf<'rowCount'>> = {
  check: 'rowCount',
  columns: () => [],
  says: (plan) =>
    `there are ${plan.low === null ? '' : `at least ${plan.low}`}${plan.low !== null && plan.high !== null ? ' and ' : ''}${plan.high === null ? '' : `at most ${plan.high}`} rows`,
  test(plan, table) {
    const holds = table.rows >= (plan.low ?? 0) && table.rows <= (plan.high ?? Number.POSITIVE_INFINITY);
    return { holds, found: `there are ${table.rows}` };
  },
  value: null,
};
