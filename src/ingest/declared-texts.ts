import type { ColumnPlan } from '../define/plan.js';

const NUMBER = /^[+-]?\d*\.?\d+(?:[eE][+-]?\d+)?$/;

/**
 * Whether the texts of a column must be kept because a number in them may mean something else than itself: as a name or code, as a
 * moment, as missing, or with another decimal sign.
 * @param plan null where it is still to be found what the column is
 */
export function textTypesNeedTexts(plan: ColumnPlan | null, missing: readonly string[]): boolean {
  if (missing.some((text) => NUMBER.test(text.trim()))) return true;
  if (plan === null) return false;
  if (plan.type !== 'number' && plan.type !== 'integer') return true;
  const { decimal, group, missing: own } = plan.reads ?? {};
  return decimal !== undefined || group !== undefined || (own ?? []).some((text) => NUMBER.test(text.trim()));
}
