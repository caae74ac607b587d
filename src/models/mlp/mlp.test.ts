import { describe, expect, test } from 'vitest';
import { resolveOptions } from '../../base/options.js';
import { random } from '../../base/random.js';
import type { Task, TrainingData } from '../estimator.js';
import { CLASSES, contextOf, learnable, lossOf, matrixOf } from '../testing/examples.js';
import { cosine } from './cosine.js';
import { mlp } from './estimator.js';
import { Network } from './network.js';
import { mlpOptions } from './options.js';
import { OutputLoss } from './output-loss.js';
import { trainNetwork } from './train-network.js';

const TASKS: readonly Task[] = ['binary', 'multiclass', 'regression'];

/** Mean loss of a network in double precision, straight from its definition, without the kernels. */
function lossOfRows(network: Network, task: Task, rows: readonly (readonly number[])[], target: readonly number[]): number {
  const { f32 } = network.memory;
  let sum = 0;
  rows.forEach((row, i) => {
    let values = [...row];
    network.layers.forEach((layer, l) => {
      const next = Array.from({ length: layer.used }, (_, k) =>
        values.reduce(
          (total, x, j) => total + x * f32[(layer.weightsAt >>> 2) + j * layer.outputs + k],
          f32[(layer.biasesAt >>> 2) + k],
        ),
      );
      values = l === network.layers.length - 1 ? next : next.map((z) => Math.max(0, z));
    });
    if (task === 'regression') sum += 0.5 * (values[0] - target[i]) ** 2;
    else if (task === 'binary') sum += Math.log1p(Math.exp(values[0])) - target[i] * values[0];
    else sum += Math.log(values.reduce((total, z) => total + Math.exp(z), 0)) - values[target[i]];
  });
  return sum / rows.length;
}

describe.each(TASKS)('gradients of %s', (task) => {
  test('are the slopes of the loss, parameter by parameter', () => {
    const source = random(3);
    const count = 9;
    const rows = Array.from({ length: count }, () => [source.normal(), source.normal(), source.normal()]);
    const target = rows.map(() => (task === 'regression' ? source.normal() : source.below(task === 'binary' ? 2 : CLASSES)));
    // A target with mean 0 and deviation 1, so that the reference above needs no scale.
    const known = task === 'regression' ? [-1, 1] : target;
    const loss = new OutputLoss(task, CLASSES, Float64Array.from(known), new Float64Array(known.length).fill(1));
    expect([loss.shift, loss.scale]).toEqual([0, 1]);
    const network = new Network({ features: 3, width: 5, depth: 2, outputs: loss.outputs, batch: count });
    network.initialise(random(4), new Float64Array(loss.outputs));
    const { f32 } = network.memory;
    const last = network.layers[2];
    // The last layer begins at zero; there no gradient would reach the others.
    for (let j = 0; j < 5; j++)
      for (let k = 0; k < last.used; k++) f32[(last.weightsAt >>> 2) + j * last.outputs + k] = source.normal();
    f32.set(rows.flat(), network.inputsAt >>> 2);
    network.forward(count);
    for (let i = 0; i < count; i++) {
      const at = i * last.outputs;
      loss.row(f32, (last.activationsAt >>> 2) + at, target[i], f32, (last.deltasAt >>> 2) + at, 1 / count);
    }
    network.backward(count);
    const slope = (at: number): number => {
      const before = f32[at];
      f32[at] = before + 2 ** -12;
      const above = lossOfRows(network, task, rows, target);
      f32[at] = before - 2 ** -12;
      const below = lossOfRows(network, task, rows, target);
      f32[at] = before;
      return (above - below) / 2 ** -11;
    };
    let checked = 0;
    network.layers.forEach((layer, l) => {
      const inputs = l === 0 ? 3 : network.layers[l - 1].used;
      for (let k = 0; k < layer.used; k++) {
        for (let j = 0; j < inputs; j++, checked++) {
          const place = j * layer.outputs + k;
          expect(f32[(layer.weightGradientsAt >>> 2) + place]).toBeCloseTo(slope((layer.weightsAt >>> 2) + place), 3);
        }
        expect(f32[(layer.biasGradientsAt >>> 2) + k]).toBeCloseTo(slope((layer.biasesAt >>> 2) + k), 3);
      }
    });
    expect(checked).toBe(15 + 25 + 5 * loss.outputs);
  });
});

const data = learnable(mlp, 'multiclass', 300);
const params = (given = {}) => resolveOptions('mlp', mlpOptions, { width: 10, rounds: 12, ...given });

test('the compiled kernels and plain TypeScript train the same bits', async () => {
  for (const given of [{}, { dropout: 0.3, batch: 37 }]) {
    const [compiled, plain] = [false, true].map((twin) => trainNetwork(data, params(given), contextOf('multiclass'), twin));
    expect((await compiled).network.parameters).toEqual((await plain).network.parameters);
    expect((await compiled).summary).toEqual((await plain).summary);
  }
});

test('padding stays zero, so it is never part of the network', async () => {
  const { network } = await trainNetwork(data, params({ width: 5, weightDecay: 0.1 }), contextOf('multiclass'));
  const { f32 } = network.memory;
  network.layers.forEach(({ inputs, outputs, used, weightsAt, biasesAt }, l) => {
    const real = l === 0 ? inputs : network.layers[l - 1].used;
    for (let j = 0; j < inputs; j++)
      for (let k = 0; k < outputs; k++) if (j >= real || k >= used) expect(f32[(weightsAt >>> 2) + j * outputs + k]).toBe(0);
    for (let k = used; k < outputs; k++) expect(f32[(biasesAt >>> 2) + k]).toBe(0);
  });
});

/** Few rows with labels that are mostly noise: what a network learns by heart. */
function noisy(rows: number, seed: number): TrainingData {
  const source = random(seed);
  const columns = Array.from({ length: 8 }, () => Float64Array.from({ length: rows }, () => source.normal()));
  return { matrix: matrixOf(columns), target: columns[0].map((x) => Number(x + 2 * source.normal() > 0)) };
}

test('keeps the epoch with the least validation loss and stops when it gets no better', async () => {
  const training = noisy(150, 1);
  const context = { ...contextOf('binary'), validation: noisy(400, 2) };
  const given = { rounds: 300, earlyStopping: 20, learningRate: 0.01, schedule: 'constant' };
  const model = await mlp.fit(training, given, context);
  expect(model.summary.rounds).toBeLessThan(100);
  // The kept network is the one of that epoch: training anew for that long gives the same weights.
  const again = await mlp.fit(training, { ...given, rounds: model.summary.rounds, earlyStopping: 0 }, contextOf('binary'));
  expect(again.predict(training.matrix)).toEqual(model.predict(training.matrix));
  const late = await mlp.fit(training, { ...given, earlyStopping: 0 }, context);
  const fresh = noisy(400, 3);
  const loss = (one: typeof late): number => lossOf('binary', fresh, one.predict(fresh.matrix));
  expect(loss(model)).toBeLessThan(loss(late) - 0.02);
});

test('learns less by heart with dropout and with weight decay', async () => {
  const training = noisy(150, 1);
  const inSample = async (given: object): Promise<number> =>
    lossOf(
      'binary',
      training,
      (await mlp.fit(training, { rounds: 150, ...given }, contextOf('binary'))).predict(training.matrix),
    );
  const plain = await inSample({ weightDecay: 0 });
  expect(await inSample({ weightDecay: 0, dropout: 0.5 })).toBeGreaterThan(1.5 * plain);
  expect(await inSample({ weightDecay: 5 })).toBeGreaterThan(1.5 * plain);
});

test('learns what no weighted sum can', async () => {
  const source = random(5);
  const columns = [0, 1].map(() => Float64Array.from({ length: 600 }, () => source.normal()));
  const target = columns[0].map((x, i) => Number(x * columns[1][i] > 0));
  const model = await mlp.fit({ matrix: matrixOf(columns), target }, {}, contextOf('binary'));
  const wrong = model.predict(matrixOf(columns)).filter((p, i) => p > 0.5 !== target[i] > 0).length;
  expect(wrong).toBeLessThan(30);
});

test('says when learning left the range of numbers', async () => {
  const huge = { matrix: matrixOf([Float64Array.of(1e200, -1e200, 3, 4)]), target: Float64Array.of(0, 1, 0, 1) };
  await expect(mlp.fit(huge, {}, contextOf('binary'))).rejects.toMatchObject({ code: 'MW_MODEL_DIVERGED' });
});

test('refuses a network beyond one memory before it is made', async () => {
  const shape = { width: 4096, depth: 16, batch: 65_536 };
  const model = mlp.fit(learnable(mlp, 'binary', 70_000), shape, contextOf('binary'));
  await expect(model).rejects.toMatchObject({ code: 'MW_MODEL_TOO_LARGE' });
});

test('the cosine of the schedule', () => {
  for (let share = 0; share <= 1; share += 1 / 64) expect(cosine(share)).toBeCloseTo((1 + Math.cos(Math.PI * share)) / 2, 9);
});
