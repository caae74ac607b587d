/**
 * An event counts from the first moment t with time < t and available <= t: its entry. It is the later of the availability and
 * the next double after the event time. An event without time or availability never counts; its entry is NaN.
 */
export function entryOf(time: number, available: number): number {
  if (time !== time || available !== available) return Number.NaN;
  return available > time ? available : nextUp(time);
}

const float = new Float64Array(1);
const bits = new BigInt64Array(float.buffer);
const words = new Uint32Array(float.buffer);
const LITTLE = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
const LOW = LITTLE ? 0 : 1;
const HIGH = LITTLE ? 1 : 0;

/** The next larger double. */
export function nextUp(x: number): number {
  if (x === 0) return Number.MIN_VALUE;
  if (x !== x || x === Number.POSITIVE_INFINITY) return x;
  float[0] = x;
  const low = words[LOW];
  if (x > 0 && low !== 0xffffffff) words[LOW] = low + 1;
  else if (x < 0 && low !== 0) words[LOW] = low - 1;
  else bits[0] += x > 0 ? 1n : -1n;
  return float[0];
}

/** Rows in ascending order of key, stable; rows whose key is NaN are left out. `among` gives the rows and their order before. */
export function orderBy(keys: Float64Array, among: Int32Array | null = null): Int32Array {
  const rows = withoutMissing(keys, among);
  let sorted = true;
  for (let i = 1; i < rows.length && sorted; i++) sorted = keys[rows[i - 1]] <= keys[rows[i]];
  return sorted ? rows : radixSort(keys, rows);
}

function withoutMissing(keys: Float64Array, among: Int32Array | null): Int32Array {
  const rows = new Int32Array(among ? among.length : keys.length);
  let n = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = among ? among[i] : i;
    if (keys[row] === keys[row]) rows[n++] = row;
  }
  return rows.subarray(0, n);
}

/** Least significant digit first, 16 bits at a time, over the bits of the doubles made to sort as unsigned. */
function radixSort(keys: Float64Array, rows: Int32Array): Int32Array {
  const n = rows.length;
  const source = new Uint32Array(keys.buffer, keys.byteOffset, keys.length * 2);
  let from = rows;
  let to: Int32Array = new Int32Array(n);
  const counts = new Int32Array(65_537);
  for (let digit = 0; digit < 4; digit++) {
    const word = digit < 2 ? LOW : HIGH;
    const shift = (digit & 1) << 4;
    counts.fill(0);
    for (let i = 0; i < n; i++) counts[sortable(source, rows[i], word, shift) + 1]++;
    if (counts[sortable(source, rows[0], word, shift) + 1] === n) continue;
    for (let d = 0; d < 65_536; d++) counts[d + 1] += counts[d];
    for (let i = 0; i < n; i++) to[counts[sortable(source, from[i], word, shift)]++] = from[i];
    const spare = from === rows ? new Int32Array(n) : from;
    from = to;
    to = spare;
  }
  return from;
}

function sortable(source: Uint32Array, row: number, word: number, shift: number): number {
  const high = source[2 * row + HIGH];
  let bits = source[2 * row + word];
  if (high >>> 31) {
    // Both zeros are one key: -0 must not sort before 0.
    if (high === 0x80000000 && source[2 * row + LOW] === 0) bits = word === HIGH ? 0x80000000 : 0;
    else bits = ~bits;
  } else if (word === HIGH) bits |= 0x80000000;
  return (bits >>> shift) & 0xffff;
}

/** A source's events in both orders that windows need; shared by all views over it. */
export interface EventOrder {
  readonly times: Float64Array;
  readonly available: Float64Array;
  readonly entries: Float64Array;
  /** Rows by (time, available, row). */
  readonly byTime: Int32Array;
  /** Rows by (entry, time, available, row). */
  readonly byEntry: Int32Array;
}

/** Orders events by time and by entry; times and availabilities in ms, one a row. */
export function orderEvents(times: Float64Array, available: Float64Array): EventOrder {
  const entries = new Float64Array(times.length);
  for (let i = 0; i < entries.length; i++) entries[i] = entryOf(times[i], available[i]);
  const known = withoutMissing(entries, null);
  const byTime = orderBy(times, isStrictlyAscending(times, known) ? known : orderBy(available, known));
  return { times, available, entries, byTime, byEntry: orderBy(entries, byTime) };
}

/** Then there are no ties that need a second key. */
function isStrictlyAscending(times: Float64Array, rows: Int32Array): boolean {
  for (let i = 1; i < rows.length; i++) if (times[rows[i - 1]] >= times[rows[i]]) return false;
  return true;
}
