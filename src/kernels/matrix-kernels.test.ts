import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { random } from '../base/random.js';
import { Layout, viewMemory } from './layout.js';
import { plainMatrixKernels } from './matrix-kernels.js';
import { kernelModule, kernelsOver } from './wasm-module.js';
import { sharedMemory, type WasmModule } from './webassembly.js';

const module = kernelModule() as WasmModule;

/** Random numbers of all sizes, zeros and negative zeros among them. */
function fill(f32: Float32Array, seed: number): void {
  const source = random(seed);
  for (let i = 0; i < f32.length; i++)
    f32[i] = source.below(8) === 0 ? [0, -0][source.below(2)] : source.normal() * 2 ** source.below(20);
}

const shapes = fc.record({
  m: fc.integer({ min: 0, max: 11 }),
  n: fc.integer({ min: 1, max: 7 }).map((fours) => 4 * fours),
  depth: fc.integer({ min: 0, max: 9 }),
  access: fc.constantFrom('rows', 'transposed', 'one number'),
  started: fc.boolean(),
  seed: fc.nat(),
});
type Shape = typeof shapes extends fc.Arbitrary<infer S> ? S : never;

function product(
  { m, n, depth, access, started, seed }: Shape,
  plain: boolean,
): { f32: Float32Array; c: number; a: number[]; b: number; start: number } {
  const layout = new Layout();
  layout.reserve(16);
  const [aAt, bAt, cAt] = [layout.reserve(4 * m * depth + 4), layout.reserve(4 * n * depth), layout.reserve(4 * m * n)];
  const startAt = started ? layout.reserve(4 * n) : 0;
  layout.reserve(64);
  const shared = sharedMemory(layout.bytes);
  const memory = viewMemory(shared.buffer);
  fill(memory.f32, seed);
  const [aRow, aStep] = { rows: [4 * depth, 4], transposed: [4, 4 * m], 'one number': [0, 0] }[access];
  const kernels = plain ? plainMatrixKernels(memory) : kernelsOver(module, shared);
  kernels.multiply(aAt, aRow, aStep, bAt, startAt, cAt, m, n, depth);
  return { f32: memory.f32, c: cAt >>> 2, a: [aAt >>> 2, aRow >>> 2, aStep >>> 2], b: bAt >>> 2, start: startAt >>> 2 };
}

test('the compiled product has the bits of the plain one and touches nothing else', () => {
  fc.assert(
    fc.property(shapes, (shape) => {
      const [plain, compiled] = [product(shape, true), product(shape, false)];
      expect(Buffer.from(compiled.f32.buffer).equals(Buffer.from(plain.f32.buffer))).toBe(true);
    }),
    { seed: 4, numRuns: 150 },
  );
});

test('the plain product is the sum of products', () => {
  fc.assert(
    fc.property(shapes, (shape) => {
      const { f32, c, a, b, start } = product(shape, true);
      for (let i = 0; i < shape.m; i++)
        for (let k = 0; k < shape.n; k++) {
          let sum = start > 0 ? f32[start + k] : 0;
          let size = Math.abs(sum);
          for (let p = 0; p < shape.depth; p++) {
            const term = f32[a[0] + i * a[1] + p * a[2]] * f32[b + p * shape.n + k];
            sum += term;
            size += Math.abs(term);
          }
          expect(Math.abs(f32[c + i * shape.n + k] - sum)).toBeLessThanOrEqual(1e-6 * size);
        }
    }),
    { seed: 6, numRuns: 60 },
  );
});

test('a step of Adam has the same bits compiled, and those of its definition', () => {
  const count = 40;
  const bytes = 4 * count;
  const run = (plain: boolean): Float32Array => {
    const shared = sharedMemory(4 * bytes);
    const memory = viewMemory(shared.buffer);
    fill(memory.f32, 9);
    // Means of squares are not negative.
    for (let i = 3 * count; i < 4 * count; i++) memory.f32[i] = Math.abs(memory.f32[i]);
    const kernels = plain ? plainMatrixKernels(memory) : kernelsOver(module, shared);
    const before = memory.f32.slice();
    for (let step = 0; step < 3; step++) kernels.adam(0, bytes, 2 * bytes, 3 * bytes, count, 1e-3, 0.99, 0.9, 0.999, 1e-8);
    if (plain) {
      for (let i = 0; i < count; i++) {
        let [at, first, second] = [before[i], before[2 * count + i], before[3 * count + i]];
        const g = before[count + i];
        let size = Math.abs(at);
        for (let step = 0; step < 3; step++) {
          first = 0.9 * first + 0.1 * g;
          second = 0.999 * second + 0.001 * g * g;
          const change = (1e-3 * first) / (Math.sqrt(second) + 1e-8);
          at = 0.99 * at - change;
          size += Math.abs(change);
        }
        expect(Math.abs(memory.f32[i] - at)).toBeLessThanOrEqual(1e-5 * size);
      }
    }
    return memory.f32.slice();
  };
  expect(run(false)).toEqual(run(true));
});
