import { expect, test } from 'vitest';
import { random } from '../../base/random.js';
import type { LinearModel } from '../linear/linear-model.js';
import { plattScaling } from '../margins/platt.js';
import { contextOf, matrixOf } from '../testing/examples.js';
import { svm } from './estimator.js';
import { trainMachine } from './machine.js';
import { densePoints } from './points.js';

const ROWS = 300;
const source = random(6);
const points = Float64Array.from({ length: ROWS * 2 }, () => source.normal());
const column = (j: number): Float64Array => Float64Array.from({ length: ROWS }, (_, i) => points[2 * i + j]);
const side = column(0).map((x, i) => (2 * x - points[2 * i + 1] + source.normal() > 0.5 ? 1 : -1));
const weight = side.map(() => 1 + source.below(3));
const options = { cost: 0.7, maxIterations: 50_000, tolerance: 1e-9 };
const target = side.map((y) => (y + 1) / 2);

test('finds where the gradient of the penalised squared hinge losses vanishes', async () => {
  const machine = await trainMachine(densePoints(points, ROWS, 2), side, weight, options, random(1), async () => {});
  expect(machine.converged).toBe(true);
  const gradient = machine.weights.slice();
  for (let i = 0; i < ROWS; i++) {
    const x = [points[2 * i], points[2 * i + 1], 1];
    const slack = Math.max(0, 1 - side[i] * x.reduce((sum, value, j) => sum + value * machine.weights[j], 0));
    x.forEach((value, j) => {
      gradient[j] -= 2 * options.cost * weight[i] * slack * side[i] * value;
    });
  }
  for (const slope of gradient) expect(Math.abs(slope)).toBeLessThan(1e-6);
});

test('says when the passes ran out', async () => {
  const machine = await trainMachine(
    densePoints(points, ROWS, 2),
    side,
    weight,
    { ...options, maxIterations: 1 },
    random(1),
    async () => {},
  );
  expect([machine.passes, machine.converged]).toEqual([1, false]);
});

test('keeps the direction of the machine and gives probabilities of the right mean', async () => {
  const machine = await trainMachine(densePoints(points, ROWS, 2), side, weight, options, random(1), async () => {});
  const data = { matrix: matrixOf([column(0), column(1)]), target, weight };
  const model = (await svm.fit(data, options, contextOf('binary'))) as LinearModel;
  expect(model.weights[0] / model.weights[1]).toBeCloseTo(machine.weights[0] / machine.weights[1], 7);
  const total = weight.reduce((sum, w) => sum + w, 0);
  const mean = (values: Float64Array): number => values.reduce((sum, value, i) => sum + weight[i] * value, 0) / total;
  expect(mean(model.predict(data.matrix))).toBeCloseTo(mean(target), 2);
});

test('is not sure of noise that it has learnt by heart', async () => {
  const noise = random(12);
  const draw = (rows: number) => ({
    matrix: matrixOf(Array.from({ length: 200 }, () => Float64Array.from({ length: rows }, () => noise.normal()))),
    target: Float64Array.from({ length: rows }, () => noise.below(2)),
  });
  const training = draw(250);
  const model = (await svm.fit(training, { cost: 10 }, contextOf('binary'))) as LinearModel;
  const fresh = draw(400);
  const lossOf = (predicted: Float64Array): number =>
    predicted.reduce((sum, p, i) => sum - Math.log(fresh.target[i] === 1 ? p : 1 - p) / 400, 0);
  expect(lossOf(model.predict(fresh.matrix))).toBeLessThan(Math.LN2 + 0.05);
  // Scaling fitted to the scores of the training rows is what goes wrong: there the machine of the model separates the classes.
  const scoresOf = ({ matrix }: typeof fresh): Float64Array =>
    Float64Array.from({ length: matrix.rows }, (_, i) =>
      matrix.columns.reduce((sum, column, j) => sum + model.weights[j] * column[i], 0),
    );
  const { slope, offset } = plattScaling(scoresOf(training), training.target, new Float64Array(250).fill(1));
  const inSample = scoresOf(fresh).map((s) => 1 / (1 + Math.exp(-(slope * s + offset))));
  expect(lossOf(inSample)).toBeGreaterThan(Math.LN2 + 0.5);
});
