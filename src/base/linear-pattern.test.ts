import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linearPattern, PatternProblem } from './linear-pattern.js';

const atom = fc.constantFrom(
  'a', 'b', '.', '\\d', '\\D', '\\w', '\\W', '\\s', '\\S', '[a-c]', '[^a]', '[\\s,]', '[\\S]', '[^\\s]', '[^]', '[[]', '[\\w-]', '\\.', '\\u00e9',
  '\\u{1F600}', '\\ud83d\\ude00', '\\x41', '\\t', '\\n', '\\b', '\\B', '\\p{Lu}', '\\P{L}', '\\p{Script=Greek}', '^', '$', '\\/', '\\$', '[\\b]', '\\cA', '\\0', 'é', '😀',
); // biome-ignore format: a list of words
const pattern: fc.Arbitrary<string> = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    atom,
    fc.tuple(tie('node'), tie('node')).map(([a, b]) => a + b),
    fc.tuple(tie('node'), tie('node')).map(([a, b]) => `(?:${a}|${b})`),
    tie('node').map((inner) => `(${inner})`),
    fc.tuple(tie('node'), fc.constantFrom('*', '+', '?', '{2}', '{0,3}', '*?')).map(([inner, many]) => `(?:${inner})${many}`),
  ),
})).node;
const text = fc.string({
  unit: fc.constantFrom(
    'a', 'b', 'c', 'A', '1', '_', '-', ' ', ',', '.', '\t', '\n', '\r', '\u00a0', '\u2028', '\ufeff', 'é', 'Α', 'я', '😀', '[', ']', '\b', '\u0001', '\0', '٣',
  ),
  maxLength: 12,
}); // biome-ignore format: a list of characters

test('says what JavaScript says', () => {
  fc.assert(
    fc.property(pattern, fc.array(text, { minLength: 1, maxLength: 5 }), (source, texts) => {
      const native = new RegExp(source, 'u');
      const linear = linearPattern(source);
      for (const each of texts) expect([each, linear(each)]).toEqual([each, native.test(each)]);
    }),
    { numRuns: 1000 },
  );
});

test('takes time in proportion to the text', () => {
  for (const source of ['^(a+)+$', '(a|aa)+$', '(.*)*x$', '^(\\w+\\s?)*$', '([a-z]+)*\\d$'])
    expect(linearPattern(source)(`${'a'.repeat(9000)}!`)).toBe(false);
});

test('a text of more than 10,000 characters does not match', () => {
  expect(linearPattern('^a*$')('a'.repeat(10_000))).toBe(true);
  expect(linearPattern('^a*$')('a'.repeat(10_001))).toBe(false);
});

test.each([
  ['(?=a)b', 'looks ahead'],
  ['(?<!a)b', 'looks ahead or behind'],
  ['(a)\\1', 'refers back'],
  ['(?<n>a)\\k<n>', 'refers back'],
  ['a{2000}', 'linear time'],
  ['(', 'not a regular expression'],
  ['(?i)a', 'not a regular expression'],
])('%s is refused', (source, why) => {
  expect(() => linearPattern(source)).toThrow(PatternProblem);
  expect(() => linearPattern(source)).toThrow(why);
});

test.each(['[(?=]', '\\(?=', '\\\\1', '[\\^(?!x]'])('%s looks like it, and is taken', (source) => {
  expect(() => linearPattern(source)).not.toThrow();
});
