import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { columnFrom, type Scalar } from '../../frame/column.js';
import { frame } from '../../frame/frame.js';
import { ESTIMATORS } from '../../models/catalogue.js';
import type { Task } from '../../models/estimator.js';
import { NO_LOSS } from '../../models/module/model-script.js';
import { fitEncoder } from '../encoder.js';
import { ENCODINGS } from '../encodings/catalogue.js';
import { makePipeline } from '../make-pipeline.js';
import type { FeatureInput } from '../pipeline.js';
import { ENCODING_SCRIPTS } from './catalogue.js';
import { scriptPredictor } from './compile-script.js';

test('every encoding can be written as script', () => {
  expect(ENCODING_SCRIPTS.map(({ encoding }) => encoding).toSorted()).toEqual(ENCODINGS.map(({ name }) => name).toSorted());
});

const FEATURES: readonly FeatureInput[] = [
  { name: '__proto__', type: 'number' },
  { name: 'skewed', type: 'number' },
  { name: 'flag', type: 'boolean' },
  { name: 'few', type: 'category' },
  { name: 'many', type: 'category' },
  { name: 'words', type: 'text' },
];
const number = fc.oneof(fc.constantFrom(null, Infinity, -Infinity, -0, 0, 1e9), fc.double({ noNaN: true, min: -9, max: 9 }));
const text = fc.oneof(
  fc.constantFrom(null, '', 'a', '</script>', '__proto__', 'A good film', "it's not a GOOD film", '\u2028 ünï çödé\u3000x'),
  fc.string({ maxLength: 12, unit: 'binary' }),
);
const row = fc.tuple(number, number, fc.constantFrom(true, false, null), text, text, text);

const tableOf = (rows: readonly (readonly Scalar[])[]) =>
  frame(
    Object.fromEntries(
      FEATURES.map(({ name, type }, j) => [
        name,
        columnFrom(
          type === 'number' ? 'number' : type === 'boolean' ? 'boolean' : 'string',
          rows.map((values) => (j === 1 && typeof values[j] === 'number' ? (values[j] as number) ** 9 : values[j])),
        ),
      ]),
    ),
    rows.length,
  );

const cases: readonly (readonly [string, Task])[] = [
  ['logistic', 'binary'],
  ['logistic', 'multiclass'],
  ['elastic', 'regression'],
  ['gbdt', 'multiclass'],
  ['tree', 'binary'],
  ['bayes', 'binary'],
  ['neighbours', 'regression'],
];

test.each(cases)('a pipeline of %s for a %s problem is written as script and gives the same bits', async (name, task) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 12, maxLength: 40 }),
      fc.array(row, { minLength: 1, maxLength: 12 }),
      fc.nat({ max: 100 }),
      async (fit, rest, seed) => {
        const classes = { binary: 2, multiclass: 3, regression: 1 }[task];
        const values = Float64Array.from(fit, (_, i) => (task === 'regression' ? (i * 7.3) % 5 : (i * i + seed) % classes));
        const estimator = ESTIMATORS[name];
        const options = { maxOneHot: 4, maxCodes: 4 };
        const { encoder, training } = fitEncoder(
          tableOf(fit),
          FEATURES,
          { task, classes, values },
          estimator.needs,
          options,
          seed,
        );
        const params = 'rounds' in estimator.params ? { rounds: 3, minRows: 1 } : {};
        const model = await estimator.fit({ matrix: training, target: values }, params, { task, classes, seed });
        const pipeline = makePipeline({ encoder, model, classes: ['a', 'b', 'c'].slice(0, classes) });
        const table = tableOf([...rest, ...fit]);
        expect(scriptPredictor(pipeline, NO_LOSS)(table)).toEqual(pipeline.predict(table));
      },
    ),
    { numRuns: 5 },
  );
});
