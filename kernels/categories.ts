// The search for the best set of categories; its specification is scanCategories in src/kernels/category-scan.ts.

import { gains } from './splits';

/** Where the set stands in what was found: a bit for each bin, and 1 behind them when it comes from an ordering. */
export const SET: usize = 48;
export const ORDERED: usize = 80;

/** Work space: 256 keys, and twice 256 bins. */
const KEYS: usize = 2048;

/**
 * Searches one feature and replaces what was found when it is better. `at` is its first bin, the missing bin is the last. At `workAt` is
 * room for 3072 bytes.
 */
export function scanCategories(
  at: usize,
  bins: i32,
  feature: i32,
  totalGradient: i32,
  totalHessian: i32,
  totalCount: i32,
  gradientScale: f64,
  hessianScale: f64,
  minRows: i32,
  minHessian: f64,
  l1: f64,
  l2: f64,
  oneHot: i32,
  longest: i32,
  smoothing: f64,
  orderedL2: f64,
  minStep: i32,
  workAt: usize,
  foundAt: usize,
): void {
  let present: i32 = 0;
  let sorted: i32 = 0;
  const keysAt: usize = workAt;
  const binsAt: usize = workAt + KEYS;
  for (let bin: i32 = 0, word: usize = at; bin < bins; bin++, word += 16) {
    const count: i32 = load<i32>(word, 8);
    if (count == 0) continue;
    present++;
    if (!(<f64>count >= smoothing)) continue;
    const key: f64 = (<f64>load<i32>(word) * gradientScale) / (<f64>load<i32>(word, 4) * hessianScale + smoothing);
    store<f64>(keysAt + ((<usize>bin) << 3), key == key ? key : 0);
    store<u8>(binsAt + <usize>sorted, bin);
    sorted++;
  }
  let best: f64 = load<f64>(foundAt);
  if (present <= oneHot) {
    for (let bin: i32 = 0, word: usize = at; bin < bins; bin++, word += 16) {
      const c: i32 = load<i32>(word, 8);
      if (c == 0 || c < minRows || totalCount - c < minRows) continue;
      const g: i32 = load<i32>(word);
      const h: i32 = load<i32>(word, 4);
      const hessian: f64 = <f64>h * hessianScale;
      const otherHessian: f64 = <f64>(totalHessian - h) * hessianScale;
      if (hessian < minHessian || otherHessian < minHessian) continue;
      const otherGradient: f64 = <f64>(totalGradient - g) * gradientScale;
      const score: f64 = gains(<f64>g * gradientScale, hessian, otherGradient, otherHessian, l1, l2);
      if (!(score > best)) continue;
      best = score;
      store<u8>(binsAt, bin);
      note(foundAt, score, feature, g, h, c, binsAt, 1, bins, 0);
    }
    return;
  }
  const orderAt: usize = sortByKey(keysAt, binsAt, sorted);
  const most: i32 = min(longest, (sorted + 1) >> 1);
  for (let fromEnd: i32 = 0; fromEnd < 2; fromEnd++) {
    let g: i32 = 0;
    let h: i32 = 0;
    let c: i32 = 0;
    let sinceTried: i32 = 0;
    for (let i: i32 = 0; i < most; i++) {
      const bin: usize = load<u8>(orderAt + <usize>(fromEnd ? sorted - 1 - i : i));
      const word: usize = at + (bin << 4);
      g += load<i32>(word);
      h += load<i32>(word, 4);
      c += load<i32>(word, 8);
      sinceTried += load<i32>(word, 8);
      const hessian: f64 = <f64>h * hessianScale;
      if (c < minRows || hessian < minHessian) continue;
      const others: i32 = totalCount - c;
      const otherHessian: f64 = <f64>(totalHessian - h) * hessianScale;
      if (others < minRows || others < minStep || otherHessian < minHessian) break;
      if (sinceTried < minStep) continue;
      sinceTried = 0;
      const otherGradient: f64 = <f64>(totalGradient - g) * gradientScale;
      const score: f64 = gains(<f64>g * gradientScale, hessian, otherGradient, otherHessian, l1, orderedL2);
      if (!(score > best)) continue;
      best = score;
      note(foundAt, score, feature, g, h, c, fromEnd ? orderAt + <usize>(sorted - 1 - i) : orderAt, i + 1, bins, 1);
    }
  }
}

/** Writes what was found: the listed bins go left. */
function note(
  foundAt: usize,
  score: f64,
  feature: i32,
  g: i32,
  h: i32,
  c: i32,
  listAt: usize,
  length: i32,
  bins: i32,
  ordered: i32,
): void {
  store<f64>(foundAt, score);
  store<i32>(foundAt, feature, 8);
  store<i32>(foundAt, -1, 12);
  store<i32>(foundAt, g, 20);
  store<i32>(foundAt, h, 24);
  store<i32>(foundAt, c, 28);
  memory.fill(foundAt + SET, 0, 32);
  for (let i: usize = 0; i < <usize>length; i++) {
    const bin: usize = load<u8>(listAt + i);
    const byte: usize = foundAt + SET + (bin >> 3);
    store<u8>(byte, <u8>(<u32>load<u8>(byte) | ((<u32>1) << (<u32>bin & 7))));
  }
  const missing: usize = bins - 1;
  store<i32>(foundAt, (load<u8>(foundAt + SET + (missing >> 3)) >> (<u32>missing & 7)) & 1, 16);
  store<i32>(foundAt, ordered, ORDERED);
}

/** Sorts bins by their keys, those of equal keys staying in their order; returns where the sorted ones are. A merge from below. */
function sortByKey(keysAt: usize, binsAt: usize, count: i32): usize {
  let from: usize = binsAt;
  let to: usize = binsAt + 256;
  for (let width: i32 = 1; width < count; width <<= 1) {
    for (let begin: i32 = 0; begin < count; begin += 2 * width) {
      const middle: usize = from + <usize>min(count, begin + width);
      const end: usize = from + <usize>min(count, begin + 2 * width);
      let a: usize = from + <usize>begin;
      let b: usize = middle;
      let out: usize = to + <usize>begin;
      while (a < middle && b < end) {
        const x: u32 = load<u8>(a);
        const y: u32 = load<u8>(b);
        const second: usize = load<f64>(keysAt + ((<usize>y) << 3)) < load<f64>(keysAt + ((<usize>x) << 3)) ? 1 : 0;
        store<u8>(out++, second ? y : x);
        b += second;
        a += 1 - second;
      }
      memory.copy(out, a, middle - a);
      memory.copy(out + (middle - a), b, end - b);
    }
    const other: usize = from;
    from = to;
    to = other;
  }
  return from;
}
