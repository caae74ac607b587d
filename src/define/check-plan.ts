import { deepFreeze } from './freeze.js';
import type { SystemPlan } from './plan.js';

export function checkPlan(given: unknown): SystemPlan {
  return deepFreeze(structuredClone(given)) as SystemPlan;
}
