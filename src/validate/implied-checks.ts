import type { CheckPlan, ContractPlan } from '../define/plan.js';

/**
 * What columns declare of themselves, as checks: their type, that a required one is never missing, and (as a warning, since the world may
 * have made a new one) the categories of a closed list. A check of the contract about the same takes its place.
 */
export function impliedChecks(contract: ContractPlan): CheckPlan[] {
  const said = (kind: CheckPlan['check'], name: string) =>
    contract.checks.some((check) => check.check === kind && 'column' in check && check.column === name);
  const checks: CheckPlan[] = [];
  for (const [column, plan] of Object.entries(contract.columns)) {
    if (!said('type', column)) checks.push({ kind: 'check', check: 'type', column, onFail: 'quarantine' });
    if (!plan.nullable && !said('notNull', column))
      checks.push({ kind: 'check', check: 'notNull', column, atMost: 0, onFail: 'quarantine' });
    if (plan.categories && !said('oneOf', column))
      checks.push({ kind: 'check', check: 'oneOf', column, values: plan.categories, onFail: 'warn' });
  }
  return checks;
}
