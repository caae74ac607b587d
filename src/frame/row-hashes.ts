import { type Column, MISSING_BOOLEAN } from './column.js';
import type { Frame } from './frame.js';

/** Two independent 32-bit hashes of each row: rows with both equal are taken to be equal. */
export interface RowHashes {
  readonly a: Uint32Array;
  readonly b: Uint32Array;
}

/** Hashes of the rows over the named columns; missing is a value like others. Texts count by what they say, not by their code. */
export function rowHashes(table: Frame, names: readonly string[]): RowHashes {
  const a = new Uint32Array(table.rows).fill(0x9e3779b9);
  const b = new Uint32Array(table.rows).fill(0x85ebca6b);
  for (const name of names) mixColumn(table.columns[name] as Column, a, b);
  return { a, b };
}

const mix = (hash: number, word: number) => {
  const h = Math.imul(hash ^ word, 0xcc9e2d51);
  return Math.imul((h << 13) | (h >>> 19), 0x1b873593) + 0xe6546b64;
};
const mixOther = (hash: number, word: number) => {
  const h = Math.imul(hash ^ word, 0x2c1b3c6d);
  return Math.imul(h ^ (h >>> 15), 0x297a2d39) + 0x38b34ae5;
};

function mixColumn(column: Column, a: Uint32Array, b: Uint32Array): void {
  if (column.kind === 'string') {
    const words = Int32Array.from(column.dictionary, (text) => textHash(text, 0x811c9dc5));
    const others = Int32Array.from(column.dictionary, (text) => textHash(text, 0x01234567));
    for (let row = 0; row < a.length; row++) {
      const code = column.codes[row] as number;
      a[row] = mix(a[row] as number, code < 0 ? 0x7fc00001 : (words[code] as number));
      b[row] = mixOther(b[row] as number, code < 0 ? 0x7fc00001 : (others[code] as number));
    }
    return;
  }
  if (column.kind === 'boolean') {
    for (let row = 0; row < a.length; row++) {
      const value = column.values[row] as number;
      a[row] = mix(a[row] as number, value === MISSING_BOOLEAN ? 0x7fc00001 : value);
      b[row] = mixOther(b[row] as number, value);
    }
    return;
  }
  const double = new Float64Array(1);
  const words = new Int32Array(double.buffer);
  for (let row = 0; row < a.length; row++) {
    const value = column.values[row] as number;
    double[0] = value === 0 ? 0 : value;
    const low = value === value ? (words[0] as number) : 0;
    const high = value === value ? (words[1] as number) : 0x7ff80000;
    a[row] = mix(mix(a[row] as number, low), high);
    b[row] = mixOther(mixOther(b[row] as number, high), low);
  }
}

function textHash(text: string, basis: number): number {
  let hash = basis;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

/**
 * The first row of each row's equals: `first[row] === row` for a row that nothing before it equals. Rows that `skip` marks are
 * left out (-1).
 */
export function firstEquals(hashes: RowHashes, skip?: Uint8Array): Int32Array {
  const { a, b } = hashes;
  const n = a.length;
  let size = 16;
  while (size < n * 2) size *= 2;
  const slots = new Int32Array(size).fill(-1);
  const first = new Int32Array(n);
  for (let row = 0; row < n; row++) {
    if (skip && skip[row] === 1) {
      first[row] = -1;
      continue;
    }
    let slot = ((a[row] as number) ^ Math.imul(b[row] as number, 0x9e3779b1)) & (size - 1);
    for (;;) {
      const other = slots[slot] as number;
      if (other < 0) {
        slots[slot] = row;
        first[row] = row;
        break;
      }
      if (a[other] === a[row] && b[other] === b[row]) {
        first[row] = other;
        break;
      }
      slot = (slot + 1) & (size - 1);
    }
  }
  return first;
}
