import { canonicalJson } from '../base/hash.js';
import type { Expression } from '../frame/expression.js';
import type { SystemPlan } from './plan.js';
import { expressionText } from './plan-text.js';

/** One difference of two plans: where, and what stood and stands there. */
export interface PlanChange {
  readonly kind: 'added' | 'removed' | 'changed';
  /** Like `views.origin.aggregates.lateRate.windows`. */
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** What is different in the second plan; parts with names are compared by name, expressions as formulas. */
export function diffPlans(before: SystemPlan, after: SystemPlan): readonly PlanChange[] {
  const changes: PlanChange[] = [];
  compare('', before, after, changes);
  return changes;
}

function compare(path: string, before: unknown, after: unknown, changes: PlanChange[]): void {
  if (before === undefined) changes.push({ kind: 'added', path, before: null, after: summary(after) });
  else if (after === undefined) changes.push({ kind: 'removed', path, before: summary(before), after: null });
  else if (canonicalJson(before) === canonicalJson(after)) return;
  else if (isPart(before) && isPart(after) && sameSort(before, after)) {
    const [a, b] = [partsOf(before), partsOf(after)];
    for (const name of new Set([...Object.keys(a), ...Object.keys(b)]))
      compare(path === '' ? name : `${path}.${name}`, a[name], b[name], changes);
    // Parts by name may be all the same and only their order another.
    const named = Array.isArray(before) && Object.keys(a).join() !== Object.keys(b).join();
    if (named && Object.keys(a).toSorted().join() === Object.keys(b).toSorted().join())
      changes.push({ kind: 'changed', path, before: Object.keys(a).join(', '), after: Object.keys(b).join(', ') });
  } else changes.push({ kind: 'changed', path, before: summary(before), after: summary(after) });
}

const isPart = (value: unknown): value is object => typeof value === 'object' && value !== null && !isExpression(value);
const isExpression = (value: object): value is Expression =>
  'kind' in value && ((value.kind === 'column' && 'name' in value) || value.kind === 'literal' || value.kind === 'call');
const sameSort = (a: object, b: object) =>
  Array.isArray(a) === Array.isArray(b) &&
  (a as { kind?: unknown }).kind === (b as { kind?: unknown }).kind &&
  nameable(a) === nameable(b);

const identity = (item: unknown): unknown =>
  typeof item === 'object' && item !== null
    ? ((item as { name?: unknown }).name ?? (item as { feature?: unknown }).feature ?? (item as { column?: unknown }).column)
    : undefined;
/** True for a list whose entries all have names, each its own. */
function nameable(value: object): boolean {
  if (!Array.isArray(value)) return false;
  const names = value.map(identity);
  return names.every((name) => typeof name === 'string') && new Set(names).size === names.length;
}

function partsOf(value: object): Readonly<Record<string, unknown>> {
  if (!Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  const byName = nameable(value);
  return Object.fromEntries(value.map((item: unknown, i) => [byName ? String(identity(item)) : String(i), item]));
}

function summary(value: unknown): string {
  if (typeof value === 'object' && value !== null) {
    if (isExpression(value)) return expressionText(value);
    const json = canonicalJson(value);
    return json.length > 160 ? `${json.slice(0, 157)}...` : json;
  }
  return typeof value === 'string' ? value : String(value);
}

/** The differences as lines for a terminal. */
export function describeChanges(changes: readonly PlanChange[]): string {
  if (changes.length === 0) return 'The plans are the same.\n';
  const sign = { added: '+', removed: '-', changed: '~' } as const;
  return changes
    .map(({ kind, path, before, after }) => {
      const what = kind === 'changed' ? `${before} -> ${after}` : (before ?? after);
      return `${sign[kind]} ${path}: ${what}\n`;
    })
    .join('');
}
