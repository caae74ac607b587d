import type { ColumnKind, Scalar } from './column.js';

/**
 * A row expression as frozen plain data. The three-valued semantics are SQL's: a missing operand makes the result missing,
 * except in `isMissing`, `coalesce`, `and`, `or`, `if`. Timestamps are epoch milliseconds; their difference is a number of ms.
 */
export type Expression = ColumnReference | Literal | Call;

export interface ColumnReference {
  readonly kind: 'column';
  readonly name: string;
}
/** `type` tells a timestamp literal from a number. */
export interface Literal {
  readonly kind: 'literal';
  readonly type: ColumnKind;
  readonly value: Scalar;
}
export interface Call {
  readonly kind: 'call';
  readonly op: Operation;
  readonly args: readonly Expression[];
}

/**
 * Operations and what they take and give. `div` by zero is missing; `plus`/`minus` move timestamps by ms; `hourOf`, `weekdayOf`
 * (Sunday 0), `dayOf` (1-31), `monthOf` (1-12) read a UTC timestamp; `oneOf` compares the first argument with the literals
 * after it; `log` of a number <= 0 and `sqrt` of one < 0 are missing; `min`/`max` skip nothing (missing wins); `text`
 * joins its arguments as text.
 */
export const OPERATIONS = Object.freeze({
  plus: { arity: 2, gives: 'first' },
  minus: { arity: 2, gives: 'difference' },
  times: { arity: 2, gives: 'number' },
  div: { arity: 2, gives: 'number' },
  negate: { arity: 1, gives: 'number' },
  abs: { arity: 1, gives: 'number' },
  log: { arity: 1, gives: 'number' },
  sqrt: { arity: 1, gives: 'number' },
  floor: { arity: 1, gives: 'number' },
  min: { arity: 2, gives: 'number' },
  max: { arity: 2, gives: 'number' },
  eq: { arity: 2, gives: 'boolean' },
  ne: { arity: 2, gives: 'boolean' },
  lt: { arity: 2, gives: 'boolean' },
  lte: { arity: 2, gives: 'boolean' },
  gt: { arity: 2, gives: 'boolean' },
  gte: { arity: 2, gives: 'boolean' },
  and: { arity: 2, gives: 'boolean' },
  or: { arity: 2, gives: 'boolean' },
  not: { arity: 1, gives: 'boolean' },
  isMissing: { arity: 1, gives: 'boolean' },
  oneOf: { arity: -1, gives: 'boolean' },
  coalesce: { arity: 2, gives: 'first' },
  if: { arity: 3, gives: 'second' },
  number: { arity: 1, gives: 'number' },
  hourOf: { arity: 1, gives: 'number' },
  weekdayOf: { arity: 1, gives: 'number' },
  dayOf: { arity: 1, gives: 'number' },
  monthOf: { arity: 1, gives: 'number' },
  lower: { arity: 1, gives: 'string' },
  length: { arity: 1, gives: 'number' },
  contains: { arity: 2, gives: 'boolean' },
  text: { arity: -1, gives: 'string' },
} as const satisfies Record<string, { arity: number; gives: ColumnKind | 'first' | 'second' | 'difference' }>);

export type Operation = keyof typeof OPERATIONS;

export const column = (name: string): ColumnReference => Object.freeze({ kind: 'column', name });
export const literal = (value: Scalar, type?: ColumnKind): Literal =>
  Object.freeze({
    kind: 'literal',
    type: type ?? (value === null ? 'number' : (typeof value as 'number' | 'string' | 'boolean')),
    value,
  });
export const call = (op: Operation, ...args: readonly Expression[]): Call =>
  Object.freeze({ kind: 'call', op, args: Object.freeze([...args]) });

/** The names of the columns an expression reads, each once, in order of first use. */
export function columnsRead(expression: Expression, into: Set<string> = new Set()): Set<string> {
  if (expression.kind === 'column') into.add(expression.name);
  else if (expression.kind === 'call') for (const arg of expression.args) columnsRead(arg, into);
  return into;
}

/** The kind of column an expression gives over columns of the given kinds; undefined for a name that is not among them. */
export function kindOf(expression: Expression, kinds: Readonly<Record<string, ColumnKind>>): ColumnKind | undefined {
  if (expression.kind === 'column') return kinds[expression.name];
  if (expression.kind === 'literal') return expression.type;
  const { gives } = OPERATIONS[expression.op];
  if (gives === 'first') return kindOf(expression.args[0] as Expression, kinds);
  if (gives === 'second') return kindOf(expression.args[1] as Expression, kinds);
  if (gives === 'difference') {
    const [a, b] = expression.args.map((arg) => kindOf(arg, kinds));
    return a === 'timestamp' && b === 'timestamp' ? 'number' : a;
  }
  return gives;
}
