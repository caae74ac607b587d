import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveOptions } from '../../base/options.js';
import { viewMemory } from '../../kernels/layout.js';
import { scanNumeric } from '../../kernels/numeric-scan.js';
import { type LeafSums, leafGain, neededScore } from '../../kernels/tree-arena.js';
import { BIN_WORDS } from '../../kernels/tree-kernels.js';
import { kernelModule, kernelsOver } from '../../kernels/wasm-module.js';
import { sharedMemory, type WasmModule } from '../../kernels/webassembly.js';
import { gbdtOptions } from '../gbdt/options.js';
import { categoricalSplit } from './categorical-split.js';
import { numericSplit } from './numeric-split.js';
import type { Split, SplitRules } from './split.js';

type Bin = readonly [gradient: number, hessian: number, count: number];

const scales = { gradient: 0.01, hessian: 0.02 };
const rulesOf = (changes: Partial<SplitRules>): SplitRules => ({
  ...resolveOptions('test', gbdtOptions),
  minRows: 1,
  l2: 0,
  minCategoryRows: 1,
  categorySmoothing: 0,
  categoryL2: 0,
  ...changes,
});

const histogramOf = (bins: readonly Bin[]): Int32Array => {
  const out = new Int32Array(bins.length * BIN_WORDS);
  bins.forEach((bin, b) => {
    out.set(bin, b * BIN_WORDS);
  });
  return out;
};
const sum = (bins: readonly Bin[]): LeafSums => ({
  gradient: bins.reduce((total, bin) => total + bin[0], 0),
  hessian: bins.reduce((total, bin) => total + bin[1], 0),
  count: bins.reduce((total, bin) => total + bin[2], 0),
});

/** The best threshold of one feature, by both twins, which must agree to the bit. */
function thresholdOf(bins: readonly Bin[], feature: number, rules: SplitRules): Split | undefined {
  const total = sum(bins);
  const needed = neededScore(total, scales, rules);
  const found = scanNumeric(histogramOf(bins), 0, bins.length, feature, total, scales, rules, needed);
  const shared = sharedMemory(1024);
  const { i32, f64 } = viewMemory(shared.buffer);
  i32.set(histogramOf(bins), 16);
  f64[0] = needed;
  i32[2] = -1;
  kernelsOver(kernelModule() as WasmModule, shared).scan(
    64,
    bins.length,
    feature,
    total.gradient,
    total.hessian,
    total.count,
    scales.gradient,
    scales.hessian,
    rules.minRows,
    Math.max(rules.minChildWeight, Number.MIN_VALUE),
    rules.l1,
    rules.l2,
    0,
  );
  if (!found) expect(i32[2]).toBe(-1);
  else {
    expect(f64[0]).toBe(found.score);
    expect([...i32.subarray(2, 8)]).toEqual([
      feature,
      found.bin,
      Number(found.missingLeft),
      found.left.gradient,
      found.left.hessian,
      found.left.count,
    ]);
  }
  return found && numericSplit(found, total, scales, rules);
}

/** Gain of sending the marked bins left, or undefined when the rules forbid it. */
function gainOf(bins: readonly Bin[], left: readonly boolean[], rules: SplitRules): number | undefined {
  const total = sum(bins);
  const a = sum(bins.filter((_, b) => left[b]));
  const b = sum(bins.filter((_, k) => !left[k]));
  for (const side of [a, b])
    if (side.count < rules.minRows || side.hessian * scales.hessian < Math.max(rules.minChildWeight, Number.MIN_VALUE))
      return undefined;
  const gain = (side: LeafSums): number =>
    leafGain(side.gradient * scales.gradient, side.hessian * scales.hessian, rules.l1, rules.l2);
  const improvement = gain(a) + gain(b) - gain(total);
  return improvement > rules.minGain ? improvement : undefined;
}

const bin = fc
  .tuple(fc.integer({ min: -2000, max: 2000 }), fc.integer({ min: 1, max: 500 }), fc.integer({ min: 0, max: 12 }))
  .map(([g, h, c]): Bin => (c === 0 ? [0, 0, 0] : [g, h, c]));
const rules = fc.record({
  minRows: fc.integer({ min: 1, max: 15 }),
  minChildWeight: fc.constantFrom(0, 0.001, 3),
  l1: fc.constantFrom(0, 2),
  l2: fc.constantFrom(0, 1),
  minGain: fc.constantFrom(0, 5),
});

const marks = (split: { bin: number; missingLeft: boolean; categories: readonly number[] }, bins: number): boolean[] =>
  Array.from({ length: bins }, (_, b) =>
    split.bin < 0 ? split.categories.includes(b) : b === bins - 1 ? split.missingLeft : b <= split.bin,
  );

describe('numeric split', () => {
  it('is the best of all thresholds and both sides for missing', () => {
    fc.assert(
      fc.property(fc.array(bin, { minLength: 2, maxLength: 12 }), rules, (bins, changes) => {
        const checked = rulesOf(changes);
        const split = thresholdOf(bins, 4, checked);
        let best: number | undefined;
        for (let b = 0; b < bins.length - 1; b++)
          for (const missingLeft of [false, true]) {
            const gain = gainOf(bins, marks({ bin: b, missingLeft, categories: [] }, bins.length), checked);
            if (gain !== undefined && (best === undefined || gain > best)) best = gain;
          }
        if (best === undefined) {
          expect(split).toBeUndefined();
          return;
        }
        expect(split?.gain).toBeCloseTo(best, 8);
        if (!split) return;
        expect(split.feature).toBe(4);
        const side = marks(split, bins.length);
        expect(gainOf(bins, side, checked)).toBeCloseTo(best, 8);
        expect(split.left).toEqual(sum(bins.filter((_, b) => side[b] && bins[b][2] > 0)));
        expect(split.right.count + split.left.count).toBe(sum(bins).count);
      }),
      { seed: 6, numRuns: 1500 },
    );
  });

  it('sends missing to the larger side when training had none', () => {
    const bins: Bin[] = [
      [-900, 90, 9],
      [100, 20, 2],
      [0, 0, 0],
    ];
    expect(thresholdOf(bins, 0, rulesOf({}))).toMatchObject({
      bin: 0,
      missingLeft: true,
    });
    const turned: Bin[] = [bins[1], bins[0], bins[2]];
    expect(thresholdOf(turned, 0, rulesOf({}))).toMatchObject({
      bin: 0,
      missingLeft: false,
    });
  });
});

describe('categorical split', () => {
  it('finds the best of all subsets by ordering the categories', () => {
    fc.assert(
      fc.property(fc.array(bin, { minLength: 2, maxLength: 8 }), (bins) => {
        const checked = rulesOf({ oneHotCategories: 0, minChildWeight: 0 });
        const split = categoricalSplit(histogramOf(bins), 0, bins.length, 0, sum(bins), scales, checked);
        let best = 0;
        for (let subset = 1; subset < 2 ** bins.length - 1; subset++)
          best = Math.max(
            best,
            gainOf(
              bins,
              Array.from(bins, (_, b) => (subset >> b) % 2 === 1),
              checked,
            ) ?? 0,
          );
        expect(split?.gain ?? 0).toBeCloseTo(best, 8);
        if (split) expect(gainOf(bins, marks(split, bins.length), checked)).toBeCloseTo(best, 8);
      }),
      { seed: 7, numRuns: 800 },
    );
  });

  it('tries few categories one against the rest', () => {
    fc.assert(
      fc.property(fc.array(bin, { minLength: 2, maxLength: 4 }), rules, (bins, changes) => {
        const checked = rulesOf(changes);
        const split = categoricalSplit(histogramOf(bins), 0, bins.length, 0, sum(bins), scales, checked);
        let best: number | undefined;
        for (let b = 0; b < bins.length; b++) {
          if (bins[b][2] === 0) continue;
          const gain = gainOf(
            bins,
            Array.from(bins, (_, k) => k === b),
            checked,
          );
          if (gain !== undefined && (best === undefined || gain > best)) best = gain;
        }
        if (best === undefined) expect(split).toBeUndefined();
        else {
          expect(split?.gain).toBeCloseTo(best, 8);
          expect(split?.categories.length).toBe(1);
        }
      }),
      { seed: 8, numRuns: 800 },
    );
  });

  it('keeps to the limits of ordered splits', () => {
    const bins: Bin[] = Array.from({ length: 40 }, (_, b) => [(b - 20) * 100, 100, 10]);
    const split = (changes: Partial<SplitRules>) =>
      categoricalSplit(histogramOf(bins), 0, bins.length, 0, sum(bins), scales, rulesOf(changes));
    expect(split({})?.categories.length).toBe(20);
    expect(split({ maxSplitCategories: 5 })?.categories.length).toBe(5);
    expect((split({ minCategoryRows: 70 })?.left.count ?? 0) % 70).toBe(0);
    expect(split({ categorySmoothing: 11 })).toBeUndefined();
    expect(split({ categoryL2: 3 })?.l2).toBe(3);
  });
});
