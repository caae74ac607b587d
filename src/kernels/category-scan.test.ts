import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanCategories } from './category-scan.js';
import { viewMemory } from './layout.js';
import type { Found, LeafSums, ScanRules } from './tree-arena.js';
import { BIN_WORDS } from './tree-kernels.js';
import { kernelModule, kernelsOver } from './wasm-module.js';
import { sharedMemory, type WasmModule } from './webassembly.js';

type Bin = readonly [gradient: number, hessian: number, count: number];

const scales = { gradient: 0.01, hessian: 0.02 };
const shared = sharedMemory(65_536);
const memory = viewMemory(shared.buffer);
const kernels = kernelsOver(kernelModule() as WasmModule, shared);

const WORK_AT = 1024;
const HISTOGRAM_AT = 8192;

/** What WebAssembly finds; undefined when it leaves its place untouched. */
function compiled(bins: readonly Bin[], total: LeafSums, rules: ScanRules, needed: number): Found | undefined {
  const { u8, i32, f64 } = memory;
  u8.fill(0xaa, 0, HISTOGRAM_AT);
  f64[0] = needed;
  i32[2] = -1;
  bins.forEach((bin, b) => {
    i32.set([...bin, 0], (HISTOGRAM_AT >> 2) + b * BIN_WORDS);
  });
  const minHessian = Math.max(rules.minChildWeight, Number.MIN_VALUE);
  const sums = [total.gradient, total.hessian, total.count, scales.gradient, scales.hessian];
  const limits = [rules.oneHotCategories, rules.maxSplitCategories, rules.categorySmoothing, rules.l2 + rules.categoryL2];
  const least = [rules.minRows, minHessian, rules.l1, rules.l2];
  kernels.scanCategories(HISTOGRAM_AT, bins.length, 7, ...sums, ...least, ...limits, rules.minCategoryRows, WORK_AT, 0);
  if (i32[2] < 0) return undefined;
  const categories = Array.from({ length: 256 }, (_, bit) => bit).filter((bit) => (u8[48 + (bit >> 3)] >> (bit & 7)) & 1);
  return {
    score: f64[0],
    feature: i32[2],
    bin: i32[3],
    missingLeft: i32[4] === 1,
    left: { gradient: i32[5], hessian: i32[6], count: i32[7] },
    categories,
    ordered: i32[20] === 1,
  };
}

const bin = fc
  .tuple(fc.integer({ min: -2000, max: 2000 }), fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 60 }))
  .map(([g, h, c]): Bin => (c === 0 ? [0, 0, 0] : [g, h, c]));
const bins = fc.oneof(
  fc.array(bin, { minLength: 2, maxLength: 9 }),
  fc.array(bin, { minLength: 200, maxLength: 256 }),
  // Few different bins: many equal keys, whose order must be the same.
  fc.array(fc.constantFrom<Bin>([100, 50, 9], [-100, 50, 9], [0, 0, 20], [0, 0, 0]), { minLength: 2, maxLength: 80 }),
);
const rules = fc.record({
  minRows: fc.integer({ min: 1, max: 40 }),
  minChildWeight: fc.constantFrom(0, 0.001, 3),
  minGain: fc.constant(0),
  l1: fc.constantFrom(0, 2),
  l2: fc.constantFrom(0, 1),
  oneHotCategories: fc.constantFrom(0, 4, 64),
  maxSplitCategories: fc.constantFrom(1, 5, 32, 254),
  categorySmoothing: fc.constantFrom(0, 1, 10, 12.5),
  categoryL2: fc.constantFrom(0, 10),
  minCategoryRows: fc.constantFrom(1, 30, 100),
});

describe('sets of categories', () => {
  it('are the same to the bit in WebAssembly and in TypeScript', () => {
    let found = 0;
    fc.assert(
      fc.property(bins, rules, fc.constantFrom(0, 100, 2000), (drawn, checked, needed) => {
        const total = { gradient: 0, hessian: 0, count: 0 };
        for (const [g, h, c] of drawn) {
          total.gradient += g;
          total.hessian += h;
          total.count += c;
        }
        const flat = Int32Array.from(drawn.flatMap((words) => [...words, 0]));
        const plain = scanCategories(flat, 0, drawn.length, 7, total, scales, checked, needed);
        expect(compiled(drawn, total, checked, needed)).toEqual(plain);
        if (plain) found++;
      }),
      { seed: 12, numRuns: 1500 },
    );
    expect(found).toBeGreaterThan(300);
  });
});
