import type { ColumnPlan } from '../../define/plan.js';
import { type PlanOf, type ValueTest, valueCheck } from './check-kind.js';

const finite: ValueTest = (value) => typeof value === 'number' && value - value === 0;
const text: ValueTest = (value) => typeof value === 'string';

const HOLDS: Readonly<Record<ColumnPlan['type'], ValueTest>> = {
  number: finite,
  integer: (value) => Number.isSafeInteger(value),
  timestamp: finite,
  boolean: (value) => typeof value === 'boolean',
  string: text,
  category: text,
  text,
};

/** Every present value is of the declared type. Which categories there are is the business of `oneOf`. */
export const typeCheck = valueCheck<PlanOf<'type'>>(
  'type',
  (plan) => `'${plan.column}' has values of its declared type`,
  (_, column) => (column ? HOLDS[column.type] : () => true),
);
