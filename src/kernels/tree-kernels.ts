import type { Memory } from './layout.js';
import { mix } from './mix.js';

/** Largest quantized gradient and hessian; with blocks of 2^14 rows their sums and the count share 64 bits (see kernels/). */
export const GRADIENT_LEVELS = 2047;
export const HESSIAN_LEVELS = 511;

/** Words of 32 bits a histogram bin: gradient, hessian, count, unused. */
export const BIN_WORDS = 4;

/** Bytes of work space that a histogram of so many features needs: packed sums, zero between uses, and a tile of rows. */
export function workBytes(features: number): number {
  return 2048 * features + TILE_BYTES;
}
/** Bytes of the tile, the last of the work space, whose contents nobody promises; and those read beyond the last row. */
export const TILE_BYTES = 16_384;
export const BYTES_BEYOND = 15;

/**
 * The inner loops of tree learning over one memory. Every argument that ends in `At` is a byte offset. Row lists hold an entry of two
 * 32-bit words a row: its number, and its integers as gradient << 16 | hessian. `pairs` hold the gradient and hessian of each row as
 * two floats. A histogram bin holds four 32-bit integers. All sums in histograms are integers: exact, in any order.
 */
export interface TreeKernels {
  /**
   * Clears the histogram of `totalBins` bins and adds the listed rows. `binsAt` is row-major with `stride` bytes a row; a byte b of
   * feature f counts in bin offsets[f] + b. Only the `features` whose numbers stand at `listAt` are counted, or the first ones when it
   * is 0. `workAt` has `workBytes` zeros, and but for the tile has them again afterwards; `BYTES_BEYOND` bytes may be read after the
   * last row.
   */
  histogram(
    binsAt: number,
    stride: number,
    features: number,
    listAt: number,
    offsetsAt: number,
    totalBins: number,
    entriesAt: number,
    count: number,
    workAt: number,
    histogramAt: number,
  ): void;
  /** minuend - subtrahend, over `totalBins` bins; the result is written at `outAt`, which may be either. */
  subtract(minuendAt: number, subtrahendAt: number, outAt: number, totalBins: number): void;
  /**
   * Stable partition of a row list by the byte of each row in one column: those with table[byte] = 1 first. Returns their number.
   * `scratchAt` has room for `count` entries.
   */
  partition(columnAt: number, tableAt: number, entriesAt: number, count: number, scratchAt: number): number;
  /**
   * Integer gradients of the listed rows: scaled and rounded up or down at random by the row's own draw from `key`. Their sums go to
   * `sumsAt` as two f64.
   */
  quantize(
    pairsAt: number,
    entriesAt: number,
    count: number,
    gradientScale: number,
    hessianScale: number,
    key: number,
    sumsAt: number,
  ): void;
}

/** The kernels in plain TypeScript: the specification of the WebAssembly ones, and their stand-in where those cannot run. */
export function plainTreeKernels(memory: Memory): TreeKernels {
  const { u8, i32, u32, f32, f64 } = memory;
  return {
    histogram(binsAt, stride, features, listAt, offsetsAt, totalBins, entriesAt, count, _workAt, histogramAt) {
      const out = histogramAt >>> 2;
      i32.fill(0, out, out + totalBins * BIN_WORDS);
      const entries = entriesAt >>> 2;
      const offsets = offsetsAt >>> 2;
      for (let entry = entries; entry < entries + 2 * count; entry += 2) {
        const gradient = i32[entry + 1] >> 16;
        const hessian = i32[entry + 1] & 0xffff;
        const start = binsAt + u32[entry] * stride;
        for (let k = 0; k < features; k++) {
          const f = listAt ? u32[(listAt >>> 2) + k] : k;
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

    partition(columnAt, tableAt, entriesAt, count, scratchAt) {
      const entries = entriesAt >>> 2;
      const scratch = scratchAt >>> 2;
      let left = entries;
      let right = scratch;
      for (let from = entries; from < entries + 2 * count; from += 2) {
        const row = u32[from];
        const quantized = u32[from + 1];
        const goesLeft = u8[tableAt + u8[columnAt + row]];
        u32[left] = row;
        u32[left + 1] = quantized;
        u32[right] = row;
        u32[right + 1] = quantized;
        left += 2 * goesLeft;
        right += 2 - 2 * goesLeft;
      }
      u32.copyWithin(left, scratch, right);
      return (left - entries) / 2;
    },

    quantize(pairsAt, entriesAt, count, gradientScale, hessianScale, key, sumsAt) {
      let gradients = 0;
      let hessians = 0;
      const pairs = pairsAt >>> 2;
      const entries = entriesAt >>> 2;
      for (let entry = entries; entry < entries + 2 * count; entry += 2) {
        const row = u32[entry];
        const draw = mix(key, row);
        const gradient = Math.floor(f32[pairs + 2 * row] * gradientScale + (draw & 0xffff) / 65536);
        const hessian = Math.floor(f32[pairs + 2 * row + 1] * hessianScale + (draw >>> 16) / 65536);
        i32[entry + 1] = (gradient << 16) | hessian;
        gradients += gradient;
        hessians += hessian;
      }
      f64[sumsAt >>> 3] = gradients;
      f64[(sumsAt >>> 3) + 1] = hessians;
    },
  };
}
