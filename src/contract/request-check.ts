import type { CheckPlan, ContractPlan, SystemPlan } from '../define/plan.js';
import { columnsRead } from '../frame/expression.js';
import { compileRowCheck, type RowCheck } from './row-check.js';

type RequestPlans = Pick<SystemPlan, 'request' | 'sources' | 'label'>;

export const requestCheck = (plan: RequestPlans): RowCheck => compileRowCheck(requestContract(plan));

/** The contract of a request: its columns, and what the label source's contract says of them alone. */
export function requestContract(plan: RequestPlans): Pick<ContractPlan, 'columns' | 'checks'> {
  const { columns } = plan.request;
  const checks = (plan.sources[plan.label.source] as SystemPlan['sources'][string]).contract.checks.filter((check) =>
    columnsOf(check).every((name) => Object.hasOwn(columns, name)),
  );
  return { columns, checks };
}

/** The columns that a check of single rows reads; of another check, none that a request could have. */
function columnsOf(check: CheckPlan): readonly string[] {
  if (check.check === 'holds') return [...columnsRead(check.expression)];
  return 'column' in check ? [check.column] : ['\u0000 not about a row'];
}
