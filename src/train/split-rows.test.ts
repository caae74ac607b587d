import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { random } from '../base/random.js';
import type { SplitPlan } from '../define/plan.js';
import { type RowSplit, splitRows } from './split-rows.js';
import type { CodedTarget } from './target.js';

const target = (task: CodedTarget['task'], values: readonly number[], classes = 2): CodedTarget => ({
  task,
  classes: task === 'regression' ? [] : Array.from({ length: classes }, (_, k) => `c${k}`),
  values: Float64Array.from(values),
  missing: values.filter(Number.isNaN).length,
});
const labels = (n: number, share: number, seed = 1) => {
  const source = random(seed);
  return Array.from({ length: n }, () => (source.next() < share ? 1 : 0));
};
const shareOf = (t: CodedTarget, rows: Int32Array) => rows.reduce((sum, row) => sum + t.values[row], 0) / rows.length;
const code = (expected: string) => expect.objectContaining({ code: expected });
const disjoint = (...parts: readonly Int32Array[]) => {
  const all = parts.flatMap((part) => [...part]);
  return new Set(all).size === all.length;
};
const rising = (rows: Int32Array) => rows.every((row, i) => i === 0 || row > rows[i - 1]);

function wellFormed(split: RowSplit, t: CodedTarget): void {
  const every = [split.fit, split.test, ...split.folds.flatMap(({ train, validation }) => [train, validation])];
  for (const rows of every) {
    expect(rising(rows)).toBe(true);
    for (const row of rows) expect(t.values[row]).not.toBeNaN();
  }
  for (const { train, validation } of split.folds) expect(disjoint(train, validation, split.test)).toBe(true);
  expect(disjoint(split.fit, split.test)).toBe(true);
  expect(split.leftOut + split.fit.length + split.test.length).toBe(t.values.length);
}

describe('any plan', () => {
  const plans: fc.Arbitrary<SplitPlan> = fc.oneof(
    fc.record({
      kind: fc.constant('randomSplit' as const),
      test: fc.constantFrom(0, 0.1, 0.25),
      validation: fc.constantFrom(0.1, 0.3),
    }),
    fc.record({
      kind: fc.constant('foldSplit' as const),
      test: fc.constantFrom(0, 0.2),
      folds: fc.integer({ min: 2, max: 5 }),
      column: fc.constantFrom(null, 'time'),
      gap: fc.constantFrom(0, 2),
    }),
    fc.record({
      kind: fc.constant('timeSplit' as const),
      column: fc.constant('time'),
      from: fc.constant(0),
      validationFrom: fc.constant(20),
      testFrom: fc.constant(30),
      to: fc.constantFrom(40, 50),
      gap: fc.constantFrom(0, 3),
    }),
  );
  test('parts labelled rows into rising, disjoint parts, the same ones every time', () => {
    fc.assert(
      fc.property(
        plans,
        fc.array(fc.tuple(fc.constantFrom(0, 1, 2, Number.NaN), fc.integer({ min: 0, max: 45 })), {
          minLength: 40,
          maxLength: 120,
        }),
        fc.boolean(),
        fc.nat(),
        (plan, rows, regression, seed) => {
          const t = target(
            regression ? 'regression' : 'multiclass',
            rows.map(([label]) => label),
            3,
          );
          const time = Float64Array.from(rows, ([, at]) => at);
          try {
            const split = splitRows(plan, t, time, seed);
            wellFormed(split, t);
            expect(splitRows(plan, t, time, seed)).toEqual(split);
            if (plan.kind !== 'randomSplit' && plan.column !== null)
              for (const { train, validation } of [...split.folds, { train: split.fit, validation: split.test }]) {
                const latest = Math.max(...train.map((row) => time[row]));
                for (const row of validation) expect(time[row] - plan.gap).toBeGreaterThan(latest - (plan.gap > 0 ? 0 : 1e-9));
              }
          } catch (error) {
            if ((error as Error).name === 'AssertionError') throw error;
            expect((error as { code: string }).code).toMatch(/^MW_TRAIN_(TOO_FEW_ROWS|PART_EMPTY|CLASS_MISSING)$/);
          }
        },
      ),
      { numRuns: 300, seed: 4 },
    );
  });
});

test('a random split has the shares asked for, of every class', () => {
  const t = target('binary', labels(10_000, 0.05));
  const { folds, test: kept, fit, leftOut } = splitRows({ kind: 'randomSplit', test: 0.2, validation: 0.1 }, t, null, 7);
  expect([kept.length, folds[0].validation.length, folds[0].train.length]).toEqual([2000, 1000, 7000]);
  expect([fit.length, leftOut]).toEqual([8000, 0]);
  const whole = shareOf(t, Int32Array.from(t.values.keys()));
  for (const rows of [kept, folds[0].validation, folds[0].train])
    expect(Math.abs(shareOf(t, rows) - whole)).toBeLessThan(0.001);
  const other = splitRows({ kind: 'randomSplit', test: 0.2, validation: 0.1 }, t, null, 8);
  expect(other.test).not.toEqual(kept);
});

test('shuffled folds are of equal size and cover everything once', () => {
  const t = target('binary', labels(103, 0.3));
  const { folds, fit } = splitRows({ kind: 'foldSplit', test: 0.2, folds: 5, column: null, gap: 0 }, t, null, 7);
  const validation = folds.flatMap((fold) => [...fold.validation]);
  expect(validation.toSorted((a, b) => a - b)).toEqual([...fit]);
  const sizes = folds.map((fold) => fold.validation.length);
  expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  for (const fold of folds) expect(fold.train.length + fold.validation.length).toBe(fit.length);
});

const range = (low: number, high: number) => Array.from({ length: high - low }, (_, i) => low + i);

test('by time, each part ends a gap before the next begins and starts at its bound', () => {
  const t = target(
    'regression',
    Array.from({ length: 100 }, (_, i) => i % 7),
  );
  const time = Float64Array.from({ length: 100 }, (_, i) => 99 - i);
  const plan: SplitPlan = { kind: 'timeSplit', column: 't', from: 10, validationFrom: 50, testFrom: 70, to: 90, gap: 5 };
  const { folds, test: kept, fit, leftOut } = splitRows(plan, t, time, 1);
  const times = (rows: Int32Array) => [...rows].map((row) => time[row]).sort((a, b) => a - b);
  expect(times(folds[0].train)).toEqual(range(10, 45));
  expect(times(folds[0].validation)).toEqual(range(50, 65));
  expect(times(kept)).toEqual(range(70, 90));
  expect(times(fit)).toEqual([...range(10, 45), ...range(50, 65)]);
  expect(leftOut).toBe(30);
});

test('folds by time grow, each validated on the block after it', () => {
  const t = target(
    'regression',
    Array.from({ length: 50 }, (_, i) => i % 7),
  );
  const time = Float64Array.from({ length: 50 }, (_, i) => i);
  const { folds, test: kept } = splitRows({ kind: 'foldSplit', test: 0.2, folds: 3, column: 't', gap: 2 }, t, time, 1);
  // The gap before the test leaves 38 rows, in four blocks.
  expect([kept[0], kept.length]).toEqual([40, 10]);
  expect(folds.map(({ train, validation }) => [train.length, validation[0], validation.at(-1)])).toEqual([
    [8, 10, 18],
    [17, 19, 28],
    [27, 29, 37],
  ]);
});

describe('what cannot be parted is a coded error', () => {
  const randomPlan: SplitPlan = { kind: 'randomSplit', test: 0.2, validation: 0.2 };
  test.each<[string, SplitPlan, CodedTarget, Float64Array | null]>([
    ['MW_TRAIN_TOO_FEW_ROWS', randomPlan, target('binary', [0, 1, 0, 1]), null],
    ['MW_TRAIN_TOO_FEW_ROWS', randomPlan, target('binary', [...Array(50).fill(Number.NaN), 0, 1]), null],
    ['MW_TRAIN_CLASS_MISSING', randomPlan, target('binary', [1, 1, ...Array(50).fill(0)]), null],
    [
      'MW_TRAIN_CLASS_MISSING',
      { kind: 'foldSplit', test: 0, folds: 5, column: null, gap: 0 },
      target('binary', [1, 1, 1, ...Array(50).fill(0)]),
      null,
    ],
    [
      'MW_TRAIN_TIME_MISSING',
      { kind: 'foldSplit', test: 0, folds: 3, column: 't', gap: 0 },
      target('binary', labels(50, 0.5)),
      null,
    ],
    [
      'MW_TRAIN_PART_EMPTY',
      { kind: 'timeSplit', column: 't', from: 0, validationFrom: 10, testFrom: 20, to: 30, gap: 0 },
      target('binary', labels(50, 0.5)),
      new Float64Array(50),
    ],
  ])('%s', (expected, plan, t, time) => {
    expect(() => splitRows(plan, t, time, 1)).toThrow(code(expected));
  });
});
