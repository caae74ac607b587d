import type { ColumnKind } from '../frame/column.js';
import { call, type Expression, literal } from '../frame/expression.js';
import { shown, unknown, wrongType } from './complain.js';
import {
  BooleanExpression,
  boolean,
  expressionFrom,
  guarded,
  NumberExpression,
  type Numeric,
  number,
  numberOf,
  numeric,
  RowExpression,
  StringExpression,
  type TimestampExpression,
  type Truth,
  truth,
  type Value,
  value,
} from './row-expressions.js';

const SPANS = { minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const;
const spanned = (unit: keyof typeof SPANS) => (amount: Numeric) => {
  if (typeof amount === 'number') return guarded(new NumberExpression(literal(numberOf(amount, unit) * SPANS[unit])));
  return number('times', numeric(amount, unit), literal(SPANS[unit]));
};
/** A number of minutes as milliseconds. */
export const minutes = spanned('minutes');
/** A number of hours as milliseconds. */
export const hours = spanned('hours');
/** A number of days as milliseconds. */
export const days = spanned('days');

/** A missing value of a type, for `choose`. */
export function missing<K extends ColumnKind>(kind: K): Extract<AnyExpression, { readonly kind: K }> {
  const kinds: readonly ColumnKind[] = ['number', 'boolean', 'timestamp', 'string'];
  if (!kinds.includes(kind)) unknown('missing', `There is no type ${shown(kind)}.`, String(kind), kinds, 'Types');
  return expressionFrom(literal(null, kind), kind) as Extract<AnyExpression, { readonly kind: K }>;
}
type AnyExpression = NumberExpression | BooleanExpression | StringExpression | TimestampExpression;
/** The values one after another as one text. */
export function joinText(first: Value, ...rest: readonly Value[]): StringExpression {
  return guarded(new StringExpression(call('text', ...[first, ...rest].map((one) => value<Value>(one).expression))));
}

/** True where both are true. */
export const and = (first: Truth, ...rest: readonly Truth[]): BooleanExpression => joined('and', first, rest);
/** True where any is true. */
export const or = (first: Truth, ...rest: readonly Truth[]): BooleanExpression => joined('or', first, rest);
export const not = (condition: Truth): BooleanExpression => boolean('not', truth(condition, 'not'));
/** True where the value is missing. */
export const isMissing = (value: RowExpression): BooleanExpression => {
  if (!(value instanceof RowExpression)) wrongType('isMissing', `isMissing takes an expression, not ${shown(value)}.`);
  return value.isMissing();
};

function joined(op: 'and' | 'or', first: Truth, rest: readonly Truth[]): BooleanExpression {
  return guarded(new BooleanExpression(rest.reduce<Expression>((all, one) => call(op, all, truth(one, op)), truth(first, op))));
}
