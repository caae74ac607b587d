import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sigmoid } from '../../kernels/math.js';
import { estimatorOf } from '../catalogue.js';
import { softmax } from '../softmax.js';
import { contextOf, learnable, matrixOf } from '../testing/examples.js';
import { floorFloat, nextFloat, previousFloat } from './float32.js';
import { predictInFloat32 } from './in-float32.js';
import { ProtoWriter } from './onnx/protobuf.js';
import { fitted, holed } from './testing/holed.js';
import { message, readOnnx, sumsOf } from './testing/onnx-trees.js';
import { writeOnnx } from './write-onnx.js';

const linked = (op: string | undefined, sums: readonly number[]): number[] => {
  const out = Float64Array.from(sums);
  if (op === 'Sigmoid') return sums.map(sigmoid);
  if (op === 'Softmax') softmax(out, 0, out.length);
  if (op !== 'Clip') return [...out];
  const clipped = sums.map((x) => Math.min(1, Math.max(0, x)));
  const total = clipped.reduce((sum, x) => sum + x, 0);
  return clipped.length === 1 ? clipped : clipped.map((x) => x / total);
};

describe('a model written as ONNX', () => {
  it.each([
    ['gbdt', 'binary', 'Sigmoid'],
    ['gbdt', 'multiclass', 'Softmax'],
    ['gbdt', 'regression', 'Identity'],
    ['forest', 'multiclass', 'Clip'],
    ['extraTrees', 'binary', 'Clip'],
    ['logistic', 'binary', 'Sigmoid'],
    ['logistic', 'multiclass', 'Softmax'],
    ['linear', 'regression', 'Identity'],
  ] as const)('%s on %s has the sums and the link of the model', async (name, task, op) => {
    const linear = estimatorOf(name).needs.imputed;
    const model = linear
      ? await estimatorOf(name).fit(learnable(estimatorOf(name), task, 200), {}, contextOf(task))
      : await fitted(name, task);
    const fresh = linear ? learnable(estimatorOf(name), task, 200, 9).matrix : holed(name, task, 250, 9, 60).matrix;
    const { nodes, metadata } = readOnnx(writeOnnx(model, fresh.features));
    expect(nodes[1]?.op).toBe(op);
    expect(JSON.parse(metadata['inputs'] as string)).toEqual(fresh.features.map((feature) => feature.name));
    const expected = model.predict(fresh);
    const twin = predictInFloat32(model, fresh);
    let furthest = 0;
    const sums = sumsOf(nodes[0] as (typeof nodes)[number]);
    for (let i = 0; i < fresh.rows; i++)
      linked(op, sums(fresh.columns.map((column) => column[i] as number))).forEach((value, k) => {
        const at = i * model.outputs + k;
        const size = Math.max(1, Math.abs(expected[at]));
        furthest = Math.max(furthest, Math.abs(value - expected[at]) / size, Math.abs(value - twin[at]) / size);
      });
    expect(furthest).toBeLessThan(linear ? 1e-5 : 1e-6);
  });

  it('sends every float32 the way it goes here, whatever the threshold', async () => {
    const values = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e30, max: 1e30 });
    await fc.assert(
      fc.asyncProperty(values, values, async (a, b) => {
        const other = a === b ? a + 1 + Math.abs(a) : b;
        const column = Float64Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? a : other));
        const data = { matrix: matrixOf([column]), target: column.map((x) => (x === a ? 0 : 100)) };
        const model = await estimatorOf('tree').fit(data, { minRows: 1 }, contextOf('regression'));
        const node = readOnnx(writeOnnx(model, data.matrix.features)).nodes[0] as Parameters<typeof sumsOf>[0];
        const near = [a, other, (a + other) / 2].flatMap((x) => {
          const low = floorFloat(x);
          return [previousFloat(low), low, nextFloat(low), nextFloat(nextFloat(low))];
        });
        const out = model.predict(matrixOf([Float64Array.from(near)]));
        expect(near.map((x) => sumsOf(node)([x])[0] as number)).toEqual([...out].map(Math.fround));
      }),
      { numRuns: 60 },
    );
  });

  it('labels by the threshold and the names of the classes', async () => {
    const model = await fitted('gbdt', 'binary');
    const features = holed('gbdt', 'binary', 1, 9, 6).matrix.features;
    const { nodes, metadata } = readOnnx(writeOnnx(model, features, { classes: ['no', 'yes'], threshold: 0.3 }));
    expect(nodes.map(({ op }) => op)).toEqual([
      'TreeEnsembleRegressor',
      'Sigmoid',
      'Sub',
      'Concat',
      'Less',
      'Not',
      'Cast',
      'Reshape',
      'Gather',
      'Identity',
    ]);
    expect(metadata).toMatchObject({ classes: '["no","yes"]', threshold: '0.3', task: 'binary', categories: '[0,0,0,40]' });
  });

  it('is refused for what is neither trees nor weights', async () => {
    const data = learnable(estimatorOf('bayes'), 'binary', 60);
    const model = await estimatorOf('bayes').fit(data, {}, contextOf('binary'));
    expect(() => writeOnnx(model, data.matrix.features)).toThrow(expect.objectContaining({ code: 'MW_EXCHANGE_UNSUPPORTED' }));
  });
});

describe('protobuf', () => {
  it('reads as it was written', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        fc.string(),
        fc.float({ noNaN: true }),
        (whole, text, float) => {
          const bytes = new ProtoWriter()
            .int(1, whole)
            .text(2, text)
            .float(30, float)
            .message(200, (inner) => inner.int(1, 5))
            .finish();
          const read = message(bytes);
          expect(read.get(1)).toEqual([whole]);
          expect(new TextDecoder().decode(read.get(2)?.[0] as Uint8Array)).toBe(
            new TextDecoder().decode(new TextEncoder().encode(text)),
          );
          expect(read.get(30)).toEqual([float]);
          expect(message(read.get(200)?.[0] as Uint8Array).get(1)).toEqual([5n]);
        },
      ),
    );
  });
});
