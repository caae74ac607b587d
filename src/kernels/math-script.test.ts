import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ScriptWriter } from '../base/script/script-writer.js';
import { softmax } from '../models/softmax.js';
import { exp, log, sigmoid, softplus } from './math.js';
import { expScript, logScript, sigmoidScript, softmaxScript, softplusScript } from './math-script.js';

const writer = new ScriptWriter();
for (const part of [expScript, logScript, sigmoidScript, softplusScript, softmaxScript]) writer.use(part);
const script = new Function(`${writer}\nreturn {exp,log,sigmoid,softplus,softmax}`)() as {
  exp: typeof exp;
  log: typeof log;
  sigmoid: typeof sigmoid;
  softplus: typeof softplus;
  softmax: typeof softmax;
};

const values = fc.oneof(
  fc.double(),
  fc.double({ min: -800, max: 800 }),
  fc.double({ min: -1e-300, max: 1e-300 }),
  fc.constantFrom(0, -0, Infinity, -Infinity, NaN, 709.782712893384, -745.1332191019411, 5e-324, 1.7e308),
);

test.each([
  ['exp', script.exp, exp],
  ['log', script.log, log],
  ['sigmoid', script.sigmoid, sigmoid],
  ['softplus', script.softplus, softplus],
])('%s of a script gives the bits of the kernel', (_, found, expected) => {
  fc.assert(
    fc.property(values, (x) => Object.is(found(x), expected(x))),
    { numRuns: 2000 },
  );
});

test('softmax of a script gives the bits of the models', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 2, maxLength: 9 }), (scores) => {
      const a = Float64Array.from([7, ...scores]);
      const b = a.slice();
      script.softmax(a, 1, scores.length);
      softmax(b, 1, scores.length);
      expect(a).toEqual(b);
    }),
  );
});
