import { describe, expect, test } from 'vitest';
import { random } from '../base/random.js';
import { columnFrom, type Scalar, valueAt } from '../frame/column.js';
import { type Frame, frame } from '../frame/frame.js';
import { estimatorOf } from '../models/catalogue.js';
import type { Task } from '../models/estimator.js';
import { fitEncoder } from './encoder.js';
import { PipelineExplainer, topReasons } from './explain.js';
import { loadPipeline, makePipeline } from './make-pipeline.js';
import type { FeatureInput, Pipeline } from './pipeline.js';

const ROWS = 400;
const FEATURES: readonly FeatureInput[] = [
  { name: 'size', type: 'number' },
  { name: 'open', type: 'boolean' },
  { name: 'town', type: 'category' },
  { name: 'street', type: 'category' },
  { name: 'note', type: 'text' },
];
const CLASSES = { binary: ['no', 'yes'], multiclass: ['a', 'b', 'c'], regression: [] } as const;

const source = random(31);
const pick = <T>(...items: readonly T[]): T => items[source.below(items.length)] as T;
const times = <T>(make: () => T): T[] => Array.from({ length: ROWS }, make);
const sizes = times(() => pick(null, source.normal(), 10 * source.normal()));
const table: Frame = frame({
  size: columnFrom('number', sizes),
  open: columnFrom(
    'boolean',
    times(() => pick(true, true, false, null)),
  ),
  town: columnFrom(
    'string',
    times(() => pick('here', 'here', 'there', 'far', null)),
  ),
  street: columnFrom(
    'string',
    times(() => `street ${source.below(90)}`),
  ),
  note: columnFrom(
    'string',
    times(() => pick('a fine day', 'a grey day', 'rain', null)),
  ),
});
const rowAt = (i: number): Scalar[] => FEATURES.map(({ name }) => valueAt(table.columns[name] as never, i));

async function fitted(name: string, task: Task): Promise<Pipeline> {
  const estimator = estimatorOf(name);
  const signal = sizes.map((size, i) => (size ?? 3) / 4 + (rowAt(i)[1] === true ? 1 : -1) + source.normal() / 2);
  const values = Float64Array.from(signal, (x) =>
    task === 'regression' ? x : task === 'binary' ? Number(x > 0) : Number(x > -1) + Number(x > 1),
  );
  const classes = { binary: 2, multiclass: 3, regression: 1 }[task];
  const options = { maxOneHot: 4, maxCodes: 20, textTerms: 50 };
  const { encoder, training } = fitEncoder(table, FEATURES, { task, classes, values }, estimator.needs, options);
  const params = name === 'gbdt' ? { rounds: 8, minRows: 5, minCategoryRows: 5 } : {};
  const model = await estimator.fit({ matrix: training, target: values }, params, { task, classes, seed: 1 });
  return makePipeline({ encoder, model, classes: CLASSES[task] });
}

const CASES: readonly (readonly [string, Task])[] = [
  ['gbdt', 'binary'],
  ['gbdt', 'multiclass'],
  ['gbdt', 'regression'],
  ['tree', 'binary'],
  ['tree', 'multiclass'],
  ['linear', 'regression'],
  ['logistic', 'binary'],
  ['logistic', 'multiclass'],
];

describe.each(CASES)('%s, %s', (name, task) => {
  test('contributions of the features add up to the margin, and the margin is the prediction', async () => {
    const pipeline = await fitted(name, task);
    const explainer = new PipelineExplainer(pipeline);
    const outputs = pipeline.model.outputs;
    const scores = new Float64Array(outputs);
    for (let i = 0; i < 60; i++) {
      pipeline.predictRow(rowAt(i), scores);
      const margins: number[] = [];
      for (let k = 0; k < outputs; k++) {
        const { base, contributions, output, of } = explainer.explainRow(rowAt(i), k);
        const sum = contributions.reduce((total, { contribution }) => total + contribution, base);
        expect(Math.abs(sum - output)).toBeLessThan(1e-9 * Math.max(1, Math.abs(output)));
        expect(contributions.map(({ feature, value }) => [feature, value])).toEqual(
          FEATURES.map((feature, j) => [feature.name, rowAt(i)[j]]),
        );
        expect(of).toBe(task === 'regression' ? null : task === 'binary' ? 'yes' : CLASSES.multiclass[k]);
        margins.push(output);
      }
      if (explainer.unit === 'log-odds') {
        const powers = task === 'binary' ? [1, Math.exp(margins[0] as number)] : margins.map(Math.exp);
        const total = powers.reduce((a, b) => a + b, 0);
        powers.slice(-outputs).forEach((power, k) => expect(power / total).toBeCloseTo(scores[k] as number, 9));
        expect(explainer.explainRow(rowAt(i)).output).toBe(Math.max(...margins));
      } else if (explainer.unit === 'share') {
        const shares = margins.map((margin) => Math.min(1, Math.max(0, margin)));
        const total = task === 'binary' ? 1 : shares.reduce((a, b) => a + b, 0);
        shares.forEach((share, k) => expect(share / total).toBeCloseTo(scores[k] as number, 9));
      } else expect(margins).toEqual(margins.map((_, k) => expect.closeTo(scores[k] as number, 9)));
    }
  });

  test('are the same after a round trip through bytes', async () => {
    const pipeline = await fitted(name, task);
    const loaded = new PipelineExplainer(loadPipeline(pipeline.serialize()));
    expect(loaded.explainRow(rowAt(3))).toEqual(new PipelineExplainer(pipeline).explainRow(rowAt(3)));
  });
});

test('contributions of a linear model average to nothing over the training rows', async () => {
  const pipeline = await fitted('linear', 'regression');
  const explainer = new PipelineExplainer(pipeline);
  const sums = new Map<string, number>();
  for (let i = 0; i < ROWS; i++)
    for (const { feature, contribution } of explainer.explainRow(rowAt(i)).contributions)
      sums.set(feature, (sums.get(feature) ?? 0) + contribution);
  // Label-aware encodings (street, note) were learnt out of fold, so that only the others have the same mean again.
  for (const feature of ['size', 'open', 'town']) expect(Math.abs(sums.get(feature) as number)).toBeLessThan(1e-9 * ROWS);
});

test('the reasons that weigh most come first, and nothing is no reason', async () => {
  const explanation = new PipelineExplainer(await fitted('gbdt', 'binary')).explainRow(rowAt(0));
  const reasons = topReasons(explanation, 2);
  expect(reasons).toHaveLength(2);
  const sizes = explanation.contributions.map(({ contribution }) => Math.abs(contribution)).sort((a, b) => b - a);
  expect(reasons.map(({ contribution }) => Math.abs(contribution))).toEqual(sizes.slice(0, 2));
  const none = { ...explanation, contributions: [{ feature: 'size', value: 1, contribution: 0 }] };
  expect(topReasons(none, 2)).toEqual([]);
});

test('a model without exact contributions says so', async () => {
  const pipeline = await fitted('constant', 'binary');
  expect(() => new PipelineExplainer(pipeline)).toThrow(expect.objectContaining({ code: 'MW_MODEL_NOT_EXPLAINED' }));
});
