import type { ColumnKind } from '../frame/column.js';
import { type Call, type Expression, kindOf } from '../frame/expression.js';
import { type Place, unknown, wrongType } from './complain.js';

type Kinds = Readonly<Record<string, ColumnKind>>;

/**
 * The kind of value an expression gives over columns of the given kinds.
 * @throws MW_DEFINE_UNKNOWN for a name that is not among them, MW_DEFINE_TYPE for an argument that does not fit its operation
 */
export function checkedKind(expression: Expression, kinds: Kinds, place: Place): ColumnKind {
  if (expression.kind === 'column') {
    if (!Object.hasOwn(kinds, expression.name))
      unknown(
        place,
        `${place} reads '${expression.name}', which is not there.`,
        expression.name,
        Object.keys(kinds),
        'Columns',
      );
    return kinds[expression.name] as ColumnKind;
  }
  if (expression.kind === 'literal') return expression.type;
  const args = expression.args.map((arg) => checkedKind(arg, kinds, place));
  if (!fits(expression, args)) wrongType(place, `${place}: ${expression.op} does not take ${args.map(article).join(' and ')}.`);
  return kindOf(expression, kinds) as ColumnKind;
}

const article = (kind: ColumnKind) => `a ${kind}`;

function fits({ op, args: given }: Call, args: readonly ColumnKind[]): boolean {
  const [first, second, third] = args as readonly [ColumnKind, ColumnKind, ColumnKind];
  switch (op) {
    case 'plus':
      return (first === 'number' || first === 'timestamp') && second === 'number';
    case 'minus':
      return first === 'timestamp' ? second === 'number' || second === 'timestamp' : first === 'number' && second === 'number';
    case 'times':
    case 'div':
    case 'min':
    case 'max':
      return first === 'number' && second === 'number';
    case 'negate':
    case 'abs':
    case 'log':
    case 'sqrt':
    case 'floor':
      return first === 'number';
    case 'eq':
    case 'ne':
    case 'coalesce':
      return first === second;
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return first === second && (first === 'number' || first === 'timestamp');
    case 'and':
    case 'or':
      return first === 'boolean' && second === 'boolean';
    case 'not':
      return first === 'boolean';
    case 'isMissing':
    case 'text':
      return true;
    case 'number':
      return first === 'boolean' || first === 'string';
    case 'oneOf':
      return (
        (first === 'number' || first === 'string') &&
        args.length > 1 &&
        args.every((kind) => kind === first) &&
        given.slice(1).every((arg) => arg.kind === 'literal')
      );
    case 'if':
      return first === 'boolean' && second === third;
    case 'hourOf':
    case 'weekdayOf':
    case 'dayOf':
    case 'monthOf':
      return first === 'timestamp';
    case 'lower':
    case 'length':
      return first === 'string';
    case 'contains':
      return first === 'string' && second === 'string';
  }
}
