import { describe, expect, it } from 'vitest';
import { MillwrightError } from '../base/error.js';
import { type ColumnKind, columnFrom, type Scalar, valueAt } from './column.js';
import { compileRow, compileRows } from './compile-expression.js';
import { call, column, type Expression, literal, type Operation } from './expression.js';
import { frame } from './frame.js';

const text = (value: string) => literal(value);
const none = (kind: ColumnKind) => literal(null, kind);
const at = (moment: string) => literal(Date.parse(moment), 'timestamp');

/** The semantics that expression.ts states, case by case. */
const CASES: readonly (readonly [string, Expression, Scalar])[] = [
  ['division by zero is missing', call('div', literal(1), literal(-0)), null],
  [
    'infinity minus infinity is missing',
    call('minus', literal(Number.POSITIVE_INFINITY), literal(Number.POSITIVE_INFINITY)),
    null,
  ],
  ['log of 0 is missing', call('log', literal(0)), null],
  ['sqrt of a negative is missing', call('sqrt', literal(-1)), null],
  ['min skips nothing', call('min', literal(1), none('number')), null],
  ['max', call('max', literal(1), literal(3)), 3],
  ['false and missing is false', call('and', none('boolean'), literal(false)), false],
  ['true and missing is missing', call('and', literal(true), none('boolean')), null],
  ['true or missing is true', call('or', none('boolean'), literal(true)), true],
  ['not missing is missing', call('not', none('boolean')), null],
  ['a comparison with missing is missing', call('eq', text('a'), none('string')), null],
  ['isMissing is never missing', call('isMissing', none('timestamp')), true],
  ['if takes the second way when the condition is missing', call('if', none('boolean'), literal(1), literal(2)), 2],
  ['coalesce', call('coalesce', none('string'), text('x')), 'x'],
  ['a moved timestamp', call('minus', at('2001-01-02'), literal(86_400_000)), Date.parse('2001-01-01')],
  ['a span of time', call('minus', at('2001-01-02'), at('2001-01-01')), 86_400_000],
  ['hour', call('hourOf', at('2001-05-31T23:59:59.999Z')), 23],
  ['hour before 1970', call('hourOf', at('1969-12-31T22:30:00Z')), 22],
  ['Sunday is 0', call('weekdayOf', at('2001-05-27')), 0],
  ['leap day', call('dayOf', at('2000-02-29')), 29],
  ['month', call('monthOf', at('2000-02-29')), 2],
  ['month at the end of a year long ago', call('monthOf', at('1899-12-31')), 12],
  ['oneOf', call('oneOf', text('b'), text('a'), text('b')), true],
  ['oneOf many', call('oneOf', text('z'), ...'abcdefgh'.split('').map(text)), false],
  ['code points, not units', call('length', text('a\u{1F600}')), 2],
  ['texts in order of code points', call('lt', text('\uFFFD'), text('\u{1F600}')), true],
  ['lower', call('lower', text('ÄB')), 'äb'],
  ['text of a truth value', call('text', text('is '), literal(true)), 'is true'],
  ['text with missing is missing', call('text', text('is '), none('boolean')), null],
  ['a number in a text', call('number', text('-1.5e2')), -150],
  ['no number in a text', call('number', text('0x10')), null],
  ['quotes and line ends in texts', call('text', text('"\'\\\n\u2028'), text('`${x}`')), '"\'\\\n\u2028`${x}`'],
];

const WRONG: [Operation, ...Expression[]][] = [
  ['plus', text('a'), literal(1)],
  ['plus', literal(1), at('2001-01-01')],
  ['times', literal(1), literal(true)],
  ['eq', literal(1), text('1')],
  ['lt', literal(true), literal(false)],
  ['if', literal(1), literal(1), literal(2)],
  ['if', literal(true), literal(1), text('2')],
  ['hourOf', literal(5)],
  ['oneOf', literal(1), column('x')],
  ['oneOf', literal(1), none('number')],
  ['text', literal(1)],
  ['plus', literal(1)],
  ['text'],
];

const codeOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return error instanceof MillwrightError ? error.code : String(error);
  }
  return 'none';
};

describe('compiled expressions', () => {
  it.each(CASES)('%s', (_, expression, wanted) => {
    const rows = compileRows(expression, {})(frame({}, 2));
    expect([valueAt(rows, 0), valueAt(rows, 1)]).toEqual([wanted, wanted]);
    expect(compileRow(expression, {})({})).toBe(wanted);
    expect(compileRow(expression, {}, [])([])).toBe(wanted);
  });

  it.each(WRONG)('refuse %s of the wrong kinds', (...[op, ...args]) => {
    expect(codeOf(() => compileRows(call(op, ...args), { x: 'number' }))).toBe('MW_EXPRESSION_KIND');
    expect(codeOf(() => compileRow(call(op, ...args), { x: 'number' }))).toBe('MW_EXPRESSION_KIND');
  });

  it('refuse columns that are not there, also those every object has', () => {
    for (const name of ['y', 'toString', '__proto__'])
      expect(codeOf(() => compileRows(column(name), { x: 'number' }))).toBe('MW_EXPRESSION_COLUMN_UNKNOWN');
  });

  it('check frames that come without declared kinds', () => {
    const twice = compileRows(call('plus', column('x'), column('x')));
    expect(valueAt(twice(frame({ x: columnFrom('number', [2]) })), 0)).toBe(4);
    expect(codeOf(() => twice(frame({ x: columnFrom('string', ['2']) })))).toBe('MW_EXPRESSION_KIND');
  });

  it('take values of another kind in a row as missing', () => {
    const row = compileRow(call('isMissing', column('a b"c')), { 'a b"c': 'number' });
    expect([row({ 'a b"c': 1 }), row({ 'a b"c': '1' }), row({}), row({ 'a b"c': Number.NaN })]).toEqual([
      false,
      true,
      true,
      true,
    ]);
    expect(compileRow(column('y'), { x: 'string', y: 'boolean' }, ['x', 'y'])(['a', true])).toBe(true);
  });
});
