import type { Memory } from './layout.js';
import { mix } from './mix.js';

/** Largest quantized gradient and hessian; with blocks of 2^14 rows their sums and the count share 64 bits (see kernels/). */
export const GRADIENT_LEVELS = 2047;
export const HESSIAN_LEVELS = 511;

/** Words of 32 bits a histogram bin: gradient, hessian, count, unused. */
export const BIN_WORDS = 4;

/**
 * The inner loops of tree learning over one memory. Every argument that ends in `At` is a byte offset. Row lists hold unsigned 32-bit
 * row numbers; `pairs` hold a row's gradient and hessian as two floats; `quantized` a row's integers as gradient << 16 | hessian;
 * a histogram bin holds four 32-bit integers. All sums in histograms are integers: exact, in any order.
 */
export interface TreeKernels {
  /**
   * Clears the histogram of `totalBins` bins and adds the listed rows. `binsAt` is row-major with `features` bytes a row; a byte b of
   * feature f counts in bin offsets[f] + b.
   */
  histogram(
    binsAt: number,
    features: number,
    offsetsAt: number,
    totalBins: number,
    rowsAt: number,
    count: number,
    quantizedAt: number,
    histogramAt: number,
  ): void;
  /** minuend -= subtrahend, over `totalBins` bins; the result is written at `outAt`, which may be either. */
  subtract(minuendAt: number, subtrahendAt: number, outAt: number, totalBins: number): void;
  /**
   * Stable partition of a row list by the byte of each row in one column: those with table[byte] = 1 first. Returns their number.
   * `scratchAt` has room for `count` rows.
   */
  partition(columnAt: number, tableAt: number, rowsAt: number, count: number, scratchAt: number): number;
  /** Integer gradients of the listed rows: scaled and rounded up or down at random by the row's own draw from `key`. */
  quantize(
    pairsAt: number,
    rowsAt: number,
    count: number,
    gradientScale: number,
    hessianScale: number,
    key: number,
    quantizedAt: number,
  ): void;
}

/** The kernels in plain TypeScript: the specification of the WebAssembly ones, and their stand-in where those cannot run. */
export function plainTreeKernels(memory: Memory): TreeKernels {
  const { u8, i32, u32, f32 } = memory;
  return {
    histogram(binsAt, features, offsetsAt, totalBins, rowsAt, count, quantizedAt, histogramAt) {
      const out = histogramAt >>> 2;
      i32.fill(0, out, out + totalBins * BIN_WORDS);
      const rows = rowsAt >>> 2;
      const quantized = quantizedAt >>> 2;
      const offsets = offsetsAt >>> 2;
      for (let i = rows; i < rows + count; i++) {
        const row = u32[i];
        const packed = i32[quantized + row];
        const gradient = packed >> 16;
        const hessian = packed & 0xffff;
        const start = binsAt + row * features;
        for (let f = 0; f < features; f++) {
          const at = out + ((i32[offsets + f] + u8[start + f]) << 2);
          i32[at] += gradient;
          i32[at + 1] += hessian;
          i32[at + 2] += 1;
        }
      }
    },

    subtract(minuendAt, subtrahendAt, outAt, totalBins) {
      const a = minuendAt >>> 2;
      const b = subtrahendAt >>> 2;
      const out = outAt >>> 2;
      for (let i = 0; i < totalBins * BIN_WORDS; i++) i32[out + i] = i32[a + i] - i32[b + i];
    },

    partition(columnAt, tableAt, rowsAt, count, scratchAt) {
      const rows = rowsAt >>> 2;
      const scratch = scratchAt >>> 2;
      let left = 0;
      for (let i = 0; i < count; i++) {
        const row = u32[rows + i];
        const goesLeft = u8[tableAt + u8[columnAt + row]];
        u32[rows + left] = row;
        u32[scratch + i - left] = row;
        left += goesLeft;
      }
      u32.copyWithin(rows + left, scratch, scratch + count - left);
      return left;
    },

    quantize(pairsAt, rowsAt, count, gradientScale, hessianScale, key, quantizedAt) {
      const pairs = pairsAt >>> 2;
      const rows = rowsAt >>> 2;
      const quantized = quantizedAt >>> 2;
      for (let i = rows; i < rows + count; i++) {
        const row = u32[i];
        const draw = mix(key, row);
        const gradient = Math.floor(f32[pairs + 2 * row] * gradientScale + (draw & 0xffff) / 65536);
        const hessian = Math.floor(f32[pairs + 2 * row + 1] * hessianScale + (draw >>> 16) / 65536);
        i32[quantized + row] = (gradient << 16) | hessian;
      }
    },
  };
}
