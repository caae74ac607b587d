// Carries out a split and searches the two new leaves in one job, so that threads are called once a split.

import { at, real, share, whole } from './arguments';
import { scanBounded } from './bounded-splits';
import { scanCategories } from './categories';
import { NEXT } from './control';
import { accumulate, accumulateColumns, BLOCK, fillRest, PACKED, spread, spreadCodes, TILE } from './histograms';
import { meet } from './meeting';
import { FOUND, scan } from './splits';
import { part, partition } from './trees';

/** Rows a thread from which each thread takes a part of the rows; below it each takes a part of the features. */
const ROWS_EACH: i32 = 4096;
/** The kind of a feature whose categories are searched; other kinds are directions of thresholds. */
const CATEGORICAL: i32 = 4;
/** Features that a thread searches at a time. */
const CHUNK: i32 = 2;

/**
 * Arguments: 0 column of the split (0 when nothing is to be parted), table, entries, count, scratch, counts, threads that part;
 * 7 rows of bins, bytes a row, numbers of the columns counted (u32; 0 for all), how many, first bins, total bins; 13 entries of the small
 * leaf, their number, work, histogram of small, spare histograms, histogram of large or 0, kinds; 20 minRows, minHessian, l1, l2, gradient
 * scale, hessian scale; 26 sums of small, of large (gradient, hessian, count; count 0 is not searched), found; 33 limits of categorical splits: one-hot
 * categories, most on a side, smoothing, L2 of ordered ones, least rows between two tries;
 * 38 bytes of work space a thread, of which the last are a tile; 39 numbers of the features (u32; 0 for all), how many, and column, first
 * code, codes and bin of zeros of each (u32; 0 when no two share a column); 42 sums of small; 45 columns of bytes when
 * they are to be read instead of rows, else 0, and their length.
 */
export function divideJob(c: usize, thread: i32, threads: i32): void {
  if (at(c, 0) && !partTogether(c, thread, threads)) return;
  const count: i32 = whole(c, 14);
  const byRows: bool = count > BLOCK || count >= ROWS_EACH * threads;
  const parts: i32 = byRows ? threads : 1;
  const narrow: bool = (count + parts - 1) / parts <= BLOCK;
  if (narrow) countPacked(c, thread, threads, byRows);
  else countLong(c, thread, threads);
  if (!meet(c, threads)) return;
  settle(c, thread, parts, narrow);
}

/** Parts the rows of the split leaf, all threads together or the first alone; false when a thread was lost. */
function partTogether(c: usize, thread: i32, threads: i32): bool {
  const entriesAt: usize = at(c, 2);
  const count: i32 = whole(c, 3);
  const parts: i32 = whole(c, 6);
  if (parts == 1) {
    if (thread == 0) partition(at(c, 0), at(c, 1), entriesAt, count, at(c, 4));
    return meet(c, threads);
  }
  const from: i32 = share(count, thread, threads);
  const size: i32 = share(count, thread + 1, threads) - from;
  const begin: usize = (<usize>from) << 3;
  const countsAt: usize = at(c, 5);
  const lefts: i32 = part(at(c, 0), at(c, 1), entriesAt + begin, size, at(c, 4) + begin);
  store<i32>(countsAt + ((<usize>thread) << 2), lefts);
  if (!meet(c, threads)) return false;
  let to: i32 = load<i32>(countsAt);
  if (thread == 0)
    for (let t: i32 = 1, left: i32 = to; t < threads; t++) {
      const moved: i32 = load<i32>(countsAt + ((<usize>t) << 2));
      const source: usize = entriesAt + ((<usize>share(count, t, threads)) << 3);
      memory.copy(entriesAt + ((<usize>left) << 3), source, (<usize>moved) << 3);
      left += moved;
    }
  if (!meet(c, threads)) return false;
  for (let t: i32 = 1; t < threads; t++) to += load<i32>(countsAt + ((<usize>t) << 2));
  for (let t: i32 = 0; t < thread; t++)
    to += share(count, t + 1, threads) - share(count, t, threads) - load<i32>(countsAt + ((<usize>t) << 2));
  memory.copy(entriesAt + ((<usize>to) << 3), at(c, 4) + begin, (<usize>(size - lefts)) << 3);
  return meet(c, threads);
}

/** Adds rows to packed sums, by rows of bytes or by columns of them, whichever reads less. */
function add(
  c: usize,
  binsAt: usize,
  features: i32,
  listAt: usize,
  entriesAt: usize,
  count: i32,
  packedAt: usize,
  tileAt: usize,
): void {
  if (listAt && at(c, 45)) accumulateColumns(at(c, 45), at(c, 46), features, listAt, entriesAt, count, packedAt);
  else accumulate(binsAt, whole(c, 8), features, listAt, entriesAt, count, packedAt, tileAt);
}

/** Packed sums of the small leaf: of a thread's rows in its own work space, or of its features in that of the first. */
function countPacked(c: usize, thread: i32, threads: i32, byRows: bool): void {
  const features: i32 = whole(c, 10);
  const count: i32 = whole(c, 14);
  const listAt: usize = at(c, 9);
  const ownAt: usize = at(c, 15) + <usize>thread * at(c, 38);
  const tileAt: usize = ownAt + at(c, 38) - TILE;
  if (byRows) {
    const from: i32 = share(count, thread, threads);
    const entriesAt: usize = at(c, 13) + ((<usize>from) << 3);
    add(c, at(c, 7), features, listAt, entriesAt, share(count, thread + 1, threads) - from, ownAt, tileAt);
    return;
  }
  const first: usize = share(features, thread, threads);
  const own: i32 = share(features, thread + 1, threads) - <i32>first;
  const binsAt: usize = listAt ? at(c, 7) : at(c, 7) + first;
  const packedAt: usize = listAt ? at(c, 15) : at(c, 15) + first * PACKED;
  if (own > 0) add(c, binsAt, own, listAt ? listAt + (first << 2) : 0, at(c, 13), count, packedAt, tileAt);
}

/** Sums of a thread's rows in a histogram of its own, when they may not fit into packed sums. */
function countLong(c: usize, thread: i32, threads: i32): void {
  const features: i32 = whole(c, 10);
  const listAt: usize = at(c, 9);
  const count: i32 = whole(c, 14);
  const end: i32 = share(count, thread + 1, threads);
  const packedAt: usize = at(c, 15) + <usize>thread * at(c, 38);
  const tileAt: usize = packedAt + at(c, 38) - TILE;
  const sumsAt: usize = thread == 0 ? at(c, 16) : at(c, 17) + ((<usize>whole(c, 12)) << 4) * <usize>(thread - 1);
  const first: i32 = share(count, thread, threads);
  for (let from: i32 = first; from < end; from += BLOCK) {
    const entriesAt: usize = at(c, 13) + ((<usize>from) << 3);
    add(c, at(c, 7), features, listAt, entriesAt, min(BLOCK, end - from), packedAt, tileAt);
    const chosen: i32 = whole(c, 40);
    for (let k: i32 = 0; k < chosen; k++) spreadFeature(c, featureAt(c, k), packedAt, sumsAt, from > first);
  }
}

function featureAt(c: usize, k: i32): usize {
  const listAt: usize = at(c, 39);
  return listAt ? <usize>load<u32>(listAt + ((<usize>k) << 2)) : <usize>k;
}

/** Spreads the packed sums of a feature over its bins in a histogram. */
function spreadFeature(c: usize, feature: usize, packedAt: usize, sumsAt: usize, add: bool): void {
  const offset: usize = at(c, 11) + (feature << 2);
  const from: usize = sumsAt + ((<usize>load<u32>(offset)) << 4);
  const end: usize = sumsAt + ((<usize>load<u32>(offset, 4)) << 4);
  const bundlesAt: usize = at(c, 41);
  if (!bundlesAt) {
    spread(packedAt + feature * PACKED, from, end, add);
    return;
  }
  const bundle: usize = bundlesAt + (feature << 4);
  const columnAt: usize = packedAt + <usize>load<u32>(bundle) * PACKED;
  const codes: usize = load<u32>(bundle, 8);
  if (codes) spreadCodes(columnAt, load<u32>(bundle, 4), codes, load<u32>(bundle, 12), from, end, add);
  else spread(columnAt, from, end, add);
}

/** Makes the histograms of both leaves whole, feature by feature, and finds their best splits. */
function settle(c: usize, thread: i32, parts: i32, narrow: bool): void {
  const features: i32 = whole(c, 40);
  const histogramBytes: usize = (<usize>whole(c, 12)) << 4;
  const smallAt: usize = at(c, 16);
  const largeAt: usize = at(c, 18);
  const foundAt: usize = at(c, 32) + <usize>thread * 2 * FOUND;
  // The tile is free again: room for sorting categories.
  const ownAt: usize = at(c, 15) + <usize>(thread + 1) * at(c, 38) - TILE;
  for (;;) {
    const first: i32 = atomic.add<i32>(c + NEXT, CHUNK);
    if (first >= features) return;
    const last: i32 = min(features, first + CHUNK);
    for (let k: i32 = first; k < last; k++) {
      const feature: i32 = <i32>featureAt(c, k);
      const begin: i32 = load<i32>(at(c, 11) + ((<usize>feature) << 2));
      const end: i32 = load<i32>(at(c, 11) + ((<usize>feature) << 2), 4);
      const from: usize = (<usize>begin) << 4;
      const to: usize = (<usize>end) << 4;
      if (narrow)
        for (let t: i32 = 0; t < parts; t++) spreadFeature(c, feature, at(c, 15) + <usize>t * at(c, 38), smallAt, t > 0);
      else
        for (let t: i32 = 1; t < parts; t++) {
          const spareAt: usize = at(c, 17) + histogramBytes * <usize>(t - 1);
          for (let i: usize = from; i < to; i += 16)
            v128.store(smallAt + i, i32x4.add(v128.load(smallAt + i), v128.load(spareAt + i)));
        }
      if (at(c, 41)) {
        const bundle: usize = at(c, 41) + ((<usize>feature) << 4);
        if (load<u32>(bundle, 8))
          fillRest(load<u32>(bundle, 12), smallAt + from, smallAt + to, whole(c, 42), whole(c, 43), whole(c, 44));
      }
      if (largeAt)
        for (let i: usize = from; i < to; i += 16)
          v128.store(largeAt + i, i32x4.sub(v128.load(largeAt + i), v128.load(smallAt + i)));
      const enabled: i32 = load<u8>(at(c, 19) + <usize>feature);
      if (!enabled) continue;
      if (whole(c, 28)) scanLeaf(c, smallAt + from, end - begin, feature, enabled, 26, foundAt, ownAt);
      if (largeAt && whole(c, 31)) scanLeaf(c, largeAt + from, end - begin, feature, enabled, 29, foundAt + FOUND, ownAt);
    }
  }
}

function scanLeaf(
  c: usize,
  histogramAt: usize,
  bins: i32,
  feature: i32,
  enabled: i32,
  sums: usize,
  foundAt: usize,
  ownAt: usize,
): void {
  const bounded: bool = load<f64>(foundAt, 32) > -Infinity || load<f64>(foundAt, 40) < Infinity;
  if (enabled == CATEGORICAL) {
    if (bounded) return;
    scanCategories(
      histogramAt,
      bins,
      feature,
      whole(c, sums),
      whole(c, sums + 1),
      whole(c, sums + 2),
      real(c, 24),
      real(c, 25),
      whole(c, 20),
      real(c, 21),
      real(c, 22),
      real(c, 23),
      whole(c, 33),
      whole(c, 34),
      real(c, 35),
      real(c, 36),
      whole(c, 37),
      ownAt,
      foundAt,
    );
    return;
  }
  const monotone: i32 = enabled == 1 ? 0 : enabled == 2 ? 1 : -1;
  if (monotone != 0 || bounded) {
    scanBounded(
      histogramAt,
      bins,
      feature,
      whole(c, sums),
      whole(c, sums + 1),
      whole(c, sums + 2),
      real(c, 24),
      real(c, 25),
      whole(c, 20),
      real(c, 21),
      real(c, 22),
      real(c, 23),
      monotone,
      foundAt,
    );
    return;
  }
  scan(
    histogramAt,
    bins,
    feature,
    whole(c, sums),
    whole(c, sums + 1),
    whole(c, sums + 2),
    real(c, 24),
    real(c, 25),
    whole(c, 20),
    real(c, 21),
    real(c, 22),
    real(c, 23),
    foundAt,
  );
}
