import type { CheckPlan } from '../../define/plan.js';
import { betweenCheck } from './between.js';
import type { CheckKind, CheckName, PlanOf } from './check-kind.js';
import { freshWithinCheck } from './fresh-within.js';
import { holdsCheck } from './holds.js';
import { matchesCheck } from './matches.js';
import { monotoneCheck } from './monotone.js';
import { notNullCheck } from './not-null.js';
import { oneOfCheck } from './one-of.js';
import { referencesCheck } from './references.js';
import { rowCountCheck } from './row-count.js';
import { sqlCheck } from './sql.js';
import { typeCheck } from './type.js';
import { uniqueCheck } from './unique.js';

/** Every kind of check by its name. */
export const CHECKS: { readonly [K in CheckName]: CheckKind<PlanOf<K>> } = {
  type: typeCheck,
  notNull: notNullCheck,
  between: betweenCheck,
  oneOf: oneOfCheck,
  matches: matchesCheck,
  unique: uniqueCheck,
  freshWithin: freshWithinCheck,
  rowCount: rowCountCheck,
  monotone: monotoneCheck,
  references: referencesCheck,
  holds: holdsCheck,
  sql: sqlCheck,
};

/** The kind of a plan's check, whatever it is. */
export const kindOfCheck = (name: CheckName): CheckKind<CheckPlan> => CHECKS[name] as unknown as CheckKind<CheckPlan>;
