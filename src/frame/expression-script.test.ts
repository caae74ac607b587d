import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ScriptWriter } from '../base/script/script-writer.js';
import { SCALAR_SCRIPTS } from './expression-script.js';
import * as functions from './scalar-functions.js';

const moments = fc.oneof(
  fc.double({ noNaN: true, min: -9e15, max: 9e15 }),
  fc.date({ noInvalidDate: true }).map(Number),
  fc.constantFrom(Number.NaN, Infinity, -1, -0.5, 0),
);
const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\ud800', 'x\udc00', '\ud83d\ude00', 'İI', 'ΑΣ', '12.5e3', '+.5', '1e999', ' 1', '٣'),
);

test('every function that expressions call gives the same as script', () => {
  const writer = new ScriptWriter();
  const names = SCALAR_SCRIPTS.map((part) => writer.use(part));
  const scripts = new Function(`${writer}\nreturn {${names.join()}}`)() as Record<string, (...args: unknown[]) => unknown>;
  const all = Object.entries(functions).filter(([, value]) => typeof value === 'function') as [string, never][];
  expect(names.toSorted()).toEqual(all.map(([name]) => name).toSorted());
  for (const [name, original] of all as [string, (...args: unknown[]) => unknown][]) {
    const value = name.endsWith('Of') ? moments : texts;
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(scripts[name]?.(a, b)).toBe(original(a, b));
      }),
    );
  }
});
