// The jobs that threads share. Each takes its arguments from the control block, where each stands as a real number and as a whole one:
// converting between them here makes V8 convert again in every turn of a loop.

import { binValues, transpose } from './binning';
import { scanBounded } from './bounded-splits';
import { NEXT, REALS, WORDS } from './control';
import { binaryGradients, squaredGradients } from './objectives';
import { FOUND, scan } from './splits';
import { addValues, histogram, markLeaf, part, quantize, sumLeaves } from './trees';

/** Work space of a thread: 2048 bytes a feature and a tile. */
function workBytes(features: i32): usize {
  return ((<usize>features) << 11) + 16384;
}

function at(control: usize, index: usize): usize {
  return load<u32>(control + WORDS + (index << 2));
}
function whole(control: usize, index: usize): i32 {
  return load<i32>(control + WORDS + (index << 2));
}
function real(control: usize, index: usize): f64 {
  return load<f64>(control + REALS + (index << 3));
}

/** First unit of a thread's share of `count`; that of the thread after the last is `count`. */
function share(count: i32, thread: i32, threads: i32): i32 {
  return <i32>((<i64>count * <i64>thread) / <i64>threads);
}

export function performJob(kind: i32, control: usize, thread: i32, threads: i32): void {
  if (kind == 1) histogramJob(control, thread, threads);
  else if (kind == 2) settleJob(control, thread, threads);
  else if (kind == 3) partJob(control, thread, threads);
  else if (kind == 4) gatherJob(control, thread, threads);
  else if (kind == 5) quantizeJob(control, thread, threads);
  else if (kind == 6) gradientsJob(control, thread, threads);
  else if (kind == 7) markJob(control);
  else if (kind == 8) binJob(control, thread, threads);
  else if (kind == 9) transposeJob(control, thread, threads);
  else if (kind == 10) sumJob(control);
  else if (kind == 11) addJob(control, thread, threads);
}

/** bins, features, offsets, total bins, entries, count, work, histogram, spare histograms of the other threads. */
function histogramJob(c: usize, thread: i32, threads: i32): void {
  const features: i32 = whole(c, 1);
  const totalBins: i32 = whole(c, 3);
  const count: i32 = whole(c, 5);
  const from: i32 = share(count, thread, threads);
  const to: i32 = share(count, thread + 1, threads);
  const spare: usize = at(c, 8) + ((<usize>totalBins) << 4) * <usize>(thread - 1);
  histogram(
    at(c, 0),
    features,
    at(c, 2),
    totalBins,
    at(c, 4) + ((<usize>from) << 3),
    to - from,
    at(c, 6) + <usize>thread * workBytes(features),
    thread == 0 ? at(c, 7) : spare,
  );
}

/**
 * Adds the spare histograms to that of the small leaf, subtracts it from the large one's, and finds the best thresholds of both:
 * features, offsets, total bins, enabled, small, spares, number of spares, large or 0, minRows, minHessian, l1, l2, gradient scale,
 * hessian scale, sums of small, sums of large (gradient, hessian, count; count 0 is not searched), found.
 */
function settleJob(c: usize, thread: i32, threads: i32): void {
  const features: i32 = whole(c, 0);
  const offsetsAt: usize = at(c, 1);
  const totalBins: i32 = whole(c, 2);
  const enabledAt: usize = at(c, 3);
  const smallAt: usize = at(c, 4);
  const sparesAt: usize = at(c, 5);
  const spares: i32 = whole(c, 6);
  const largeAt: usize = at(c, 7);
  const first: i32 = share(totalBins, thread, threads);
  const last: i32 = share(totalBins, thread + 1, threads);
  const foundAt: usize = at(c, 20) + <usize>thread * 2 * FOUND;
  for (let feature: i32 = 0; feature < features; feature++) {
    const begin: i32 = load<i32>(offsetsAt + ((<usize>feature) << 2));
    const end: i32 = load<i32>(offsetsAt + ((<usize>feature) << 2), 4);
    // A feature belongs to the thread in whose share of the bins it begins.
    if (begin < first || begin >= last) continue;
    const from: usize = (<usize>begin) << 4;
    const to: usize = (<usize>end) << 4;
    for (let s: i32 = 0; s < spares; s++) {
      const spareAt: usize = sparesAt + ((<usize>totalBins) << 4) * <usize>s;
      for (let i: usize = from; i < to; i += 16)
        v128.store(smallAt + i, i32x4.add(v128.load(smallAt + i), v128.load(spareAt + i)));
    }
    if (largeAt)
      for (let i: usize = from; i < to; i += 16)
        v128.store(largeAt + i, i32x4.sub(v128.load(largeAt + i), v128.load(smallAt + i)));
    const enabled: i32 = load<u8>(enabledAt + <usize>feature);
    if (!enabled) continue;
    const monotone: i32 = enabled == 1 ? 0 : enabled == 2 ? 1 : -1;
    if (whole(c, 16)) scanLeaf(c, smallAt + from, end - begin, feature, monotone, 14, foundAt);
    if (largeAt && whole(c, 19)) scanLeaf(c, largeAt + from, end - begin, feature, monotone, 17, foundAt + FOUND);
  }
}

function scanLeaf(c: usize, histogramAt: usize, bins: i32, feature: i32, monotone: i32, sums: usize, foundAt: usize): void {
  if (monotone != 0 || load<f64>(foundAt, 32) > -Infinity || load<f64>(foundAt, 40) < Infinity) {
    scanBounded(
      histogramAt,
      bins,
      feature,
      whole(c, sums),
      whole(c, sums + 1),
      whole(c, sums + 2),
      real(c, 12),
      real(c, 13),
      whole(c, 8),
      real(c, 9),
      real(c, 10),
      real(c, 11),
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
    real(c, 12),
    real(c, 13),
    whole(c, 8),
    real(c, 9),
    real(c, 10),
    real(c, 11),
    foundAt,
  );
}

/** column, table, entries, count, scratch, counts: each thread parts its share; the right side stays in the scratch. */
function partJob(c: usize, thread: i32, threads: i32): void {
  const count: i32 = whole(c, 3);
  const from: i32 = share(count, thread, threads);
  const to: i32 = share(count, thread + 1, threads);
  const begin: usize = (<usize>from) << 3;
  const left: i32 = part(at(c, 0), at(c, 1), at(c, 2) + begin, to - from, at(c, 4) + begin);
  store<i32>(at(c, 5) + ((<usize>thread) << 2), left);
}

/** The arguments of partJob after the left sides have been moved together: copies each right side behind them. */
function gatherJob(c: usize, thread: i32, threads: i32): void {
  const count: i32 = whole(c, 3);
  const countsAt: usize = at(c, 5);
  let to: i32 = 0;
  for (let t: i32 = 0; t < threads; t++) to += load<i32>(countsAt + ((<usize>t) << 2));
  for (let t: i32 = 0; t < thread; t++)
    to += share(count, t + 1, threads) - share(count, t, threads) - load<i32>(countsAt + ((<usize>t) << 2));
  const from: i32 = share(count, thread, threads);
  const rights: i32 = share(count, thread + 1, threads) - from - load<i32>(countsAt + ((<usize>thread) << 2));
  memory.copy(at(c, 2) + ((<usize>to) << 3), at(c, 4) + ((<usize>from) << 3), (<usize>rights) << 3);
}

/** pairs, entries, count, gradient scale, hessian scale, key, sums (two f64 a thread). */
function quantizeJob(c: usize, thread: i32, threads: i32): void {
  const count: i32 = whole(c, 2);
  const from: i32 = share(count, thread, threads);
  const to: i32 = share(count, thread + 1, threads);
  quantize(
    at(c, 0),
    at(c, 1) + ((<usize>from) << 3),
    to - from,
    real(c, 3),
    real(c, 4),
    whole(c, 5),
    at(c, 6) + ((<usize>thread) << 4),
  );
}

/** objective, scores, target, weight or 0, rows, pairs, largest (two f64 a thread). */
function gradientsJob(c: usize, thread: i32, threads: i32): void {
  const rows: i32 = whole(c, 4);
  const from: i32 = share(rows, thread, threads);
  const to: i32 = share(rows, thread + 1, threads);
  const largestAt: usize = at(c, 6) + ((<usize>thread) << 4);
  if (whole(c, 0) == 1) binaryGradients(at(c, 1), at(c, 2), at(c, 3), from, to, at(c, 5), largestAt);
  else squaredGradients(at(c, 1), at(c, 2), at(c, 3), from, to, at(c, 5), largestAt);
}

/** leaves (first entry and number of entries, u32 each), their number, entries, leaf of each row: whoever is free takes the next. */
function markJob(c: usize): void {
  const leaves: i32 = whole(c, 1);
  for (;;) {
    const leaf: i32 = atomic.add<i32>(c + NEXT, 1);
    if (leaf >= leaves) return;
    const range: usize = at(c, 0) + ((<usize>leaf) << 3);
    markLeaf(leaf, at(c, 2) + ((<usize>load<u32>(range)) << 3), load<u32>(range, 4), at(c, 3));
  }
}

/** leaf of each row, pairs, rows, rows a chunk, sums (leaves x two f64 a chunk), leaves. */
function sumJob(c: usize): void {
  const rows: i32 = whole(c, 2);
  const size: i32 = whole(c, 3);
  const leaves: i32 = whole(c, 5);
  for (;;) {
    const chunk: i32 = atomic.add<i32>(c + NEXT, 1);
    const from: i64 = <i64>chunk * <i64>size;
    if (from >= <i64>rows) return;
    const to: i32 = <i32>min<i64>(<i64>rows, from + <i64>size);
    sumLeaves(at(c, 0), at(c, 1), <i32>from, to, at(c, 4) + ((<usize>chunk * <usize>leaves) << 4), leaves);
  }
}

/** leaf of each row, values, rows, scores, outputs, output. */
function addJob(c: usize, thread: i32, threads: i32): void {
  const rows: i32 = whole(c, 2);
  const from: i32 = share(rows, thread, threads);
  addValues(at(c, 0), at(c, 1), from, share(rows, thread + 1, threads), at(c, 3), whole(c, 4), whole(c, 5));
}

/** values, bounds padded to 256, missing bin, out, count. */
function binJob(c: usize, thread: i32, threads: i32): void {
  const count: i32 = whole(c, 4);
  binValues(at(c, 0), at(c, 1), whole(c, 2), at(c, 3), share(count, thread, threads), share(count, thread + 1, threads));
}

/** columns, row-major, rows, features. */
function transposeJob(c: usize, thread: i32, threads: i32): void {
  const rows: i32 = whole(c, 2);
  transpose(at(c, 0), at(c, 1), rows, whole(c, 3), share(rows, thread, threads), share(rows, thread + 1, threads));
}
