/** The polynomial of CRC-32, bits reversed. */
const POLYNOMIAL = 0xedb88320;
/** Bytes between two checksums that are kept. */
const STEP = 32;

/** a * b modulo the polynomial, over the field of two elements; x^0 is the highest bit. */
function multiply(a: number, b: number): number {
  let product = 0;
  let factor = b;
  for (let bit = 0x80000000; bit !== 0; bit >>>= 1) {
    if (a & bit) product ^= factor;
    factor = factor & 1 ? (factor >>> 1) ^ POLYNOMIAL : factor >>> 1;
  }
  return product >>> 0;
}

/** Multiplication by x^(8 * 2^k), which is what 2^k zeros behind some bytes do to their checksum: a table for each byte of it. */
const SHIFTS: Uint32Array[] = [];

function shiftTable(k: number): Uint32Array {
  for (let next = SHIFTS.length; next <= k; next++) {
    const last = SHIFTS[next - 1];
    const table = new Uint32Array(1024);
    for (let byte = 0; byte < 4; byte++)
      for (let value = 0; value < 256; value++) {
        const word = (value << (8 * byte)) >>> 0;
        table[byte * 256 + value] = last ? apply(last, apply(last, word)) : multiply(0x00800000, word);
      }
    SHIFTS.push(table);
  }
  return SHIFTS[k] as Uint32Array;
}

const apply = (table: Uint32Array, word: number): number =>
  ((table[word & 255] as number) ^
    (table[256 + ((word >>> 8) & 255)] as number) ^
    (table[512 + ((word >>> 16) & 255)] as number) ^
    (table[768 + (word >>> 24)] as number)) >>>
  0;

/** What a checksum becomes when zeros follow it. */
function shift(checksum: number, bytes: number): number {
  let shifted = checksum;
  for (let k = 0; bytes >>> k !== 0; k++) if ((bytes >>> k) & 1) shifted = apply(shiftTable(k), shifted);
  return shifted;
}

/** The CRC-32 of any stretch of some bytes, in a time that hardly depends on how long the stretch is. */
export class CrcRanges {
  readonly #bytes: Uint8Array;
  /** Checksum of the first i * STEP bytes. */
  readonly #before: Uint32Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#before = new Uint32Array(Math.floor(bytes.length / STEP) + 1);
    for (let i = 1; i < this.#before.length; i++)
      this.#before[i] = goOn(this.#before[i - 1] as number, bytes, (i - 1) * STEP, i * STEP);
  }

  /** Like `crc32(bytes.subarray(from, to), seed)`. */
  of(from: number, to: number, seed: number): number {
    if (from === to) return seed;
    return (shift((this.#upTo(from) ^ seed) >>> 0, to - from) ^ this.#upTo(to)) >>> 0;
  }

  #upTo(end: number): number {
    const step = Math.floor(end / STEP);
    return goOn(this.#before[step] as number, this.#bytes, step * STEP, end);
  }
}

/** Checksum of each byte alone. */
const ONE = Uint32Array.from({ length: 256 }, (_, byte) => multiply(0x00800000, byte));

/** The checksum of some bytes and those that follow. A call of Node's own costs more than so few bytes do. */
function goOn(checksum: number, bytes: Uint8Array, from: number, to: number): number {
  let state = ~checksum;
  for (let at = from; at < to; at++) state = (ONE[(state ^ (bytes[at] as number)) & 255] as number) ^ (state >>> 8);
  return ~state >>> 0;
}
