import fc from 'fast-check';
import { expect, test } from 'vitest';
import { engineLog1pScript, engineLogScript } from './engine-log.js';
import { ScriptWriter } from './script-writer.js';

const writer = new ScriptWriter();
const names = [engineLogScript, engineLog1pScript].map((part) => writer.use(part));
const [ln, ln1p] = new Function(`${writer}\nreturn [${names.join()}]`)() as ((x: number) => number)[];

const values = fc.oneof(
  fc.double(),
  fc.double({ min: -1, max: 2 }),
  fc.double({ min: 1 - 1e-6, max: 1 + 1e-6 }),
  fc.double({ min: -1e-9, max: 1e-9 }),
  fc.double({ min: -1e-300, max: 1e-300 }),
  fc.integer({ min: -2, max: 1 << 30 }),
  fc.constantFrom(0, -0, -1, 2 ** 53, 2 ** -54, 2 ** -29, 5e-324, Number.MAX_VALUE, Infinity, -Infinity, Number.NaN),
);

test('the logarithms of a script give the bits of the engine that the server runs in', () => {
  fc.assert(
    fc.property(values, (x) => {
      expect(ln?.(x)).toBe(Math.log(x));
      expect(ln1p?.(x)).toBe(Math.log1p(x));
    }),
    { numRuns: 5000 },
  );
});
