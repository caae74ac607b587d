import type { CheckPlan, ColumnPlan, ContractPlan } from '../define/plan.js';
import type { Frame } from '../frame/frame.js';
import type { ColumnProfile, FrameProfile } from './profile.js';
import { profileFrame } from './profile-frame.js';

/** Ranges are widened by this share of what was seen on each side. */
const SLACK = 0.5;
/** More rows may be missing than were: the share seen, doubled, and 2 points more. */
const MISSING_FACTOR = 2;
const MISSING_SLACK = 0.02;
const FEW = 20;

/**
 * A contract that the data hold and later data may be held to: types, missing values not much commoner than seen, ranges with slack,
 * categories, and uniqueness of what names the rows. Everything but the types only warns, since it is a guess.
 * @param profile of the same frame, where it was made before
 */
export function inferContract(
  table: Frame,
  columns: Readonly<Record<string, ColumnPlan>>,
  profile: FrameProfile = profileFrame(table, columns),
): ContractPlan {
  const identifiers = new Set(profile.findings.filter((each) => each.finding === 'identifier').flatMap((each) => each.columns));
  const checks: CheckPlan[] = [];
  for (const [name, plan] of Object.entries(columns)) {
    const seen = profile.columns[name];
    if (seen) checks.push(...checksOf(name, plan, seen, profile.rows, identifiers.has(name)));
  }
  return { kind: 'contract', columns, checks };
}

function checksOf(column: string, plan: ColumnPlan, seen: ColumnProfile, rows: number, identifier: boolean): CheckPlan[] {
  const checks: CheckPlan[] = [{ kind: 'check', check: 'type', column, onFail: 'quarantine' }];
  const share = rows > 0 ? seen.missing / rows : 0;
  if (share < 1) {
    const atMost = share === 0 ? 0 : Math.min(1, round(share * MISSING_FACTOR + MISSING_SLACK));
    if (atMost < 1) checks.push({ kind: 'check', check: 'notNull', column, atMost, onFail: 'warn' });
  }
  if (identifier && seen.distinct === rows) {
    checks.push({ kind: 'check', check: 'unique', columns: [column], onFail: 'warn' });
    return checks;
  }
  if (plan.categories) checks.push({ kind: 'check', check: 'oneOf', column, values: plan.categories, onFail: 'warn' });
  if (seen.numbers && plan.type !== 'timestamp' && rows >= FEW && !identifier) {
    const { low, high } = range(seen.numbers.min, seen.numbers.max, plan.type === 'integer');
    checks.push({ kind: 'check', check: 'between', column, low, high, onFail: 'warn' });
  }
  return checks;
}

/** The range seen with slack; what was never negative (or never above 1 and never below 0) stays so. */
function range(min: number, max: number, whole: boolean): { low: number; high: number } {
  if (!whole && min >= 0 && max <= 1) return { low: 0, high: 1 };
  const slack = Math.max(max - min, Math.abs(max), Math.abs(min)) * SLACK;
  const low = min >= 0 ? Math.max(0, min - slack) : min - slack;
  const high = max <= 0 ? Math.min(0, max + slack) : max + slack;
  return whole ? { low: Math.floor(low), high: Math.ceil(high) } : { low: round(low), high: round(high) };
}

const round = (value: number) => Number(value.toPrecision(6));
