import type { CheckPlan, ContractPlan, SystemPlan } from '../define/plan.js';
import { columnsRead } from '../frame/expression.js';
import { compileRowCheck, type RowCheck, type RowContract } from './row-check.js';

type RequestPlans = Pick<SystemPlan, 'request' | 'sources' | 'label'>;

export const requestCheck = (plan: RequestPlans): RowCheck => compileRowCheck(requestContract(plan));

/**
 * The contract of a request: its columns, and what the label source's contract says of them alone. That source's other columns may come
 * along, as they do when a file is scored.
 */
export function requestContract(plan: RequestPlans): RowContract & Pick<ContractPlan, 'checks'> {
  const { columns } = plan.request;
  const { contract } = plan.sources[plan.label.source] as SystemPlan['sources'][string];
  const checks = contract.checks.filter((check) => columnsOf(check).every((name) => Object.hasOwn(columns, name)));
  return { columns, checks, aside: Object.keys(contract.columns).filter((name) => !Object.hasOwn(columns, name)) };
}

/** The columns that a check of single rows reads; of another check, none that a request could have. */
function columnsOf(check: CheckPlan): readonly string[] {
  if (check.check === 'holds') return [...columnsRead(check.expression)];
  return 'column' in check ? [check.column] : ['\u0000 not about a row'];
}
