import { fail } from '../base/error.js';
import type { ColumnKind } from './column.js';
import { type Call, type Expression, kindOf, OPERATIONS, type Operation } from './expression.js';

export type ColumnKinds = Readonly<Record<string, ColumnKind>>;

const ORDERED: readonly ColumnKind[] = ['number', 'timestamp', 'string'];
const NUMBER: readonly ColumnKind[] = ['number'];
const BOOLEAN: readonly ColumnKind[] = ['boolean'];
const STRING: readonly ColumnKind[] = ['string'];
const TIMESTAMP: readonly ColumnKind[] = ['timestamp'];

/** Kinds that every argument may have; operations whose arguments depend on one another are checked by name below. */
const TAKES: Partial<Record<Operation, readonly ColumnKind[]>> = {
  times: NUMBER,
  div: NUMBER,
  negate: NUMBER,
  abs: NUMBER,
  log: NUMBER,
  sqrt: NUMBER,
  floor: NUMBER,
  min: NUMBER,
  max: NUMBER,
  and: BOOLEAN,
  or: BOOLEAN,
  not: BOOLEAN,
  hourOf: TIMESTAMP,
  weekdayOf: TIMESTAMP,
  dayOf: TIMESTAMP,
  monthOf: TIMESTAMP,
  lower: STRING,
  length: STRING,
  contains: STRING,
  number: ['number', 'timestamp', 'boolean', 'string'],
  text: ['string', 'boolean'],
};
/** Operations whose arguments must all be of one kind. */
const ALIKE: ReadonlySet<Operation> = new Set(['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'oneOf', 'coalesce']);
const COMPARES_ORDER: ReadonlySet<Operation> = new Set(['lt', 'lte', 'gt', 'gte']);

/**
 * The kind of values an expression gives over columns of the given kinds, after checking every operation in it.
 * @throws MW_EXPRESSION_COLUMN_UNKNOWN, MW_EXPRESSION_KIND
 */
export function checkKinds(expression: Expression, kinds: ColumnKinds): ColumnKind {
  if (expression.kind === 'column') {
    if (!Object.hasOwn(kinds, expression.name))
      fail('MW_EXPRESSION_COLUMN_UNKNOWN', {
        what: `An expression reads '${expression.name}', which is not among the columns ${Object.keys(kinds).join(', ') || '(none)'}.`,
        where: { column: expression.name },
      });
    return kinds[expression.name];
  }
  if (expression.kind === 'literal') {
    checkLiteral(expression.type, expression.value);
    return expression.type;
  }
  checkCall(expression, kinds);
  return kindOf(expression, kinds) as ColumnKind;
}

const CARRIED = { number: 'number', timestamp: 'number', boolean: 'boolean', string: 'string' } as const;

function checkLiteral(type: ColumnKind, value: unknown): void {
  if (value !== null && typeof value !== CARRIED[type])
    fail('MW_EXPRESSION_KIND', { what: `A ${type} literal holds ${JSON.stringify(value)}.` });
}

function checkCall(expression: Call, kinds: ColumnKinds): void {
  const { op, args } = expression;
  if (!Object.hasOwn(OPERATIONS, op)) fail('MW_EXPRESSION_KIND', { what: `There is no operation '${String(op)}'.` });
  const { arity } = OPERATIONS[op];
  if (arity < 0 ? args.length === 0 : args.length !== arity)
    fail('MW_EXPRESSION_KIND', {
      what: `'${op}' takes ${arity < 0 ? 'at least one argument' : `${arity} argument(s)`}, not ${args.length}.`,
      where: { operation: op },
    });
  const given = args.map((arg) => checkKinds(arg, kinds));
  const takes = TAKES[op];
  if (takes) {
    const wrong = given.find((kind) => !takes.includes(kind));
    if (wrong) mismatch(op, takes.join(' or '), given);
  }
  if (op === 'plus' || op === 'minus') {
    const moves = (given[0] === 'number' || given[0] === 'timestamp') && given[1] === 'number';
    const spans = op === 'minus' && given[0] === 'timestamp' && given[1] === 'timestamp';
    if (!moves && !spans) mismatch(op, 'numbers, or a timestamp and a number', given);
  }
  if (ALIKE.has(op) && given.some((kind) => kind !== given[0])) mismatch(op, 'values of one kind', given);
  if (COMPARES_ORDER.has(op) && !ORDERED.includes(given[0])) mismatch(op, ORDERED.join(' or '), given);
  if (op === 'if' && (given[0] !== 'boolean' || given[1] !== given[2]))
    mismatch(op, 'a boolean and two values of one kind', given);
  if (op === 'oneOf' && args.slice(1).some((arg) => arg.kind !== 'literal' || arg.value === null))
    fail('MW_EXPRESSION_KIND', { what: "'oneOf' compares with literals that are not missing.", where: { operation: op } });
}

function mismatch(op: Operation, takes: string, given: readonly ColumnKind[]): never {
  fail('MW_EXPRESSION_KIND', {
    what: `'${op}' takes ${takes}, not (${given.join(', ')}).`,
    where: { operation: op },
  });
}
