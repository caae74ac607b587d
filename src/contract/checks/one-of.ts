import { type PlanOf, valueCheck } from './check-kind.js';

const SHOWN = 5;

/** Every present value is one of a list. */
export const oneOfCheck = valueCheck<PlanOf<'oneOf'>>(
  'oneOf',
  ({ column, values }) =>
    `'${column}' is one of ${values.slice(0, SHOWN).join(', ')}${values.length > SHOWN ? ` and ${values.length - SHOWN} more` : ''}`,
  (plan) => {
    const values = new Set(plan.values);
    return (value) => values.has(String(value));
  },
);
