import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDirections, parseGroups } from './feature-lists.js';

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const names = fc.uniqueArray(fc.string({ maxLength: 8 }), { minLength: 1, maxLength: 5 });

test('any names come back from quotes', () => {
  fc.assert(
    fc.property(names, fc.infiniteStream(fc.constantFrom('+', '-')), (list, signs) => {
      const drawn = [...signs.take(list.length)];
      const parsed = parseDirections(list.map((name, i) => `${quoted(name)} : ${drawn[i]}`).join(' ,'));
      expect(parsed).toEqual({ value: new Map(list.map((name, i) => [name, drawn[i] === '+' ? 1 : -1])) });
      expect(parseGroups(`${list.map(quoted).join(',')};x, hours per week`)).toEqual({
        value: [list, ['x', 'hours per week']],
      });
    }),
  );
});

test('plain names need no quotes', () => {
  expect(parseDirections('hours per week:+, fnl-wgt: -')).toEqual({
    value: new Map([
      ['hours per week', 1],
      ['fnl-wgt', -1],
    ]),
  });
  expect(parseGroups('a,b,a; c')).toEqual({ value: [['a', 'b'], ['c']] });
});

test.each(['', 'a', 'a:', 'a:*', ':+', 'a:+,', 'a:+, a:-', 'a:+ b:-', '"a:+', '"a""', 'a:b:+'])(
  '%j gives no directions',
  (text) => {
    expect(parseDirections(text)).toHaveProperty('problem');
  },
);

test.each(['', ';', 'a;', 'a,,b', '"a', '"a" b'])('%j gives no groups', (text) => {
  expect(parseGroups(text)).toHaveProperty('problem');
});
