import type { ColumnKind } from '../frame/column.js';
import { type Call, type Expression, kindOf } from '../frame/expression.js';
import { dateText } from './plan-text.js';

/** What a printed expression is written against: the code of each column, the kinds, and where to note used functions. */
export interface CodeScope {
  readonly column: (name: string) => string;
  readonly kinds: Readonly<Record<string, ColumnKind>>;
  /** Notes a function of the language that the file must import. */
  readonly use: (name: string) => void;
}

const METHODS: Readonly<Partial<Record<Call['op'], string>>> = {
  hourOf: 'hour',
  weekdayOf: 'weekday',
  dayOf: 'day',
  monthOf: 'month',
  if: 'choose',
};

/** The code of an expression in the definition language; it builds the very same data again. */
export function expressionCode(expression: Expression, scope: CodeScope): string {
  if (expression.kind === 'column') return scope.column(expression.name);
  if (expression.kind === 'literal') {
    if (expression.value === null) {
      scope.use('missing');
      return `missing(${quoted(expression.type)})`;
    }
    scope.use('value');
    return `value(${literalCode(expression)})`;
  }
  if (expression.op === 'text') {
    scope.use('joinText');
    return `joinText(${expression.args.map((arg) => operandCode(arg, scope)).join(', ')})`;
  }
  const [first, ...rest] = expression.args as readonly [Expression, ...Expression[]];
  return `${expressionCode(first, scope)}.${METHODS[expression.op] ?? expression.op}(${rest
    .map((arg) => operandCode(arg, scope, expression.op !== 'if' && kindOf(first, scope.kinds) === 'timestamp'))
    .join(', ')})`;
}

/** An argument: a plain value where the method takes one. `besideMoment` tells the argument of a method of a timestamp. */
function operandCode(arg: Expression, scope: CodeScope, besideMoment = false): string {
  if (arg.kind !== 'literal' || arg.value === null) return expressionCode(arg, scope);
  if (arg.type !== 'timestamp') return literalCode(arg);
  // A text would be read as a span by minus.
  return besideMoment ? `new Date(${quoted(dateText(Number(arg.value)))})` : literalCode(arg);
}

function literalCode({ type, value }: Extract<Expression, { kind: 'literal' }>): string {
  if (type === 'timestamp') return `new Date(${quoted(dateText(Number(value)))})`;
  return typeof value === 'string' ? quoted(value) : String(value);
}

/** A text as a single-quoted literal. */
export function quoted(text: string): string {
  const json = JSON.stringify(text).slice(1, -1).replace(/\\"/g, '"').replace(/'/g, "\\'");
  return `'${json.replace(/\u2028/g, '\\u2028').replace(/\u2029/g, '\\u2029')}'`;
}

/** A property by its name, dotted where it can be. */
export function propertyCode(owner: string, name: string): string {
  return isIdentifier(name) ? `${owner}.${name}` : `${owner}[${quoted(name)}]`;
}
export const keyCode = (name: string): string => (isIdentifier(name) && name !== '__proto__' ? name : `[${quoted(name)}]`);
export const isIdentifier = (name: string): boolean => /^[A-Za-z_$][\w$]*$/.test(name);
