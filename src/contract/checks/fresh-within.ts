import { formatDuration } from '../../base/duration.js';
import { columnOf } from '../../frame/frame.js';
import { type CheckKind, type PlanOf } from './check-kind.js';

/** The newest moment of the column is at most a span before now. */
export const freshWithinCheck: CheckKind<PlanOf<'freshWithin'>> = {
  check: 'freshWithin',
  columns: (plan) => [plan.column],
  says: (plan) => `the newest '${plan.column}' is at most ${formatDuration(plan.span)} old`,
  test(plan, table, _, context) {
    const column = columnOf(table, plan.column);
    let newest = Number.NEGATIVE_INFINITY;
    if (column.kind === 'timestamp') for (const value of column.values) if (value > newest) newest = value;
    if (newest === Number.NEGATIVE_INFINITY) return { holds: false, found: 'it has no moment at all' };
    const age = context.now - newest;
    return {
      holds: age <= plan.span,
      found: `it is of ${new Date(newest).toISOString()}, ${Math.round(age / 1000)} s before now`,
    };
  },
  value: null,
};
