// The jobs that threads share. Each takes its arguments from the control block.

import { at, real, share, whole } from './arguments';
import { binValues, transpose } from './binning';
import { NEXT } from './control';
import { divideJob } from './divide';
import { binaryGradients, poissonGradients, softmaxGradients, softmaxShares, squaredGradients } from './objectives';
import { addValues, listAll, markLeaf, quantize, sumLeaves } from './trees';

export function performJob(kind: i32, control: usize, thread: i32, threads: i32): void {
  if (kind == 1) divideJob(control, thread, threads);
  else if (kind == 2) listJob(control, thread, threads);
  else if (kind == 5) quantizeJob(control, thread, threads);
  else if (kind == 6) gradientsJob(control, thread, threads);
  else if (kind == 7) markJob(control);
  else if (kind == 8) binJob(control, thread, threads);
  else if (kind == 9) transposeJob(control, thread, threads);
  else if (kind == 10) sumJob(control);
  else if (kind == 11) addJob(control, thread, threads);
  else if (kind == 12) sharesJob(control, thread, threads);
}

/** entries, rows. */
function listJob(c: usize, thread: i32, threads: i32): void {
  const rows: i32 = whole(c, 1);
  listAll(at(c, 0), share(rows, thread, threads), share(rows, thread + 1, threads));
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

/**
 * objective, scores (softmax: probabilities), target, weight or 0, rows, pairs, largest (two f64 a thread), the hessian's factor, classes,
 * class.
 */
function gradientsJob(c: usize, thread: i32, threads: i32): void {
  const rows: i32 = whole(c, 4);
  const from: i32 = share(rows, thread, threads);
  const to: i32 = share(rows, thread + 1, threads);
  const largestAt: usize = at(c, 6) + ((<usize>thread) << 4);
  const loss: i32 = whole(c, 0);
  if (loss == 1) binaryGradients(at(c, 1), at(c, 2), at(c, 3), from, to, at(c, 5), largestAt);
  else if (loss == 2) squaredGradients(at(c, 1), at(c, 2), at(c, 3), from, to, at(c, 5), largestAt);
  else if (loss == 3) poissonGradients(at(c, 1), at(c, 2), at(c, 3), from, to, at(c, 5), largestAt, real(c, 7));
  else softmaxGradients(at(c, 1), at(c, 2), at(c, 3), from, to, at(c, 5), largestAt, real(c, 7), whole(c, 8), whole(c, 9));
}

/** scores, probabilities, rows, classes. */
function sharesJob(c: usize, thread: i32, threads: i32): void {
  const rows: i32 = whole(c, 2);
  const from: i32 = share(rows, thread, threads);
  softmaxShares(at(c, 0), at(c, 1), from, share(rows, thread + 1, threads), whole(c, 3));
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

/** columns, row-major, rows, features, bytes a row. */
function transposeJob(c: usize, thread: i32, threads: i32): void {
  const rows: i32 = whole(c, 2);
  transpose(at(c, 0), at(c, 1), rows, whole(c, 3), whole(c, 4), share(rows, thread, threads), share(rows, thread + 1, threads));
}
