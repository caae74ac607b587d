import { sortNumbers } from '../../stats/sort-numbers.js';
import { clamp } from '../trees/binning.js';

/** The rows by the value of a column, ascending, those where it is missing last; rows with equal values keep their order. */
export function orderOf(column: Float64Array, rows: Uint32Array): Uint32Array {
  const present = new Float64Array(rows.length);
  let found = 0;
  for (const row of rows) if (column[row] === column[row]) present[found++] = clamp(column[row]);
  const sorted = sortNumbers(present.subarray(0, found));
  let values = 0;
  for (let i = 0; i < found; i++) if (i === 0 || sorted[i] !== sorted[values - 1]) sorted[values++] = sorted[i];
  const distinct = sorted.subarray(0, values);
  const rank = new Uint32Array(rows.length);
  const starts = new Uint32Array(values + 2);
  for (let i = 0; i < rows.length; i++) {
    const value = column[rows[i]];
    rank[i] = value === value ? rankOf(distinct, clamp(value)) : values;
    starts[rank[i] + 1]++;
  }
  for (let r = 0; r <= values; r++) starts[r + 1] += starts[r];
  const order = new Uint32Array(rows.length);
  for (let i = 0; i < rows.length; i++) order[starts[rank[i]]++] = rows[i];
  return order;
}

/** Place of a value among ascending ones that hold it. */
function rankOf(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Puts the rows of [begin, end) that go left before the others, both in the order they had. */
export function partition(order: Uint32Array, begin: number, end: number, goesLeft: Uint8Array, spare: Uint32Array): void {
  let left = begin;
  let right = 0;
  for (let i = begin; i < end; i++) {
    const row = order[i];
    if (goesLeft[row] === 1) order[left++] = row;
    else spare[right++] = row;
  }
  order.set(spare.subarray(0, right), left);
}
