import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { computeMetrics, METRICS, metricOf, metricsFor } from './catalogue.js';
import type { MetricInput, MetricTask } from './metric.js';

const input = (task: MetricTask, outputs: number, predictions: number[], target: number[], threshold = 0.5): MetricInput => ({
  task,
  outputs,
  predictions: Float64Array.from(predictions),
  target: Float64Array.from(target),
  threshold,
});

describe('known values', () => {
  const binary = input('binary', 1, [0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]);
  test('binary', () => {
    const metrics = computeMetrics(binary);
    expect(metrics['auc']).toBe(0.75);
    expect(metrics['prauc']).toBeCloseTo(0.8333333333333333, 15);
    expect(metrics['logloss']).toBeCloseTo(0.47228795380917615, 14);
    expect(metrics['brier']).toBeCloseTo((0.01 + 0.16 + 0.4225 + 0.04) / 4, 15);
    expect(metrics['accuracy']).toBe(0.75);
    expect(metrics['precision']).toBe(1);
    expect(metrics['recall']).toBe(0.5);
    expect(metrics['f1']).toBeCloseTo(2 / 3, 15);
    expect(metrics['ece']).toBeCloseTo((0.1 + 0.4 + 0.65 + 0.2) / 4, 15);
  });

  test('multiclass', () => {
    const metrics = computeMetrics(
      input('multiclass', 3, [0.7, 0.2, 0.1, 0.1, 0.6, 0.3, 0.3, 0.4, 0.3, 0.2, 0.2, 0.6], [0, 1, 2, 2]),
    );
    expect(metrics['accuracy']).toBe(0.75);
    expect(metrics['logloss']).toBeCloseTo(-(Math.log(0.7) + Math.log(0.6) + Math.log(0.3) + Math.log(0.6)) / 4, 12);
    expect(metrics['recall']).toBeCloseTo((1 + 1 + 0.5) / 3, 12);
    expect(metrics['precision']).toBeCloseTo((1 + 0.5 + 1) / 3, 12);
    expect(metrics['auc']).toBeCloseTo((1 + 1 + (0.5 + 1 + 1 + 1) / 4) / 3, 12);
  });

  test('regression', () => {
    const metrics = computeMetrics(input('regression', 1, [2.5, 0, 2, 8], [3, -0.5, 2, 7]));
    expect(metrics['rmse']).toBeCloseTo(Math.sqrt(0.375), 12);
    expect(metrics['mae']).toBe(0.5);
    expect(metrics['r2']).toBeCloseTo(0.9486081370449679, 12);
    expect(metrics['mape']).toBeCloseTo((0.5 / 3 + 1 + 0 + 1 / 7) / 4, 12);
  });
});

describe('degenerate rows are not defined, never a wrong number', () => {
  test('no rows, one class, no variance', () => {
    for (const task of ['binary', 'regression'] as const)
      for (const value of Object.values(computeMetrics(input(task, 1, [], [])))) expect(value).toBeNaN();
    expect(metricOf('auc').compute(input('binary', 1, [0.2, 0.4], [1, 1]))).toBeNaN();
    expect(metricOf('recall').compute(input('binary', 1, [0.2, 0.4], [0, 0]))).toBeNaN();
    expect(metricOf('r2').compute(input('regression', 1, [1, 2], [3, 3]))).toBeNaN();
  });

  test('a prediction or a truth that is no number defines no figure, and every figure ends', () => {
    for (const metric of metricsFor('binary')) {
      expect(metric.compute(input('binary', 1, [0.2, Number.NaN, 0.7], [0, 1, 1]))).toBeNaN();
      expect(metric.compute(input('binary', 1, [0.2, 0.4, 0.7], [0, Number.NaN, 1]))).toBeNaN();
    }
  });

  test('sizes that do not fit and classes that are none are bugs', () => {
    for (const [task, outputs, predictions, target] of [
      ['binary', 1, [0.2, 0.3], [1]],
      ['binary', 2, [0.2, 0.3], [1]],
      ['binary', 1, [0.2], [2]],
      ['multiclass', 3, [0.2, 0.3], [1]],
      ['multiclass', 2, [0.2, 0.8], [2]],
      ['multiclass', 2, [0.2, 0.8], [0.5]],
      ['regression', 1, [1, 2], [3]],
    ] as const)
      for (const metric of metricsFor(task))
        expect(() => metric.compute(input(task, outputs, [...predictions], [...target]))).toThrow(TypeError);
  });

  test('an unknown metric names the near one', () => {
    expect(() => metricOf('acuracy')).toThrow(/Did you mean 'accuracy'/);
  });
});

describe.each(METRICS.map((metric) => [metric.name, metric] as const))('%s', (_name, metric) => {
  const rows = (task: MetricTask) =>
    fc.array(
      task === 'regression'
        ? fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -20, max: 20 }))
        : fc.tuple(
            fc.integer({ min: 0, max: 8 }).map((v) => v / 8),
            fc.integer({ min: 0, max: 1 }),
          ),
      { minLength: 2, maxLength: 40 },
    );

  test.each(metric.tasks.filter((task) => task !== 'multiclass').map((task) => [task] as const))(
    '%s: does not depend on the order of rows, and repeating all rows changes nothing',
    (task) => {
      fc.assert(
        fc.property(rows(task), (pairs) => {
          const of = (some: typeof pairs) =>
            metric.compute(
              input(
                task,
                1,
                some.map(([p]) => p),
                some.map(([, y]) => y),
              ),
            );
          const value = of(pairs);
          for (const other of [of(pairs.toReversed()), of([...pairs, ...pairs])]) {
            if (Number.isNaN(value)) expect(other).toBeNaN();
            else expect(other).toBeCloseTo(value, 9);
          }
        }),
        { seed: 2 },
      );
    },
  );

  test('a perfect prediction is as good as it gets', () => {
    const [task] = metric.tasks as [MetricTask];
    const perfect = task === 'regression' ? input(task, 1, [1, 2, 3], [1, 2, 3]) : input(task, 1, [0, 1, 1], [0, 1, 1]);
    expect(metric.compute(perfect)).toBeCloseTo(metric.better === 'higher' ? 1 : 0, 9);
  });
});

test('auc is the share of ordered pairs', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.boolean()), { minLength: 2, maxLength: 30 }), (pairs) => {
      let wins = 0;
      let all = 0;
      for (const [a, ya] of pairs)
        for (const [b, yb] of pairs)
          if (ya && !yb) {
            all++;
            wins += a > b ? 1 : a === b ? 0.5 : 0;
          }
      const value = metricOf('auc').compute(
        input(
          'binary',
          1,
          pairs.map(([p]) => p / 6),
          pairs.map(([, y]) => Number(y)),
        ),
      );
      if (all === 0) expect(value).toBeNaN();
      else expect(value).toBeCloseTo(wins / all, 12);
    }),
    { seed: 3 },
  );
});

test('every kind of problem has metrics', () => {
  for (const task of ['binary', 'multiclass', 'regression'] as const) expect(metricsFor(task).length).toBeGreaterThan(3);
});
