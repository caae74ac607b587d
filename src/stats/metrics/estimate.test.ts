import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Random, random } from '../../base/random.js';
import { METRICS, metricOf } from './catalogue.js';
import { endOfEstimate, meanEstimate, type Scale } from './estimate.js';
import type { MetricInput, MetricTask } from './metric.js';

const ROWS = 300;
const WINDOWS = 150;

/** Rows of a model that says what is so, with chance in what comes true. */
function rowsOf(task: MetricTask, source: Random): MetricInput {
  const outputs = task === 'multiclass' ? 3 : 1;
  const predictions = new Float64Array(ROWS * outputs);
  const target = new Float64Array(ROWS);
  for (let i = 0; i < ROWS; i++) {
    if (task === 'regression') {
      target[i] = 20 + 3 * source.normal();
      predictions[i] = target[i] + source.normal();
    } else if (task === 'binary') {
      predictions[i] = 1 / (1 + Math.exp(1 - 1.5 * source.normal()));
      target[i] = Number(source.next() < predictions[i]);
    } else {
      const said = [0.5, 0, -0.5].map((mean) => Math.exp(mean + 1.2 * source.normal()));
      const all = said[0] + said[1] + said[2];
      let left = source.next() * all;
      said.forEach((each, k) => {
        predictions[3 * i + k] = each / all;
        if (left >= 0) target[i] = k;
        left -= each;
      });
    }
  }
  return { task, outputs, predictions, target, threshold: 0.4 };
}

describe.each(METRICS.flatMap((metric) => metric.tasks.map((task) => [metric.name, task, metric] as const)))(
  '%s of %s rows',
  (name, task, metric) => {
    test('its standard error is how far it goes from window to window', () => {
      const source = random(11).fork(name).fork(task);
      const drawn = Array.from({ length: WINDOWS }, () => {
        const rows = rowsOf(task, source);
        return metric.estimate(rows, metric.compute(rows));
      });
      const spread = meanEstimate(WINDOWS, (i) => drawn[i].value).error * Math.sqrt(WINDOWS);
      const said = meanEstimate(WINDOWS, (i) => drawn[i].error).value;
      expect(said / spread).toBeGreaterThan(0.8);
      // The error of the ECE is that of bins which are off; where none is, their distances from chance vary less.
      expect(said / spread).toBeLessThan(name === 'ece' ? 2 : 1.2);
    });

    test('is defined where the figure is, near it, and of no rows not', () => {
      const rows = rowsOf(task, random(5));
      const value = metric.compute(rows);
      const { value: estimated, error } = metric.estimate(rows, value);
      expect(error).toBeGreaterThan(0);
      if (name !== 'ece') expect(Math.abs(estimated - value)).toBeLessThan(error / 2);
      const none = { ...rows, target: new Float64Array(0), predictions: new Float64Array(0) };
      expect(metric.estimate(none, metric.compute(none)).error).toBeNaN();
    });
  },
);

test('chance alone makes an ECE, and is taken off', () => {
  const source = random(3);
  const ece = metricOf('ece');
  const found = Array.from({ length: 200 }, () => {
    const rows = rowsOf('binary', source);
    const value = ece.compute(rows);
    return { value, estimated: ece.estimate(rows, value).value };
  });
  expect(meanEstimate(200, (i) => found[i].value).value).toBeGreaterThan(0.04);
  expect(Math.abs(meanEstimate(200, (i) => found[i].estimated).value)).toBeLessThan(0.003);
});

test('few rows that are all right or all wrong are not certain', () => {
  const of = (name: string, predictions: number[], target: number[]) => {
    const rows: MetricInput = {
      task: 'binary',
      outputs: 1,
      predictions: Float64Array.from(predictions),
      target: Float64Array.from(target),
      threshold: 0.5,
    };
    const metric = metricOf(name);
    const estimate = metric.estimate(rows, metric.compute(rows));
    return [endOfEstimate(estimate, metric.scale, -1.645), endOfEstimate(estimate, metric.scale, 1.645)];
  };
  for (const name of ['precision', 'recall', 'f1']) {
    // Five of five right may well be three of four.
    expect(of(name, [1, 1, 1, 1, 1, 0, 0], [1, 1, 1, 1, 1, 0, 0])[0]).toBeLessThan(0.75);
    expect(of(name, [1, 1, 1, 0, 0], [0, 0, 0, 1, 1])[1]).toBeGreaterThan(0.3);
  }
});

test('an end lies on its side of the estimate and within the scale', () => {
  fc.assert(
    fc.property(
      fc.constantFrom<Scale>('share', 'size', 'atMostOne', 'any'),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 5, noNaN: true }),
      fc.double({ min: 0.1, max: 3, noNaN: true }),
      (scale, value, error, z) => {
        const [low, high] = [endOfEstimate({ value, error }, scale, -z), endOfEstimate({ value, error }, scale, z)];
        expect(low).toBeLessThanOrEqual(value + 1e-12);
        expect(high).toBeGreaterThanOrEqual(value - 1e-12);
        if (scale === 'share' && value > 0 && value < 1) {
          expect(low).toBeGreaterThanOrEqual(0);
          expect(high).toBeLessThanOrEqual(1);
        }
        if (scale === 'size' && value > 0) expect(low).toBeGreaterThanOrEqual(0);
      },
    ),
    { seed: 4 },
  );
});
