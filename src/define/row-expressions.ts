import type { Duration } from '../base/duration.js';
import type { ColumnKind, Scalar } from '../frame/column.js';
import { call, type Expression, literal, type Operation } from '../frame/expression.js';
import { invalid, moment, shown, span, unknown, wrongType } from './complain.js';
import type { Typed, VALUE } from './mistake.js';

export type Numeric = number | NumberExpression;
export type Truth = boolean | BooleanExpression;
export type Moment = Date | string | TimestampExpression;
/** The expression that stands for a value of type T. */
export type ExpressionOf<T> = [T] extends [number]
  ? NumberExpression
  : [T] extends [boolean]
    ? BooleanExpression
    : [T] extends [Date]
      ? TimestampExpression
      : [T] extends [string]
        ? StringExpression<T>
        : never;
/** An expression for each column of a row. */
export type RowExpressions<R> = { readonly [K in keyof R]: ExpressionOf<R[K]> };

/** An expression over the values of one row, built by methods and kept as data in `expression`. */
export abstract class RowExpression<T = unknown> implements Typed<T> {
  /** For the compiler only: the type of the values. */
  declare readonly [VALUE]?: T;
  abstract readonly kind: ColumnKind;
  readonly expression: Expression;

  constructor(expression: Expression) {
    this.expression = expression;
  }
  /** True where the value is missing; never missing itself. */
  isMissing(): BooleanExpression {
    return boolean('isMissing', this.expression);
  }
}

/** Numbers; missing operands make missing results, and so does division by zero. */
export class NumberExpression extends RowExpression<number> {
  readonly kind = 'number';

  plus(other: Numeric): NumberExpression {
    return number('plus', this.expression, numeric(other, 'plus'));
  }
  minus(other: Numeric): NumberExpression {
    return number('minus', this.expression, numeric(other, 'minus'));
  }
  times(other: Numeric): NumberExpression {
    return number('times', this.expression, numeric(other, 'times'));
  }
  div(other: Numeric): NumberExpression {
    return number('div', this.expression, numeric(other, 'div'));
  }
  negate(): NumberExpression {
    return number('negate', this.expression);
  }
  abs(): NumberExpression {
    return number('abs', this.expression);
  }
  /** Natural logarithm; missing for numbers that have none. */
  log(): NumberExpression {
    return number('log', this.expression);
  }
  /** Square root; missing for negative numbers. */
  sqrt(): NumberExpression {
    return number('sqrt', this.expression);
  }
  floor(): NumberExpression {
    return number('floor', this.expression);
  }
  min(other: Numeric): NumberExpression {
    return number('min', this.expression, numeric(other, 'min'));
  }
  max(other: Numeric): NumberExpression {
    return number('max', this.expression, numeric(other, 'max'));
  }
  eq(other: Numeric): BooleanExpression {
    return boolean('eq', this.expression, numeric(other, 'eq'));
  }
  ne(other: Numeric): BooleanExpression {
    return boolean('ne', this.expression, numeric(other, 'ne'));
  }
  lt(other: Numeric): BooleanExpression {
    return boolean('lt', this.expression, numeric(other, 'lt'));
  }
  lte(other: Numeric): BooleanExpression {
    return boolean('lte', this.expression, numeric(other, 'lte'));
  }
  gt(other: Numeric): BooleanExpression {
    return boolean('gt', this.expression, numeric(other, 'gt'));
  }
  gte(other: Numeric): BooleanExpression {
    return boolean('gte', this.expression, numeric(other, 'gte'));
  }
  /** low <= this <= high. */
  between(low: Numeric, high: Numeric): BooleanExpression {
    return this.gte(low).and(this.lte(high));
  }
  oneOf(...values: readonly number[]): BooleanExpression {
    return among(this.expression, values, (value) => numeric(value, 'oneOf'));
  }
  /** This, or `other` where this is missing. */
  coalesce(other: Numeric): NumberExpression {
    return number('coalesce', this.expression, numeric(other, 'coalesce'));
  }
}

/** Truth values with SQL's three-valued logic. */
export class BooleanExpression extends RowExpression<boolean> {
  readonly kind = 'boolean';

  and(other: Truth): BooleanExpression {
    return boolean('and', this.expression, truth(other, 'and'));
  }
  or(other: Truth): BooleanExpression {
    return boolean('or', this.expression, truth(other, 'or'));
  }
  not(): BooleanExpression {
    return boolean('not', this.expression);
  }
  eq(other: Truth): BooleanExpression {
    return boolean('eq', this.expression, truth(other, 'eq'));
  }
  ne(other: Truth): BooleanExpression {
    return boolean('ne', this.expression, truth(other, 'ne'));
  }
  coalesce(other: Truth): BooleanExpression {
    return boolean('coalesce', this.expression, truth(other, 'coalesce'));
  }
  /** 1 where true, 0 where false. */
  number(): NumberExpression {
    return number('number', this.expression);
  }
  /** `yes` where true, `no` elsewhere (missing included). Both are of one type. */
  choose(yes: Numeric, no: Numeric): NumberExpression;
  choose(yes: Truth, no: Truth): BooleanExpression;
  choose(yes: string | StringExpression, no: string | StringExpression): StringExpression;
  choose(yes: Date | TimestampExpression, no: Date | TimestampExpression): TimestampExpression;
  choose(yes: Value, no: Value): RowExpression {
    const [then, otherwise] = [value(yes), value(no)];
    if (then.kind !== otherwise.kind) wrongType('choose', `choose cannot give a ${then.kind} or a ${otherwise.kind}.`);
    return expressionFrom(call('if', this.expression, then.expression, otherwise.expression), then.kind);
  }
}

/** Strings; V is the union of the possible values where the list is closed. */
export class StringExpression<V extends string = string> extends RowExpression<V> {
  readonly kind = 'string';
  /** The closed list of values, where there is one. */
  readonly values: readonly string[] | null;

  constructor(expression: Expression, values: readonly string[] | null = null) {
    super(expression);
    this.values = values;
  }
  eq(other: V | StringExpression): BooleanExpression {
    return boolean('eq', this.expression, this.#operand(other, 'eq'));
  }
  ne(other: V | StringExpression): BooleanExpression {
    return boolean('ne', this.expression, this.#operand(other, 'ne'));
  }
  oneOf(...values: readonly V[]): BooleanExpression {
    return among(this.expression, values, (value) => this.#operand(value, 'oneOf'));
  }
  /** This, or `other` where this is missing. */
  coalesce(other: V | StringExpression<V>): StringExpression<V> {
    return guarded(new StringExpression<V>(call('coalesce', this.expression, this.#operand(other, 'coalesce')), this.values));
  }
  lower(): StringExpression {
    return guarded(new StringExpression(call('lower', this.expression)));
  }
  /** The number that is written here; missing where there is none. */
  number(): NumberExpression {
    return number('number', this.expression);
  }
  /** Number of characters. */
  length(): NumberExpression {
    return number('length', this.expression);
  }
  contains(part: string): BooleanExpression {
    return boolean('contains', this.expression, words(part, 'contains'));
  }

  #operand(other: unknown, method: string): Expression {
    if (typeof other === 'string' && this.values && !this.values.includes(other))
      unknown(
        describe(this.expression),
        `'${other}' is not a category of ${describe(this.expression)}.`,
        other,
        this.values,
        'Categories',
      );
    return words(other, method);
  }
}

/** Moments, UTC. A number added or taken away is milliseconds: see `minutes`, `hours`, `days`. */
export class TimestampExpression extends RowExpression<Date> {
  readonly kind = 'timestamp';

  plus(length: Numeric | Duration): TimestampExpression {
    return guarded(new TimestampExpression(call('plus', this.expression, spanOf(length, 'plus'))));
  }
  minus(other: Date | TimestampExpression): NumberExpression;
  minus(length: Numeric | Duration): TimestampExpression;
  minus(other: Date | TimestampExpression | Numeric | Duration): NumberExpression | TimestampExpression {
    if (other instanceof Date || other instanceof TimestampExpression)
      return number('minus', this.expression, momentOf(other, 'minus'));
    return guarded(new TimestampExpression(call('minus', this.expression, spanOf(other, 'minus'))));
  }
  /** Hour of the day, 0-23. */
  hour(): NumberExpression {
    return number('hourOf', this.expression);
  }
  /** Day of the week, Sunday 0. */
  weekday(): NumberExpression {
    return number('weekdayOf', this.expression);
  }
  /** Day of the month, 1-31. */
  day(): NumberExpression {
    return number('dayOf', this.expression);
  }
  /** Month, 1-12. */
  month(): NumberExpression {
    return number('monthOf', this.expression);
  }
  eq(other: Moment): BooleanExpression {
    return boolean('eq', this.expression, momentOf(other, 'eq'));
  }
  ne(other: Moment): BooleanExpression {
    return boolean('ne', this.expression, momentOf(other, 'ne'));
  }
  lt(other: Moment): BooleanExpression {
    return boolean('lt', this.expression, momentOf(other, 'lt'));
  }
  lte(other: Moment): BooleanExpression {
    return boolean('lte', this.expression, momentOf(other, 'lte'));
  }
  gt(other: Moment): BooleanExpression {
    return boolean('gt', this.expression, momentOf(other, 'gt'));
  }
  gte(other: Moment): BooleanExpression {
    return boolean('gte', this.expression, momentOf(other, 'gte'));
  }
  coalesce(other: Moment): TimestampExpression {
    return guarded(new TimestampExpression(call('coalesce', this.expression, momentOf(other, 'coalesce'))));
  }
}

/** A plain value, or an expression as it is. */
export type Value = number | string | boolean | Date | RowExpression;
/** The expression of a value type. */
type ExpressionOfValue<V> = V extends number
  ? NumberExpression
  : V extends string
    ? StringExpression
    : V extends boolean
      ? BooleanExpression
      : V extends Date
        ? TimestampExpression
        : V;
/** A plain value as an expression: value(1).div(r.distance). */
export function value<V extends Value>(plain: V): ExpressionOfValue<V> {
  const given: unknown = plain;
  const built = (): RowExpression => {
    if (given instanceof RowExpression) return given;
    if (given instanceof Date) return expressionFrom(momentOf(given, 'value'), 'timestamp');
    if (typeof given === 'number') return expressionFrom(literal(numberOf(given, 'value')), 'number');
    if (typeof given === 'string') return expressionFrom(literal(given), 'string');
    if (typeof given === 'boolean') return expressionFrom(literal(given), 'boolean');
    return wrongType('value', `value takes a number, a text, a truth value or a Date, not ${shown(given)}.`);
  };
  return built() as ExpressionOfValue<V>;
}
export const number = (op: Operation, ...args: readonly Expression[]) => guarded(new NumberExpression(call(op, ...args)));
export const boolean = (op: Operation, ...args: readonly Expression[]) => guarded(new BooleanExpression(call(op, ...args)));

function among<T extends Scalar>(of: Expression, values: readonly T[], operand: (value: T) => Expression): BooleanExpression {
  if (values.length === 0) invalid('oneOf', `${describe(of)}.oneOf needs at least one value.`);
  return boolean('oneOf', of, ...values.map(operand));
}

/** How a message names an expression. */
export function describe(expression: Expression): string {
  return expression.kind === 'column'
    ? `'${expression.name}'`
    : expression.kind === 'literal'
      ? shown(expression.value)
      : 'this';
}

const called = (given: unknown) =>
  given instanceof RowExpression ? `${describe(given.expression)}, a ${given.kind}` : shown(given);

export function numberOf(given: unknown, method: string): number {
  if (typeof given !== 'number' || !Number.isFinite(given))
    wrongType(method, `${method} takes a number, not ${called(given)}.`);
  return given;
}
export function numeric(given: unknown, method: string): Expression {
  return given instanceof NumberExpression ? given.expression : literal(numberOf(given, method));
}
export function truth(given: unknown, method: string): Expression {
  if (given instanceof BooleanExpression) return given.expression;
  if (typeof given !== 'boolean') wrongType(method, `${method} takes a condition, not ${called(given)}.`);
  return literal(given);
}
function words(given: unknown, method: string): Expression {
  if (given instanceof StringExpression) return given.expression;
  if (typeof given !== 'string') wrongType(method, `${method} takes a text here, not ${called(given)}.`);
  return literal(given);
}
function momentOf(given: unknown, method: string): Expression {
  if (given instanceof TimestampExpression) return given.expression;
  if (given instanceof RowExpression) wrongType(method, `${method} takes a moment here, not ${called(given)}.`);
  return literal(moment(method, given), 'timestamp');
}
function spanOf(given: unknown, method: string): Expression {
  return typeof given === 'string' ? literal(span(method, given, true)) : numeric(given, method);
}

/** The expression with coded errors for methods that its type does not have. */
export function guarded<T extends RowExpression>(built: T): T {
  const methods = methodsOf(built);
  return new Proxy(built, {
    get(target, name) {
      if (typeof name === 'string' && !(name in target) && !QUIET.has(name))
        unknown(
          describe(target.expression),
          `${describe(target.expression)} is a ${target.kind} and has no '${name}'.`,
          name,
          methods,
          `A ${target.kind} has`,
        );
      const value: unknown = Reflect.get(target, name, target);
      // Private members live on the target, not on the proxy.
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
/** Names that promises, consoles and JSON ask for, never a person. */
const QUIET: ReadonlySet<string> = new Set([
  'then',
  'toJSON',
  'asymmetricMatch',
  '$$typeof',
  'nodeType',
  '@@__IMMUTABLE_ITERABLE__@@',
]);

function methodsOf(built: RowExpression): string[] {
  const names: string[] = [];
  for (let at: object = Object.getPrototypeOf(built); at !== Object.prototype; at = Object.getPrototypeOf(at))
    names.push(...Object.getOwnPropertyNames(at).filter((name) => name !== 'constructor'));
  return names;
}

/** An expression of any kind from its data. */
export function expressionFrom(data: Expression, kind: ColumnKind, categories: readonly string[] | null = null): RowExpression {
  switch (kind) {
    case 'number':
      return guarded(new NumberExpression(data));
    case 'boolean':
      return guarded(new BooleanExpression(data));
    case 'timestamp':
      return guarded(new TimestampExpression(data));
    case 'string':
      return guarded(new StringExpression(data, categories));
  }
}
