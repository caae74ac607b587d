import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dataLiteral } from './literal.js';
import { ScriptWriter } from './script-writer.js';

const run = (writer: ScriptWriter, name: string): unknown => new Function(`${writer}\nreturn ${name}`)();

const numbersBack = (values: readonly number[]): number[] => {
  const writer = new ScriptWriter();
  return Array.from(run(writer, writer.numbers(values)) as ArrayLike<number>);
};

describe('numbers come back from a script to the bit', () => {
  const decimal = fc.integer({ min: -99_999, max: 99_999 }).map((whole) => whole / 100);
  test.each([
    ['any', fc.double()],
    ['whole', fc.integer()],
    ['small', fc.integer({ min: 0, max: 300 })],
    ['decimals', decimal],
    [
      'means of decimals',
      fc.oneof(
        fc.tuple(decimal, decimal).map(([a, b]) => a / 2 + b / 2),
        fc.constantFrom(-5e-324, 5e-324),
      ),
    ],
    ['single', fc.float()],
    ['repeated', fc.constantFrom(1 / 3, -7.1, 0, -0, Number.NaN, Infinity)],
  ])('%s', (_, value) => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 400, size: 'max' }), (values) => {
        expect(numbersBack(values)).toEqual(values);
        expect(numbersBack(values.toSorted((a, b) => a - b))).toEqual(values.toSorted((a, b) => a - b));
      }),
      { numRuns: 60 },
    );
  });

  test('in few bytes where they are simple', () => {
    const size = (values: readonly number[]) => {
      const writer = new ScriptWriter();
      const name = writer.numbers(values);
      return (
        String(writer)
          .split('\n')
          .find((line) => line.startsWith(`const ${name}=`))?.length ?? 0
      );
    };
    const many = Array.from({ length: 3000 }, (_, i) => i);
    expect(size(many.map((i) => i % 200))).toBeLessThan(4100);
    expect(size(many.map((i) => (1250 + i) / 100))).toBeLessThan(4100);
    expect(size(many.map((i) => i / 200 + (i + 1) / 200))).toBeLessThan(6100);
    expect(size(many.map((i) => (i % 7) / 3))).toBeLessThan(4200);
    expect(size(many.map((i) => Math.fround(i / 7)))).toBeLessThan(16_100);
  });
});

const odd = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('</script><!--', '\u2028\u2029', '"\'`${x}\\', '__proto__', '\ud800', 'a\nb', ''),
);

test('texts come back from a script, which has no end tag and no line break in it', () => {
  fc.assert(
    fc.property(fc.array(odd, { maxLength: 12 }), (values) => {
      const writer = new ScriptWriter();
      const name = writer.texts(values);
      expect(run(writer, name)).toEqual(values);
      expect(String(writer)).not.toMatch(/<|\u2028|\u2029/);
      const places = run(writer, writer.places(values)) as Map<string, number>;
      expect(places).toEqual(new Map(values.map((text, i) => [text, i])));
    }),
  );
});

test('data comes back from its literal, prototypes untouched', () => {
  fc.assert(
    fc.property(fc.dictionary(odd, fc.oneof(odd, fc.double(), fc.constantFrom(null, true), fc.array(fc.double()))), (data) => {
      const back = new Function(`return ${dataLiteral(data)}`)() as object;
      expect(back).toEqual({ ...data });
      expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
    }),
  );
});

test('what is asked for twice is written once', () => {
  const writer = new ScriptWriter();
  const values = Array.from({ length: 100 }, (_, i) => Math.sqrt(i));
  expect(writer.numbers(values)).toBe(writer.numbers(values.slice()));
  expect(String(writer).split('const nums=')).toHaveLength(2);
});
