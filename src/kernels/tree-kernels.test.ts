import { describe, expect, it } from 'vitest';
import { random } from '../base/random.js';
import { Layout, viewMemory } from './layout.js';
import { mix } from './mix.js';
import { BIN_WORDS, BYTES_BEYOND, plainTreeKernels, workBytes } from './tree-kernels.js';

describe('mix', () => {
  it('gives independent looking halves for neighbouring counters and keys', () => {
    for (const key of [0, 1, 2, 0xdeadbeef]) {
      let low = 0;
      let high = 0;
      let product = 0;
      let serial = 0;
      const n = 20_000;
      let last = 0;
      for (let i = 0; i < n; i++) {
        const draw = mix(key, i);
        const a = (draw & 0xffff) / 65536 - 0.5;
        const b = (draw >>> 16) / 65536 - 0.5;
        low += a;
        high += b;
        product += a * b;
        serial += a * last;
        last = a;
      }
      // Five standard deviations of the means of n uniform numbers and of their products.
      const uniform = 5 * Math.sqrt(1 / 12 / n);
      expect(Math.abs(low / n)).toBeLessThan(uniform);
      expect(Math.abs(high / n)).toBeLessThan(uniform);
      expect(Math.abs(product / n)).toBeLessThan(5 / 12 / Math.sqrt(n));
      expect(Math.abs(serial / n)).toBeLessThan(5 / 12 / Math.sqrt(n));
    }
  });
});

describe('plain tree kernels', () => {
  const rows = 500;
  const features = 3;
  const source = random(1);
  const layout = new Layout();
  const binsAt = layout.reserve(rows * features + BYTES_BEYOND);
  const offsetsAt = layout.reserve((features + 1) * 4);
  const listAt = layout.reserve(rows * 8);
  const scratchAt = layout.reserve((rows + 1) * 8);
  const pairsAt = layout.reserve(rows * 8);
  const workAt = layout.reserve(workBytes(features));
  const sumsAt = layout.reserve(16);
  const tableAt = layout.reserve(256);
  const bytes = 30 * BIN_WORDS * 4;
  const [aAt, bAt, cAt] = [layout.reserve(bytes), layout.reserve(bytes), layout.reserve(bytes)];
  const memory = viewMemory(new ArrayBuffer(layout.bytes));
  const kernels = plainTreeKernels(memory);
  const { u8, u32, i32, f32 } = memory;
  for (let i = 0; i < rows * features; i++) u8[binsAt + i] = source.below(10);
  i32.set([0, 10, 20, 30], offsetsAt >> 2);
  for (let i = 0; i < rows; i++) {
    u32[(listAt >> 2) + 2 * i] = i;
    f32[(pairsAt >> 2) + 2 * i] = source.normal();
    f32[(pairsAt >> 2) + 2 * i + 1] = source.next();
  }
  kernels.quantize(pairsAt, listAt, rows, 300, 500, 77, sumsAt);

  it('rounds gradients to a neighbouring integer, without bias', () => {
    let bias = 0;
    let sum = 0;
    for (let i = 0; i < rows; i++) {
      const packed = i32[(listAt >> 2) + 2 * i + 1];
      const error = (packed >> 16) - f32[(pairsAt >> 2) + 2 * i] * 300;
      expect(Math.abs(error)).toBeLessThan(1);
      expect(Math.abs((packed & 0xffff) - f32[(pairsAt >> 2) + 2 * i + 1] * 500)).toBeLessThan(1);
      bias += error;
      sum += packed >> 16;
    }
    expect(Math.abs(bias / rows)).toBeLessThan(0.1);
    expect(memory.f64[sumsAt >> 3]).toBe(sum);
  });

  const listed = (): number[] => Array.from({ length: rows }, (_, i) => u32[(listAt >> 2) + 2 * i]);
  const of = (at: number): number[] => Array.from(i32.subarray(at >> 2, (at + bytes) >> 2));

  it('sums by bin, and a difference is the other rows', () => {
    kernels.histogram(binsAt, features, features, 0, offsetsAt, 30, listAt, rows, workAt, aAt);
    kernels.histogram(binsAt, features, features, 0, offsetsAt, 30, listAt, 200, workAt, bAt);
    kernels.histogram(binsAt, features, features, 0, offsetsAt, 30, listAt + 8 * 200, rows - 200, workAt, cAt);
    const expected = Array.from({ length: 30 * BIN_WORDS }, () => 0);
    for (let i = 0; i < rows; i++)
      for (let f = 0; f < features; f++) {
        const word = (10 * f + u8[binsAt + i * features + f]) * BIN_WORDS;
        expected[word] += i32[(listAt >> 2) + 2 * i + 1] >> 16;
        expected[word + 1] += i32[(listAt >> 2) + 2 * i + 1] & 0xffff;
        expected[word + 2] += 1;
      }
    expect(of(aAt)).toEqual(expected);
    const rest = of(cAt);
    kernels.subtract(aAt, bAt, aAt, 30);
    expect(of(aAt)).toEqual(rest);
  });

  it('parts rows stably', () => {
    const columnAt = binsAt;
    for (const left of [[], [0, 3, 7], [...Array(10).keys()]]) {
      u8.fill(0, tableAt, tableAt + 256);
      for (const bin of left) u8[tableAt + bin] = 1;
      for (let i = 0; i < rows; i++) u32[(listAt >> 2) + 2 * i] = rows - 1 - i;
      const before = listed();
      const goesLeft = (row: number): boolean => left.includes(u8[columnAt + row]);
      const count = kernels.partition(columnAt, tableAt, listAt, rows, scratchAt);
      expect(count).toBe(before.filter(goesLeft).length);
      expect(listed()).toEqual([...before.filter(goesLeft), ...before.filter((row) => !goesLeft(row))]);
    }
  });
});
