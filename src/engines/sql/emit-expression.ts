import type { ColumnKind } from '../../frame/column.js';
import { type ColumnKinds, checkKinds } from '../../frame/compile-expression.js';
import type { Call, Expression, Operation } from '../../frame/expression.js';
import { CALENDAR_LIMIT, NUMBER_PATTERN } from '../../frame/scalar-functions.js';
import type { Dialect } from './dialect.js';

/**
 * An expression as SQL over columns of the given kinds; `reference` says how a column is written. It gives what `compileRows` gives, row by
 * row, in the dialect's forms of values.
 * @throws MW_EXPRESSION_COLUMN_UNKNOWN, MW_EXPRESSION_KIND
 */
export function emitExpression(
  expression: Expression,
  kinds: ColumnKinds,
  dialect: Dialect,
  reference: (name: string) => string = dialect.quoteName,
): string {
  checkKinds(expression, kinds);
  const emit = (node: Expression): string => {
    if (node.kind === 'column') return dialect.column(reference(node.name), kinds[node.name]);
    if (node.kind === 'literal') return literalOf(node.type, node.value, dialect);
    return emitCall(
      node,
      node.args.map(emit),
      node.args.map((arg) => checkKinds(arg, kinds)),
      dialect,
    );
  };
  return emit(expression);
}

function literalOf(type: ColumnKind, value: unknown, dialect: Dialect): string {
  if (type === 'string') return value === null ? 'CAST(NULL AS VARCHAR)' : dialect.quoteText(String(value));
  if (type === 'boolean') return value === null ? 'CAST(NULL AS BOOLEAN)' : value ? 'TRUE' : 'FALSE';
  return dialect.number(value === null ? Number.NaN : Number(value));
}

const OPERATORS: Partial<Record<Operation, string>> = {
  plus: '+',
  minus: '-',
  times: '*',
  div: '/',
  eq: '=',
  ne: '<>',
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
  and: 'AND',
  or: 'OR',
};

function emitCall(node: Call, args: readonly string[], kinds: readonly ColumnKind[], dialect: Dialect): string {
  const [a, b, c] = args;
  const { op } = node;
  const number = (value: number) => dialect.number(value);
  switch (op) {
    case 'plus':
    case 'minus':
    case 'times':
      return dialect.notNaN(`(${a} ${OPERATORS[op]} ${b})`);
    case 'div':
      return dialect.notNaN(`(${a} / nullif(${b}, ${number(0)}))`);
    case 'negate':
      return `(-${a})`;
    case 'abs':
    case 'floor':
      return `${op}(${a})`;
    case 'log':
      return `(CASE WHEN ${a} > ${number(0)} THEN ${dialect.naturalLog(a)} END)`;
    case 'sqrt':
      return `(CASE WHEN ${a} >= ${number(0)} THEN sqrt(${a}) END)`;
    case 'min':
      return `(CASE WHEN ${a} <= ${b} THEN ${a} WHEN ${a} > ${b} THEN ${b} END)`;
    case 'max':
      return `(CASE WHEN ${a} >= ${b} THEN ${a} WHEN ${a} < ${b} THEN ${b} END)`;
    case 'not':
      return `(NOT ${a})`;
    case 'isMissing':
      return `(${a} IS NULL)`;
    case 'oneOf':
      return args.length === 1 ? `(CASE WHEN ${a} IS NOT NULL THEN FALSE END)` : `(${a} IN (${args.slice(1).join(', ')}))`;
    case 'coalesce':
      return `coalesce(${a}, ${b})`;
    case 'if':
      return `(CASE WHEN ${a} THEN ${b} ELSE ${c} END)`;
    case 'number':
      if (kinds[0] === 'boolean') return `(CASE WHEN ${a} THEN ${number(1)} WHEN NOT ${a} THEN ${number(0)} END)`;
      return kinds[0] === 'string' ? `(${dialect.parseNumber(a, NUMBER_PATTERN)})` : a;
    case 'hourOf':
      return calendar(a, number, remainder(`floor(floor(${a}) / ${number(3_600_000)})`, number(24)));
    case 'weekdayOf':
      return calendar(a, number, remainder(`(floor(floor(${a}) / ${number(86_400_000)}) + ${number(4)})`, number(7)));
    case 'dayOf':
      return calendar(a, number, dialect.dayOfMonth(`floor(${a})`));
    case 'monthOf':
      return calendar(a, number, dialect.month(`floor(${a})`));
    case 'lower':
      return dialect.lower(a);
    case 'length':
      return dialect.textLength(a);
    case 'contains':
      return dialect.contains(a, b);
    case 'text':
      return `(${args.map((arg, i) => (kinds[i] === 'boolean' ? truthText(arg) : arg)).join(' || ')})`;
    default:
      return `(${a} ${OPERATORS[op]} ${b})`;
  }
}

const calendar = (moment: string, number: (value: number) => string, code: string) =>
  `(CASE WHEN ${moment} >= ${number(-CALENDAR_LIMIT)} AND ${moment} <= ${number(CALENDAR_LIMIT)} THEN ${code} END)`;
/** Never negative, unlike SQL's. */
const remainder = (of: string, by: string) => `(${of} - floor(${of} / ${by}) * ${by})`;
const truthText = (code: string) => `(CASE WHEN ${code} THEN 'true' WHEN NOT ${code} THEN 'false' END)`;
