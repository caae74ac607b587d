import { checkFeatures, checkRequest, checkViews } from './check-features.js';
import { checkOperation } from './check-operation.js';
import { checkSources } from './check-sources.js';
import { checkTraining } from './check-training.js';
import { deepFreeze } from './freeze.js';
import type { SystemPlan } from './plan.js';
import { planShape } from './plan-shape.js';

/**
 * A plan from a definition, a store or a file, checked whole: its form, every name in it, and the types of its expressions. The plan
 * that comes back is a frozen copy.
 * @throws MW_PLAN_INVALID on a wrong form; MW_DEFINE_* and MW_OPTION_INVALID on what a definition could have got wrong
 */
export function checkPlan(given: unknown): SystemPlan {
  planShape(given, 'plan');
  const plan = deepFreeze(structuredClone(given) as SystemPlan);
  checkSources(plan);
  checkRequest(plan);
  checkViews(plan);
  checkFeatures(plan);
  checkTraining(plan);
  checkOperation(plan);
  return plan;
}
