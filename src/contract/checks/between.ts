import { type PlanOf, valueCheck } from './check-kind.js';

/** Every present value is in [low, high]; moments are epoch milliseconds. */
export const betweenCheck = valueCheck<PlanOf<'between'>>(
  'between',
  ({ column, low, high }) => {
    if (low === null) return `'${column}' is at most ${high}`;
    return high === null ? `'${column}' is at least ${low}` : `'${column}' is between ${low} and ${high}`;
  },
  (plan) => {
    const low = plan.low ?? Number.NEGATIVE_INFINITY;
    const high = plan.high ?? Number.POSITIVE_INFINITY;
    return (value) => typeof value === 'number' && value >= low && value <= high;
  },
);
