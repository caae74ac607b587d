import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../../base/random.js';
import { exp, log, sigmoid } from '../../kernels/math.js';
import { ESTIMATORS, loadModel } from '../catalogue.js';
import { contextOf, learnable } from '../testing/examples.js';
import { CalibratedModel } from './calibrated-model.js';
import type { CalibrationRows } from './calibration.js';
import { applyCalibration, CALIBRATORS, fitCalibration } from './catalogue.js';
import { isotonic } from './isotonic.js';

const METHODS = Object.keys(CALIBRATORS) as (keyof typeof CALIBRATORS)[];

/** Rows whose true log-odds are a third of what is claimed, as of a model that is far too sure. */
function overconfident(rows: number, seed: number): CalibrationRows {
  const source = random(seed);
  const claims = Float64Array.from({ length: rows }, () => 3 * source.normal());
  return {
    task: 'binary',
    outputs: 1,
    predictions: claims.map(sigmoid),
    target: claims.map((claim) => Number(source.next() < sigmoid(claim / 3))),
  };
}

/** The same for three classes. */
function overconfidentClasses(rows: number, seed: number): CalibrationRows {
  const source = random(seed);
  const predictions = new Float64Array(rows * 3);
  const target = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const scores = [0, 1, 2].map(() => source.normal());
    const share = (t: number): number[] => {
      const powers = scores.map((score) => exp(score / t));
      const sum = powers.reduce((a, b) => a + b, 0);
      return powers.map((power) => power / sum);
    };
    predictions.set(share(0.25), i * 3);
    const [a, b] = share(1);
    const draw = source.next();
    target[i] = draw < a ? 0 : draw < a + b ? 1 : 2;
  }
  return { task: 'multiclass', outputs: 3, predictions, target };
}

function logLoss({ predictions, target, outputs }: CalibrationRows): number {
  const of = (i: number): number =>
    outputs === 1 ? (target[i] === 1 ? predictions[i] : 1 - predictions[i]) : predictions[i * outputs + target[i]];
  return -target.reduce((sum, _, i) => sum + log(Math.max(1e-12, of(i))), 0) / target.length;
}

function calibrated(rows: CalibrationRows, fittedOn: CalibrationRows, method: (typeof METHODS)[number]): CalibrationRows {
  const calibration = fitCalibration(method, fittedOn);
  const predictions = rows.predictions.slice();
  for (let at = 0; at < predictions.length; at += rows.outputs) applyCalibration(calibration, predictions, at, rows.outputs);
  return { ...rows, predictions };
}

describe.each(METHODS)('%s', (method) => {
  it.each([overconfident, overconfidentClasses])('brings fresh rows near the log loss of the truth: %o', (make) => {
    const fresh = make(8_000, 2);
    const before = logLoss(fresh);
    const after = logLoss(calibrated(fresh, make(5000, 1), method));
    const truth =
      make === overconfident
        ? logLoss(calibrated(fresh, make(15_000, 3), 'temperature'))
        : logLoss(calibrated(fresh, fresh, 'temperature'));
    expect(before).toBeGreaterThan(truth + 0.1);
    expect(after).toBeLessThan(truth + 0.02);
  });

  it('leaves probabilities that are right nearly as they are', () => {
    const source = random(9);
    const predictions = Float64Array.from({ length: 20_000 }, () => source.next());
    const rows: CalibrationRows = {
      task: 'binary',
      outputs: 1,
      predictions,
      target: predictions.map((p) => Number(source.next() < p)),
    };
    const after = calibrated(rows, rows, method).predictions;
    expect(Math.max(...after.map((p, i) => Math.abs(p - predictions[i])))).toBeLessThan(method === 'isotonic' ? 0.12 : 0.02);
  });

  it('keeps the order of binary rows, stays in 0..1, and counts a weight of n as n rows', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 60 }), (seed, count) => {
        const source = random(seed);
        const rows = overconfident(count, seed);
        const weight = Float64Array.from({ length: count }, () => source.below(4));
        weight[0] = 1;
        const times = [...weight].flatMap((n, i) => Array.from({ length: n }, () => i));
        const repeated: CalibrationRows = {
          ...rows,
          predictions: Float64Array.from(times, (i) => rows.predictions[i]),
          target: Float64Array.from(times, (i) => rows.target[i]),
        };
        const a = fitCalibration(method, { ...rows, weight });
        const b = fitCalibration(method, repeated);
        let last = 0;
        for (let p = 0; p <= 1; p += 0.01) {
          const out = Float64Array.of(p, p);
          applyCalibration(a, out, 0, 1);
          applyCalibration(b, out, 1, 1);
          expect(out[0]).toBeGreaterThanOrEqual(last - 1e-12);
          expect(out[0]).toBeLessThanOrEqual(1);
          expect(Math.abs(out[0] - out[1])).toBeLessThan(1e-5);
          last = out[0];
        }
      }),
      { numRuns: 60 },
    );
  });

  it('copes with rows of one class, a single row, and claims of 0 and 1', () => {
    for (const target of [[0, 0, 0], [1, 1, 1], [1], [0, 1, 1]]) {
      const predictions = Float64Array.from(target, (_, i) => [0, 1, 0.5][i]);
      const out = calibrated(
        { task: 'binary', outputs: 1, predictions, target: Float64Array.from(target) },
        { task: 'binary', outputs: 1, predictions, target: Float64Array.from(target) },
        method,
      ).predictions;
      for (const p of out) expect(p >= 0 && p <= 1).toBe(true);
    }
  });

  it.each(['binary', 'multiclass'] as const)('is part of a %s model, that comes back from its bytes', async (task) => {
    const data = learnable(ESTIMATORS.gbdt, task, 400);
    const inner = await ESTIMATORS.gbdt.fit(data, { rounds: 20 }, contextOf(task));
    const predictions = inner.predict(data.matrix);
    const calibration = fitCalibration(method, { task, outputs: inner.outputs, predictions, target: data.target });
    const model = new CalibratedModel(inner, calibration);
    const bytes = model.serialize();
    const back = loadModel(bytes);
    expect(back.serialize()).toEqual(bytes);
    const batch = model.predict(data.matrix);
    expect(back.predict(data.matrix)).toEqual(batch);
    expect(batch).not.toEqual(predictions);
    const out = new Float64Array(model.outputs);
    for (let i = 0; i < 50; i++) {
      model.predictRow(
        Float64Array.from(data.matrix.columns, (column) => column[i]),
        out,
      );
      expect(out).toEqual(batch.subarray(i * model.outputs, (i + 1) * model.outputs));
    }
    expect(model.importances?.()).toEqual(inner.importances?.());
  });
});

it('isotonic regression is the rising function of least squares', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 1, maxLength: 9 }), (target) => {
      const predictions = Float64Array.from(target, (_, i) => (i + 1) / 10);
      const { curves } = isotonic.fit({ task: 'binary', outputs: 1, predictions, target: Float64Array.from(target) });
      // The max-min formula of isotonic regression.
      const mean = (from: number, to: number): number =>
        target.slice(from, to + 1).reduce((a: number, b) => a + b, 0) / (to - from + 1);
      const expected = target.map((_, i) =>
        Math.max(
          ...Array.from({ length: i + 1 }, (_unused, from) =>
            Math.min(...Array.from({ length: target.length - i }, (_also, more) => mean(from, i + more))),
          ),
        ),
      );
      const levels = [...new Set(expected.map((value) => value.toFixed(9)))];
      expect([...new Set((curves[0]?.to ?? []).map((value) => value.toFixed(9)))]).toEqual(levels);
    }),
  );
});

it('a regression has no probabilities to calibrate', () => {
  const rows = { task: 'regression', outputs: 1, predictions: new Float64Array(3), target: new Float64Array(3) } as const;
  expect(() => fitCalibration('platt', rows)).toThrow(expect.objectContaining({ code: 'MW_MODEL_TASK' }));
});
