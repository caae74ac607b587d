import { describe, expect, test } from 'vitest';
import { random } from '../base/random.js';
import type { GatePlan, ValuePlan } from '../define/plan.js';
import { columnFrom, type StringColumn } from '../frame/column.js';
import { evaluate } from './evaluate.js';
import { applyGates, type GateInput } from './gates.js';

const value: ValuePlan = {
  kind: 'value',
  truePositive: 40,
  falsePositive: -12,
  falseNegative: 0,
  trueNegative: 0,
  capacity: null,
  currency: 'USD',
};

/** Rows whose probability is right, but for the slice 'odd', where it says nothing. */
function rows(n: number, seed = 1) {
  const source = random(seed);
  const target = new Float64Array(n);
  const predictions = new Float64Array(n);
  const group: string[] = [];
  for (let i = 0; i < n; i++) {
    const p = source.next();
    const odd = source.below(4) === 0;
    target[i] = source.next() < p ? 1 : 0;
    predictions[i] = odd ? source.next() : p;
    group.push(odd ? 'odd' : `even ${source.below(2)}`);
  }
  return { target, predictions, group: columnFrom('string', group) as StringColumn };
}

const judged = (n: number) => {
  const { target, predictions, group } = rows(n);
  return evaluate({
    task: 'binary',
    classes: ['no', 'yes'],
    target,
    predictions,
    threshold: 0.25,
    value,
    slices: [{ feature: 'group', metric: 'auc', column: group }],
  });
};

describe('evaluate', () => {
  const evaluation = judged(6000);

  test('metrics carry intervals that hold them; the same rows give the same figures', () => {
    const { auc, ece } = evaluation.metrics;
    expect(auc!.low!).toBeLessThan(auc!.value!);
    expect(auc!.high!).toBeGreaterThan(auc!.value!);
    expect(auc!.high! - auc!.low!).toBeLessThan(0.04);
    expect(ece!.value!).toBeGreaterThan(0.05);
    expect(judged(6000)).toEqual(evaluation);
    expect(JSON.parse(JSON.stringify(evaluation))).toEqual(evaluation);
  });

  test('confusion sums to the rows and agrees with the metrics', () => {
    const [[tn, fp], [fn, tp]] = evaluation.confusion as [[number, number], [number, number]];
    expect(tn + fp + fn + tp).toBe(6000);
    expect(tp / (tp + fn)).toBeCloseTo(evaluation.metrics['recall']!.value!, 12);
    expect(evaluation.value!.total).toBeCloseTo(40 * tp - 12 * fp, 6);
    expect(evaluation.value!.share).toBeCloseTo((tp + fp) / 6000, 12);
  });

  test('money by threshold meets the figure at the threshold, and its ends', () => {
    const { byThreshold, perRow, all, none } = evaluation.value!;
    expect(byThreshold.find(({ threshold }) => threshold === 0.25)!.perRow).toBeCloseTo(perRow.value!, 9);
    expect(byThreshold[0]!.perRow).toBeCloseTo(all, 9);
    expect(none).toBe(0);
    expect(perRow.value!).toBeGreaterThan(Math.max(all, none));
  });

  test('curves rise from corner to corner', () => {
    const { roc, precisionRecall, scores } = evaluation.curves!;
    roc.slice(1).forEach((point, i) => {
      expect(point.falsePositiveRate).toBeGreaterThanOrEqual(roc[i]!.falsePositiveRate);
      expect(point.truePositiveRate).toBeGreaterThanOrEqual(roc[i]!.truePositiveRate);
    });
    expect(roc.at(-1)).toEqual({ falsePositiveRate: 1, truePositiveRate: 1 });
    expect(precisionRecall.at(-1)!.precision).toBeCloseTo(evaluation.baseRate!, 12);
    expect(scores.reduce((sum, bin) => sum + bin.positives + bin.negatives, 0)).toBe(6000);
    let area = 0;
    for (let i = 1; i < roc.length; i++)
      area +=
        ((roc[i]!.falsePositiveRate - roc[i - 1]!.falsePositiveRate) *
          (roc[i]!.truePositiveRate + roc[i - 1]!.truePositiveRate)) /
        2;
    expect(area).toBeCloseTo(evaluation.metrics['auc']!.value!, 2);
  });

  test('the slice in which the model fails is found, and only that one', () => {
    expect(evaluation.slices[0]).toMatchObject({ feature: 'group', slice: 'odd', significant: true });
    expect(evaluation.slices.filter((slice) => slice.significant)).toHaveLength(1);
    expect(evaluation.slices.reduce((sum, slice) => sum + slice.rows, 0)).toBe(6000);
  });

  test('with fewer than twenty rows of a class there are figures without intervals, and the reason is told', () => {
    const few = (positives: number) => {
      const target = Float64Array.from({ length: 300 }, (_, i) => Number(i < positives));
      const predictions = target.map((truth, i) => (truth + ((i * 37) % 50) / 25) / 3);
      const group = columnFrom('string', Array(300).fill('all')) as StringColumn;
      const slices = [{ feature: 'group', metric: 'auc', column: group }];
      return evaluate({ task: 'binary', classes: ['no', 'yes'], target, predictions, threshold: 0.25, value, slices });
    };
    const insufficient = { low: null, high: null, note: 'insufficient data' };
    const lacking = few(19);
    for (const figure of [...Object.values(lacking.metrics), lacking.value!.perRow, lacking.slices[0]!.figure]) {
      expect(figure).toMatchObject(insufficient);
      expect(figure.value).not.toBeNull();
    }
    expect(lacking.slices[0]!.significant).toBe(false);
    const enough = few(20);
    for (const figure of [...Object.values(enough.metrics), enough.value!.perRow, enough.slices[0]!.figure]) {
      expect(figure.note).toBe(undefined);
      expect(figure.low!).toBeLessThanOrEqual(figure.value!);
      expect(figure.high!).toBeGreaterThanOrEqual(figure.value!);
    }
  });

  test('degenerate rows are not defined instead of wrong', () => {
    const nothing = { task: 'binary', classes: ['no', 'yes'], threshold: 0.5, value, slices: [] } as const;
    expect(
      evaluate({ ...nothing, target: new Float64Array(0), predictions: new Float64Array(0) }).metrics['auc']!.value,
    ).toBeNull();
    const oneClass = evaluate({ ...nothing, target: Float64Array.of(1, 1, 1), predictions: Float64Array.of(0.2, 0.5, 0.9) });
    expect(oneClass.metrics['auc']!.value).toBeNull();
    expect(oneClass.metrics['accuracy']!.value).toBeCloseTo(2 / 3, 12);
    const numbers = evaluate({
      ...nothing,
      task: 'regression',
      classes: [],
      value: null,
      target: Float64Array.of(1, 2, 4),
      predictions: Float64Array.of(1, 3, 4),
    });
    expect(numbers.residuals!.quantiles.find(({ share }) => share === 0.5)!.residual).toBe(0);
    expect(numbers.metrics['mae']!.value).toBeCloseTo(1 / 3, 12);
  });
});

describe('gates', () => {
  const { target, predictions } = rows(4000);
  const scored = { task: 'binary', outputs: 1, predictions, target, threshold: 0.25 } as const;
  const input: GateInput = {
    evaluation: judged(4000),
    scored,
    champion: null,
    value,
    latency: { mean: 0.01, p50: 0.01, p99: 0.02 },
    seed: 3,
  };
  const gate = (given: Record<string, unknown>) => ({ kind: 'gate', ...given }) as GatePlan;
  const result = (given: Record<string, unknown>, over: Partial<GateInput> = {}) =>
    applyGates([gate(given)], { ...input, ...over })[0]!;

  test('metrics and latency against their bounds', () => {
    expect(result({ gate: 'metric', metric: 'auc', low: 0.7, high: null }).passed).toBe(true);
    expect(result({ gate: 'metric', metric: 'auc', low: 0.99, high: null })).toMatchObject({
      passed: false,
      sentence: expect.stringContaining('at least 0.99'),
    });
    expect(result({ gate: 'metric', metric: 'ece', low: null, high: 0.001 }).passed).toBe(false);
    expect(result({ gate: 'metric', metric: 'value', low: 0, high: null }).passed).toBe(true);
    expect(result({ gate: 'latency', p99: 5 }).passed).toBe(true);
    expect(result({ gate: 'latency', p99: 0.001 }).passed).toBe(false);
  });

  test('a champion must be beaten with confidence; itself it does not beat', () => {
    const beats = { gate: 'beatsChampion', metric: 'value', by: 0, confidence: 0.95 };
    expect(result(beats).passed).toBe(true);
    expect(result(beats, { champion: { version: 1, scored } }).passed).toBe(false);
    const worse = { ...scored, predictions: rows(4000, 9).predictions };
    expect(result(beats, { champion: { version: 1, scored: worse } })).toMatchObject({
      passed: true,
      sentence: expect.stringContaining('version 1'),
    });
    expect(result({ ...beats, metric: 'logloss' }).passed).toBe(true);
    // Which of the two is better is said in words, and no figure has a minus that turns them round.
    const turned = result(beats, { scored: worse, champion: { version: 1, scored } });
    expect(turned.passed).toBe(false);
    expect(turned.sentence).toMatch(
      /^value is worse by [\d.]+ than that of the champion \(version 1\); it is better by more than 0 with/,
    );
    expect(result(beats, { champion: { version: 1, scored: worse } }).sentence).toMatch(/^value is better by [\d.]+ than/);
  });

  test('what cannot be judged does not pass', () => {
    expect(result({ gate: 'slice', feature: 'nowhere', metric: 'auc', dropAtMost: 1 })).toMatchObject({
      passed: false,
      figure: null,
    });
    expect(result({ gate: 'metric', metric: 'rmse', low: null, high: 9 })).toMatchObject({ passed: false, figure: null });
    expect(result({ gate: 'beatsChampion', metric: 'value', by: 0, confidence: 0.9 }, { value: null }).passed).toBe(false);
  });

  test('the worst slice decides', () => {
    const slice = { gate: 'slice', feature: 'group', metric: 'auc' };
    expect(result({ ...slice, dropAtMost: 0.01 })).toMatchObject({ passed: false, sentence: expect.stringContaining("'odd'") });
    expect(result({ ...slice, dropAtMost: 0.9 }).passed).toBe(true);
  });
});
