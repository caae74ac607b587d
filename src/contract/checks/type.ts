import type { ColumnPlan } from '../../define/plan.js';
import { reader } from '../../types/reader.js';
import { type PlanOf, type ValueTest, valueCheck } from './check-kind.js';

/** A value is of a type when it is read as itself. */
function isOfType({ type }: ColumnPlan): ValueTest {
  const read = reader({ type });
  return (value) => read(value) === value;
}

/** Every present value is of the declared type. Which categories there are is the business of `oneOf`. */
export const typeCheck = valueCheck<PlanOf<'type'>>(
  'type',
  (plan) => `'${plan.column}' has values of its declared type`,
  (_, column) => (column ? isOfType(column) : () => true),
);
