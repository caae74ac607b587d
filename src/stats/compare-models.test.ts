import { expect, test } from 'vitest';
import { random } from '../base/random.js';
import { compareModels, yardstickOf } from './compare-models.js';
import { metricOf } from './metrics/catalogue.js';
import type { MetricInput } from './metrics/metric.js';

/** Two models that see the same truth, each with its own noise. */
function models(n: number, seed: number, noises: readonly [number, number]): [MetricInput, MetricInput] {
  const source = random(seed);
  const target = new Float64Array(n);
  const [ours, theirs] = [new Float64Array(n), new Float64Array(n)];
  for (let i = 0; i < n; i++) {
    const z = 2 * source.normal();
    target[i] = source.next() < 1 / (1 + Math.exp(-z)) ? 1 : 0;
    ours[i] = 1 / (1 + Math.exp(-z - noises[0] * source.normal()));
    theirs[i] = 1 / (1 + Math.exp(-z - noises[1] * source.normal()));
  }
  const input = { task: 'binary', outputs: 1, target, threshold: 0.5 } as const;
  return [
    { ...input, predictions: ours },
    { ...input, predictions: theirs },
  ];
}
const value = { truePositive: 10, falsePositive: -5, falseNegative: 0, trueNegative: 0 };

test.each(['auc', 'prauc', 'logloss', 'brier', 'accuracy', 'value'])(
  'the better by %s is found, and what it is better by',
  (name) => {
    const [good, bad] = models(2000, 1, [0.2, 2.5]);
    const yardstick = yardstickOf(name, 'binary', value);
    if (!yardstick) throw new Error('no yardstick');
    const better = compareModels(yardstick, good, bad, 0, random(3));
    expect(better?.probability).toBe(1);
    expect(better?.difference).toBeGreaterThan(0);
    expect(better?.interval.low).toBeGreaterThan(0);
    expect(better?.interval.high).toBeGreaterThan(better?.difference ?? 0);
    expect(compareModels(yardstick, bad, good, 0, random(3))?.probability).toBe(0);
    expect(compareModels(yardstick, good, bad, 2 * (better?.difference ?? 0) + 1, random(3))?.probability).toBe(0);
    expect(compareModels(yardstick, good, good, 0, random(3))).toMatchObject({ difference: 0, probability: 0 });
  },
);

test('equals are a coin toss: the probability is about uniform', () => {
  const auc = metricOf('auc');
  const probabilities = Array.from({ length: 60 }, (_, seed) => {
    const [a, b] = models(300, seed, [1, 1]);
    return compareModels({ better: 'higher', of: auc.compute }, a, b, 0, random(seed), 100)?.probability ?? -1;
  });
  expect(probabilities.filter((p) => p < 0.5).length).toBeGreaterThan(18);
  expect(probabilities.filter((p) => p > 0.5).length).toBeGreaterThan(18);
  expect(probabilities.filter((p) => p > 0.95).length).toBeLessThanOrEqual(8);
});

test('what the rows do not define is not compared, and what means nothing is no yardstick', () => {
  const [a, b] = models(1, 1, [1, 1]);
  const auc = yardstickOf('auc', 'binary', null);
  expect(auc && compareModels(auc, a, b, 0, random(1))).toBeNull();
  expect(yardstickOf('value', 'binary', null)).toBeUndefined();
  expect(yardstickOf('value', 'regression', value)).toBeUndefined();
  expect(yardstickOf('rmse', 'binary', null)).toBeUndefined();
  expect(yardstickOf('nothing', 'binary', null)).toBeUndefined();
});
