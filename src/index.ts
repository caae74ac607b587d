/** Millwright: the definition language. Everything a definition file imports. */
export type { SystemPlan } from './define/plan.js';
