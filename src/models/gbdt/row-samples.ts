import type { Random } from '../../base/random.js';
import type { TrainingData } from '../estimator.js';

/** Rows with weight; the others cannot matter. */
export function usableRows(data: TrainingData): Uint32Array {
  const rows = new Uint32Array(data.target.length);
  let found = 0;
  for (let i = 0; i < rows.length; i++) if (!data.weight || data.weight[i] > 0) rows[found++] = i;
  return rows.slice(0, found);
}

/** Rows of a round, ascending. */
export interface RowSample {
  readonly rows: Uint32Array;
  /** What the gradients of each row (of all, by number) are multiplied with; absent when all with one. */
  readonly factor?: Float32Array;
}

/** A share of the rows, without replacement: selection sampling (Knuth, TAOCP 2, algorithm S). */
export function uniformSample(rows: Uint32Array, share: number, source: Random): RowSample {
  if (share >= 1) return { rows };
  const wanted = Math.max(1, Math.round(rows.length * share));
  const chosen = new Uint32Array(wanted);
  for (let i = 0, found = 0; found < wanted; i++)
    if ((rows.length - i) * source.next() < wanted - found) chosen[found++] = rows[i];
  return { rows: chosen };
}

/**
 * Gradient-based one-side sampling (Ke et al. 2017): the rows of the largest gradients, and a draw of the others whose gradients are
 * multiplied so that they stand for all others.
 * @param importance a row's sum of absolute gradients over the outputs, by number
 */
export function gossSample(
  rows: Uint32Array,
  importance: Float32Array,
  topRate: number,
  otherRate: number,
  source: Random,
): RowSample {
  const top = Math.min(rows.length, Math.max(1, Math.round(topRate * rows.length)));
  const others = rows.length - top;
  const wanted = Math.min(others, Math.max(1, Math.round(otherRate * rows.length)));
  const { least, above } = largest(rows, importance, top);
  // Of the rows just at the limit the first are taken, as many as there is room for.
  let ties = top - above;
  const chosen = new Uint32Array(top + wanted);
  const factor = new Float32Array(importance.length).fill(1);
  let found = 0;
  let drawn = 0;
  let left = others;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (importance[row] > least || (importance[row] === least && ties-- > 0)) {
      chosen[found++] = row;
      continue;
    }
    if (left-- * source.next() >= wanted - drawn) continue;
    drawn++;
    chosen[found++] = row;
    factor[row] = others / wanted;
  }
  return { rows: chosen, factor };
}

/**
 * The least of the `top` largest numbers, and how many are above it. The bits of numbers from 0 up are in their order, so that two counts,
 * of the upper and of the lower half, find it.
 */
function largest(rows: Uint32Array, numbers: Float32Array, top: number): { readonly least: number; readonly above: number } {
  const bits = new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length);
  const counts = new Uint32Array(65_536);
  for (let i = 0; i < rows.length; i++) counts[bits[rows[i]] >>> 16]++;
  let above = 0;
  let upper = 65_535;
  for (; above + counts[upper] < top; upper--) above += counts[upper];
  counts.fill(0);
  for (let i = 0; i < rows.length; i++) if (bits[rows[i]] >>> 16 === upper) counts[bits[rows[i]] & 0xffff]++;
  let lower = 65_535;
  for (; above + counts[lower] < top; lower--) above += counts[lower];
  const word = Uint32Array.of((upper << 16) | lower);
  return { least: new Float32Array(word.buffer)[0], above };
}
