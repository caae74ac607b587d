import type { ColumnPlan, FeaturePlan } from '../define/plan.js';
import type { Column } from '../frame/column.js';
import { call, column as columnNamed, type Expression, literal } from '../frame/expression.js';
import { wordy } from './infer-left-out.js';

const DAY = 86_400_000;
/** Texts with more distinct values than this share of the rows are scored by their words, when they have more than one. */
const MOST_DISTINCT = 0.5;

/** The column as it is read: a string of many words is text, whatever a first look took it for. */
export function readAs(plan: ColumnPlan, column: Column): ColumnPlan {
  if (plan.type !== 'string' || column.kind !== 'string') return plan;
  const many = column.dictionary.length > MOST_DISTINCT * column.codes.length;
  return many && wordy(column.dictionary) ? { ...plan, type: 'text' } : plan;
}

/** The features that a source column gives by itself: dates several, everything else one. */
export function featuresOf(name: string, plan: ColumnPlan, column: Column, taken: ReadonlySet<string>): FeaturePlan[] {
  if (column.kind === 'timestamp') return dateFeatures(name, column.values, taken);
  return [{ kind: 'feature', name, type: featureType(plan, column), from: { kind: 'fromRequest', column: name } }];
}

function featureType(plan: ColumnPlan, column: Column): FeaturePlan['type'] {
  if (plan.type === 'boolean') return 'boolean';
  if (plan.type === 'text') return 'text';
  return column.kind === 'string' ? 'category' : 'number';
}

/** Parts of a date that vary in the data, and the days since the first one, which carries the year. */
function dateFeatures(name: string, values: Float64Array, taken: ReadonlySet<string>): FeaturePlan[] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let timeOfDay = false;
  for (const value of values) {
    if (value !== value) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
    if (value % DAY !== 0) timeOfDay = true;
  }
  const at = columnNamed(name);
  const days = call('div', call('minus', at, literal(Math.floor(low / DAY) * DAY, 'timestamp')), literal(DAY));
  const parts: [string, Expression, boolean][] = [
    ['month', call('monthOf', at), high - low > 45 * DAY],
    ['day', call('dayOf', at), high - low > 7 * DAY],
    ['weekday', call('weekdayOf', at), high - low > 2 * DAY],
    ['hour', call('hourOf', at), timeOfDay],
    ['days', days, high - low > DAY],
  ];
  return parts
    .filter(([, , varies]) => varies)
    .map(([part, expression]) => ({
      kind: 'feature',
      name: unused(`${name}_${part}`, taken),
      type: 'number',
      from: { kind: 'fromExpression', expression },
    }));
}

function unused(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  while (taken.has(free)) free = `${free}_`;
  return free;
}
