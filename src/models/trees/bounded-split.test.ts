import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveOptions } from '../../base/options.js';
import { type Monotone, scanBounded } from '../../kernels/bounded-scan.js';
import { viewMemory } from '../../kernels/layout.js';
import { boundedGain, boundedValue, gainOfValue, type LeafBounds, neededWithin, UNBOUNDED } from '../../kernels/leaf-bounds.js';
import { scanNumeric } from '../../kernels/numeric-scan.js';
import { type LeafSums, leafGain } from '../../kernels/tree-arena.js';
import { kernelModule, kernelsOver } from '../../kernels/wasm-module.js';
import { sharedMemory, type WasmModule } from '../../kernels/webassembly.js';
import { gbdtOptions } from '../gbdt/options.js';
import { childBounds, splitWithin } from './bounded-split.js';
import { numericSplit } from './numeric-split.js';
import type { Split, SplitRules } from './split.js';

type Bin = readonly [gradient: number, hessian: number, count: number];

const scales = { gradient: 0.01, hessian: 0.02 };
const rulesOf = (changes: Partial<SplitRules>): SplitRules => ({
  ...resolveOptions('test', gbdtOptions),
  minRows: 1,
  l2: 0,
  ...changes,
});
const sum = (bins: readonly Bin[]): LeafSums => ({
  gradient: bins.reduce((total, bin) => total + bin[0], 0),
  hessian: bins.reduce((total, bin) => total + bin[1], 0),
  count: bins.reduce((total, bin) => total + bin[2], 0),
});
const histogramOf = (bins: readonly Bin[]): Int32Array => Int32Array.from(bins.flatMap((bin) => [...bin, 0]));

/** By both twins, which must agree to the bit. */
function thresholdOf(bins: readonly Bin[], rules: SplitRules, monotone: Monotone, bounds: LeafBounds): Split | undefined {
  const total = sum(bins);
  const needed = neededWithin(total, scales, rules, bounds);
  const found = scanBounded(histogramOf(bins), 0, bins.length, 4, total, scales, rules, needed, monotone, bounds);
  const shared = sharedMemory(1024);
  const { i32, f64 } = viewMemory(shared.buffer);
  i32.set(histogramOf(bins), 16);
  f64[0] = needed;
  i32[2] = -1;
  f64[4] = bounds.lower;
  f64[5] = bounds.upper;
  const sums = [total.gradient, total.hessian, total.count, scales.gradient, scales.hessian];
  const least = Math.max(rules.minChildWeight, Number.MIN_VALUE);
  const limits = [rules.minRows, least, rules.l1, rules.l2];
  kernelsOver(kernelModule() as WasmModule, shared).scanBounded(64, bins.length, 4, ...sums, ...limits, monotone, 0);
  if (!found) expect(i32[2]).toBe(-1);
  else {
    const { score, feature, bin, missingLeft, left } = found;
    expect(f64[0]).toBe(score);
    const words = [feature, bin, Number(missingLeft), left.gradient, left.hessian, left.count];
    expect([...i32.subarray(2, 8)]).toEqual(words);
  }
  return found && numericSplit(found, total, scales, rules, bounds);
}

const bin = fc
  .tuple(fc.integer({ min: -2000, max: 2000 }), fc.integer({ min: 1, max: 500 }), fc.integer({ min: 0, max: 12 }))
  .map(([g, h, c]): Bin => (c === 0 ? [0, 0, 0] : [g, h, c]));
const histograms = fc.array(bin, { minLength: 2, maxLength: 12 });
const rules = fc.record({
  minRows: fc.integer({ min: 1, max: 15 }),
  minChildWeight: fc.constantFrom(0, 0.001, 3),
  l1: fc.constantFrom(0, 2),
  l2: fc.constantFrom(0, 1),
  minGain: fc.constantFrom(0, 5),
});
const bound = fc.oneof(fc.constant(Infinity), fc.double({ min: -5, max: 5, noNaN: true }));
const bounded = fc
  .tuple(bound, bound)
  .map(
    ([a, b]): LeafBounds =>
      a === Infinity ? { lower: -Infinity, upper: b } : { lower: Math.min(a, b), upper: Math.max(a, b) },
  );
const monotone = fc.constantFrom<Monotone>(-1, 0, 1);

describe('a split within bounds', () => {
  it('is the best of all thresholds whose values keep the order', () => {
    fc.assert(
      fc.property(histograms, rules, monotone, bounded, (bins, changes, direction, bounds) => {
        const checked = rulesOf(changes);
        const { l1, l2 } = checked;
        const total = sum(bins);
        const sideOf = (side: LeafSums) => [side.gradient * scales.gradient, side.hessian * scales.hessian] as const;
        let best = neededWithin(total, scales, checked, bounds);
        let possible = false;
        for (let b = 0; b < bins.length - 1; b++)
          for (const missingLeft of [false, true]) {
            if (bins[b][2] === 0) continue;
            const goesLeft = (k: number) => (k === bins.length - 1 ? missingLeft : k <= b);
            const sides = [sum(bins.filter((_, k) => goesLeft(k))), sum(bins.filter((_, k) => !goesLeft(k)))];
            const least = Math.max(checked.minChildWeight, Number.MIN_VALUE);
            if (sides.some((side) => side.count < checked.minRows || side.hessian * scales.hessian < least)) continue;
            const [left, right] = sides.map((side) => boundedValue(...sideOf(side), l1, l2, bounds));
            if ((right - left) * direction < 0) continue;
            const score = sides.reduce((gain, side) => gain + boundedGain(...sideOf(side), l1, l2, bounds), 0);
            if (score <= best + 1e-9) continue;
            best = score;
            possible = true;
          }
        const split = thresholdOf(bins, checked, direction, bounds);
        if (!possible) {
          if (split) expect(split.score).toBeCloseTo(best, 7);
          return;
        }
        expect(split?.score).toBeCloseTo(best, 7);
      }),
      { seed: 11, numRuns: 1500 },
    );
  });

  it('is the free one where nothing binds', () => {
    fc.assert(
      fc.property(histograms, rules, (bins, changes) => {
        const checked = rulesOf(changes);
        const total = sum(bins);
        const needed = neededWithin(total, scales, checked, UNBOUNDED);
        const free = scanNumeric(histogramOf(bins), 0, bins.length, 4, total, scales, checked, needed);
        expect(thresholdOf(bins, checked, 0, UNBOUNDED)?.score ?? needed).toBeCloseTo(free?.score ?? needed, 8);
      }),
      { seed: 12, numRuns: 300 },
    );
  });

  it('leaves each child its own side of the middle, within what the parent had', () => {
    fc.assert(
      fc.property(histograms, rules, fc.constantFrom<Monotone>(-1, 1), bounded, (bins, changes, direction, bounds) => {
        const checked = rulesOf(changes);
        const split = thresholdOf(bins, checked, direction, bounds);
        if (!split) return;
        const children = childBounds(split, direction, bounds, scales, checked.l1);
        const [low, high] = direction > 0 ? children : [children[1], children[0]];
        expect(low.lower).toBe(bounds.lower);
        expect(high.upper).toBe(bounds.upper);
        expect(low.upper).toBe(high.lower);
        expect(low.upper).toBeGreaterThanOrEqual(bounds.lower);
        expect(low.upper).toBeLessThanOrEqual(bounds.upper);
        expect(childBounds(split, 0, bounds, scales, checked.l1)).toEqual([bounds, bounds]);
      }),
      { seed: 13, numRuns: 500 },
    );
  });

  it('found without the bounds is scored with them, or dropped', () => {
    const bins: Bin[] = [
      [-900, 90, 9],
      [800, 80, 8],
      [0, 0, 0],
    ];
    const checked = rulesOf({});
    const split = thresholdOf(bins, checked, 0, UNBOUNDED) as Split;
    const total = sum(bins);
    const narrow = splitWithin(split, total, { lower: -0.5, upper: 0.5 }, scales, checked);
    const gain = (side: LeafSums, value: number) =>
      gainOfValue(side.gradient * scales.gradient, side.hessian * scales.hessian, value, 0, 0);
    expect(narrow?.score).toBeCloseTo(gain(split.left, 0.5) + gain(split.right, -0.5), 12);
    expect(narrow?.score).toBeLessThan(split.score);
    expect(splitWithin(split, total, { lower: 0.2, upper: 0.2 }, scales, checked)).toBeUndefined();
  });
});

describe('the gain of a value', () => {
  it('is largest at the Newton step, where it is the gain of the leaf', () => {
    const number = fc.double({ min: -50, max: 50, noNaN: true });
    fc.assert(
      fc.property(number, fc.double({ min: 0.1, max: 50, noNaN: true }), fc.constantFrom(0, 3), number, (g, h, l1, other) => {
        const step = boundedValue(g, h, l1, 1, UNBOUNDED);
        expect(gainOfValue(g, h, step, l1, 1)).toBeCloseTo(leafGain(g, h, l1, 1), 8);
        expect(gainOfValue(g, h, other, l1, 1)).toBeLessThanOrEqual(gainOfValue(g, h, step, l1, 1) + 1e-8);
      }),
      { seed: 14, numRuns: 300 },
    );
  });
});
