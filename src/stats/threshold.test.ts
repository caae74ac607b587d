import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseThreshold, type DecisionValue } from './threshold.js';

const rows = fc.array(fc.tuple(fc.constantFrom(0, 0.1, 0.25, 0.5, 0.7, 0.9, 1), fc.integer({ min: 0, max: 1 })), {
  minLength: 1,
  maxLength: 30,
});
const money = fc.record({
  truePositive: fc.integer({ min: -50, max: 50 }),
  falsePositive: fc.integer({ min: -50, max: 50 }),
  falseNegative: fc.integer({ min: -50, max: 50 }),
  trueNegative: fc.integer({ min: -50, max: 50 }),
  capacity: fc.constantFrom(null, 0, 0.2, 0.5, 1),
});

function outcome(data: readonly (readonly [number, number])[], threshold: number) {
  const count = (decided: boolean, label: number) => data.filter(([p, y]) => p >= threshold === decided && y === label).length;
  return { tp: count(true, 1), fp: count(true, 0), fn: count(false, 1), tn: count(false, 0) };
}
function payOff(data: readonly (readonly [number, number])[], threshold: number, value: DecisionValue): number {
  const { tp, fp, fn, tn } = outcome(data, threshold);
  const sum = tp * value.truePositive + fp * value.falsePositive + fn * value.falseNegative + tn * value.trueNegative;
  return sum / data.length;
}
const f1Of = (data: readonly (readonly [number, number])[], threshold: number): number => {
  const { tp, fp, fn } = outcome(data, threshold);
  return tp + fp + fn > 0 ? (2 * tp) / (2 * tp + fp + fn) : 0;
};
const columns = (data: readonly (readonly [number, number])[]) =>
  [Float64Array.from(data, ([p]) => p), Float64Array.from(data, ([, y]) => y)] as const;
const TRIED = [0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 1, 1.1];

describe('the chosen threshold', () => {
  test('pays what it says, keeps to the capacity, and no other pays more', () => {
    fc.assert(
      fc.property(rows, money, (data, value) => {
        const chosen = chooseThreshold(...columns(data), { by: 'value', value });
        expect(payOff(data, chosen.threshold, value)).toBeCloseTo(chosen.score, 9);
        const share = (threshold: number) => data.filter(([p]) => p >= threshold).length / data.length;
        expect(share(chosen.threshold)).toBeCloseTo(chosen.share, 12);
        const capacity = value.capacity ?? 1;
        expect(chosen.share).toBeLessThanOrEqual(capacity + 1e-9);
        for (const other of TRIED)
          if (share(other) <= capacity) expect(payOff(data, other, value)).toBeLessThanOrEqual(chosen.score + 1e-9);
      }),
      { numRuns: 300, seed: 2 },
    );
  });

  test('by F1 is within half a percent of the best', () => {
    fc.assert(
      fc.property(rows, (data) => {
        const chosen = chooseThreshold(...columns(data), { by: 'f1' });
        expect(f1Of(data, chosen.threshold)).toBeCloseTo(chosen.score, 9);
        for (const other of TRIED) expect(f1Of(data, other) * 0.995).toBeLessThanOrEqual(chosen.score + 1e-9);
      }),
      { numRuns: 300, seed: 3 },
    );
  });

  test('of separable rows lies between the classes, near one half', () => {
    const chosen = chooseThreshold(Float64Array.of(0.1, 0.2, 0.7, 0.9), Float64Array.of(0, 0, 1, 1), { by: 'f1' });
    expect(chosen).toEqual({ threshold: 0.2 + (0.7 - 0.2) / 2, score: 1, share: 0.5 });
  });
});
