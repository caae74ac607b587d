import { describe, expect, it } from 'vitest';
import { random } from '../../base/random.js';
import type { TrainingData } from '../estimator.js';
import { logistic } from '../logistic/estimator.js';
import { LogisticLoss } from '../logistic/loss.js';
import { contextOf, learnable, matrixOf } from '../testing/examples.js';
import { linear } from './estimator.js';
import type { LinearModel } from './linear-model.js';

const source = random(21);
const rows = 400;
const a = Float64Array.from({ length: rows }, () => source.normal());
const b = Float64Array.from({ length: rows }, (_, i) => 0.9 * a[i] + source.normal());

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Largest derivative of the penalised mean loss at the model's weights. */
const steepness = (data: TrainingData, model: LinearModel, l2: number): number => {
  const gradient = new Float64Array(model.weights.length);
  new LogisticLoss(data, model.outputs, l2).evaluate(model.weights, gradient);
  return Math.max(...gradient.map(Math.abs));
};

describe('ridge regression', () => {
  it('finds the exact plane, whatever the scale and offset of the features', async () => {
    const wide = a.map((value) => 1e6 + 1e3 * value);
    const target = wide.map((value, i) => 4 + 0.002 * value - 3 * b[i]);
    const { weights } = (await linear.fit(
      { matrix: matrixOf([wide, b]), target },
      { l2: 0 },
      contextOf('regression'),
    )) as LinearModel;
    expect(weights[0]).toBeCloseTo(0.002, 9);
    expect(weights[1]).toBeCloseTo(-3, 9);
    expect(weights[2]).toBeCloseTo(4, 4);
  });

  it('has the closed form of one feature', async () => {
    const target = a.map((value) => value + source.normal());
    const [am, tm] = [mean(a), mean(target)];
    const cross = a.reduce((sum, value, i) => sum + (value - am) * (target[i] - tm), 0);
    const square = a.reduce((sum, value) => sum + (value - am) ** 2, 0);
    const model = (await linear.fit({ matrix: matrixOf([a]), target }, { l2: 50 }, contextOf('regression'))) as LinearModel;
    expect(model.weights[0]).toBeCloseTo(cross / (square + 50), 12);
    expect(model.weights[1]).toBeCloseTo(tm - (am * cross) / (square + 50), 12);
  });

  it('survives repeated columns without a penalty', async () => {
    const target = a.map((value, i) => value + b[i]);
    const matrix = matrixOf([a, a, b, new Float64Array(rows).fill(2)]);
    const predicted = (await linear.fit({ matrix, target }, { l2: 0 }, contextOf('regression'))).predict(matrix);
    predicted.forEach((value, i) => expect(value).toBeCloseTo(target[i], 9));
  });
});

describe('logistic regression', () => {
  it('ends where the loss is flat, quickly', async () => {
    for (const task of ['binary', 'multiclass'] as const)
      for (const l2 of [0.01, 1, 100]) {
        const data = learnable(logistic, task, 600);
        const model = (await logistic.fit(data, { l2 }, contextOf(task))) as LinearModel;
        expect(steepness(data, model, l2)).toBeLessThan(1e-7);
        expect(model.summary.iterations).toBeLessThan(60);
        expect(model.summary.converged).toBe(1);
      }
  });

  it('has the gradient of its loss', () => {
    for (const task of ['binary', 'multiclass'] as const) {
      const data = { ...learnable(logistic, task, 50), weight: Float64Array.from({ length: 50 }, (_, i) => i % 4) };
      const loss = new LogisticLoss(data, task === 'binary' ? 1 : 3, 2);
      const at = loss.start().map(() => source.normal());
      const gradient = new Float64Array(at.length);
      const scratch = new Float64Array(at.length);
      loss.evaluate(at, gradient);
      at.forEach((value, j) => {
        const shifted = (by: number): number => loss.evaluate(at.with(j, value + by), scratch);
        expect((shifted(1e-5) - shifted(-1e-5)) / 2e-5).toBeCloseTo(gradient[j], 6);
      });
    }
  });

  it('is not disturbed by features of very different scales', async () => {
    const data = learnable(logistic, 'binary', 500);
    const scaled = {
      ...data,
      matrix: matrixOf(data.matrix.columns.map((column, j) => column.map((value) => value * 1000 ** (j - 1)))),
    };
    const p = (await logistic.fit(data, { l2: 1e-6, tolerance: 1e-10 }, contextOf('binary'))).predict(data.matrix);
    const q = (await logistic.fit(scaled, { l2: 1e-12, tolerance: 1e-10 }, contextOf('binary'))).predict(scaled.matrix);
    p.forEach((value, i) => expect(value).toBeCloseTo(q[i], 3));
  });

  it('agrees with the hand-solved intercept when features carry nothing', async () => {
    const target = a.map((_, i) => (i % 4 === 0 ? 1 : 0));
    const model = (await logistic.fit(
      { matrix: matrixOf([new Float64Array(rows).fill(5)]), target },
      {},
      contextOf('binary'),
    )) as LinearModel;
    expect(model.predict(matrixOf([new Float64Array(1).fill(5)]))[0]).toBeCloseTo(0.25, 6);
  });
});
