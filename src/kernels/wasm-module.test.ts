import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../base/random.js';
import { Layout, viewMemory } from './layout.js';
import { exp, log } from './math.js';
import {
  BIN_WORDS,
  BYTES_BEYOND,
  GRADIENT_LEVELS,
  HESSIAN_LEVELS,
  plainTreeKernels,
  TILE_BYTES,
  workBytes,
} from './tree-kernels.js';
import { type KernelExports, kernelModule, kernelsOver } from './wasm-module.js';
import { sharedMemory, type WasmModule } from './webassembly.js';

const module = kernelModule() as WasmModule;

interface Shape {
  readonly rows: number;
  readonly features: number;
  readonly bins: number;
  readonly seed: number;
  /** Share of the rows in the list. */
  readonly listed: number;
  /** Bytes between the rows, and whether only every other feature is counted. */
  readonly beyond: number;
  readonly sampled: boolean;
  /** Largest gradients and hessians for all rows, and all in one bin: the fullest that the packed sums must hold. */
  readonly extreme: boolean;
}

/** Runs every kernel on the same random memory and returns the whole memory afterwards, and what partition counted. */
function run(shape: Shape, plain: boolean): { bytes: Uint8Array; left: number } {
  const { rows, features, bins, extreme, sampled } = shape;
  const stride = features + shape.beyond;
  const layout = new Layout();
  const binsAt = layout.reserve(rows * stride + BYTES_BEYOND);
  const numbersAt = layout.reserve(features * 4);
  const columnAt = layout.reserve(rows);
  const offsetsAt = layout.reserve((features + 1) * 4);
  const entriesAt = layout.reserve(rows * 8);
  const scratchAt = layout.reserve((rows + 1) * 8);
  const pairsAt = layout.reserve(rows * 8);
  const sumsAt = layout.reserve(16);
  const tableAt = layout.reserve(256);
  const workAt = layout.reserve(workBytes(features));
  const totalBins = features * bins;
  const histograms = [0, 1, 2].map(() => layout.reserve(totalBins * BIN_WORDS * 4));
  const shared = sharedMemory(layout.bytes);
  const memory = viewMemory(shared.buffer);
  const kernels = plain ? plainTreeKernels(memory) : kernelsOver(module, shared);
  const source = random(shape.seed);
  for (let i = 0; i < rows * stride; i++) memory.u8[binsAt + i] = extreme ? 0 : source.below(bins);
  for (let i = 0; i < rows; i++) memory.u8[columnAt + i] = source.below(bins);
  for (let f = 0; f <= features; f++) memory.i32[(offsetsAt >> 2) + f] = f * bins;
  for (let bin = 0; bin < 256; bin++) memory.u8[tableAt + bin] = source.below(2);
  let count = 0;
  for (let row = 0; row < rows; row++) if (source.next() < shape.listed) memory.u32[(entriesAt >> 2) + 2 * count++] = row;
  for (let i = 0; i < rows; i++) {
    memory.f32[(pairsAt >> 2) + 2 * i] = extreme ? -1 : 2 * source.next() - 1;
    memory.f32[(pairsAt >> 2) + 2 * i + 1] = extreme ? 1 : source.next();
  }
  kernels.quantize(pairsAt, entriesAt, count, GRADIENT_LEVELS, HESSIAN_LEVELS, source.uint32(), sumsAt);
  const half = count >> 1;
  const [whole, first, rest] = histograms;
  const counted = sampled ? (features + 1) >> 1 : features;
  for (let k = 0; k < counted; k++) memory.u32[(numbersAt >> 2) + k] = 2 * k;
  const build = (listed: number, at: number): void => {
    const listAt = sampled ? numbersAt : 0;
    kernels.histogram(binsAt, stride, counted, listAt, offsetsAt, totalBins, entriesAt, listed, workAt, at);
  };
  build(count, whole);
  build(half, first);
  kernels.subtract(whole, first, rest, totalBins);
  const left = kernels.partition(columnAt, tableAt, entriesAt, count, scratchAt);
  // The scratch and the tile are work space whose contents nobody promises.
  const tileAt = workAt + workBytes(sampled ? 2 * counted - 1 : features) - TILE_BYTES;
  memory.u8.fill(0, tileAt, tileAt + TILE_BYTES);
  memory.u8.fill(0, scratchAt, scratchAt + (rows + 1) * 8);
  return { bytes: memory.u8.slice(0, layout.bytes), left };
}

describe('kernels in WebAssembly', () => {
  it('run here', () => {
    expect(kernelModule()).toBeDefined();
  });

  it('has the logarithm of TypeScript to the bit', () => {
    const kernels: KernelExports = kernelsOver(module, sharedMemory(8));
    const some = fc.oneof(fc.double(), fc.double({ min: 0, max: 1e-300 }), fc.double({ min: 0.5, max: 2 }));
    fc.assert(
      fc.property(some, (x) => Object.is(kernels.log(x), log(x))),
      { seed: 11, numRuns: 20_000 },
    );
  });

  it('has the exponential function of TypeScript to the bit', () => {
    const kernels: KernelExports = kernelsOver(module, sharedMemory(8));
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.double({ min: -800, max: 800 })), (x) => Object.is(kernels.exp(x), exp(x))),
      { seed: 10, numRuns: 20_000 },
    );
  });

  it('leave the same memory as their plain twins', () => {
    const shape = fc.record({
      rows: fc.integer({ min: 1, max: 400 }),
      features: fc.oneof(fc.integer({ min: 1, max: 11 }), fc.integer({ min: 12, max: 40 })),
      beyond: fc.constantFrom(0, 1, 4),
      sampled: fc.boolean(),
      bins: fc.integer({ min: 1, max: 256 }),
      seed: fc.integer(),
      listed: fc.constantFrom(0, 0.3, 1),
      extreme: fc.boolean(),
    });
    fc.assert(
      fc.property(shape, (drawn) => {
        const [a, b] = [run(drawn, false), run(drawn, true)];
        expect(a.left).toBe(b.left);
        expect(Buffer.compare(a.bytes, b.bytes)).toBe(0);
      }),
      { seed: 9, numRuns: 150 },
    );
  });

  it('hold the sums of many more rows than one block', () => {
    for (const extreme of [false, true])
      for (const rows of [16_383, 16_384, 16_385, 50_000]) {
        const shape = { rows, features: 5, beyond: 0, sampled: false, bins: 3, seed: rows, listed: 1, extreme };
        const [a, b] = [run(shape, false), run(shape, true)];
        expect(a.left).toBe(b.left);
        expect(Buffer.compare(a.bytes, b.bytes)).toBe(0);
      }
  });
});
