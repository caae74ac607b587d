const EMPTY = -1;

/**
 * Codes strings by their bytes as DuckDB lays them out: 16 bytes each, the length first; up to 12 bytes of text stand in the
 * entry itself, longer texts elsewhere. Short texts are found by their words, without making a JavaScript string; codes are
 * given in order of first appearance.
 */
export class StringCoder {
  readonly dictionary: string[] = [];
  readonly #long = new Map<string, number>();
  #slots = new Int32Array(1024).fill(EMPTY);
  #mask = 1023;
  /** Four words of each short text by slot order of entry: length and 12 bytes. */
  #words = new Int32Array(4 * 256);
  #codes = new Int32Array(256);
  #short = 0;

  /** Code of the entry at `at` (in 32-bit words); `text` reads the string when it is new or long. */
  code(entries: Int32Array, at: number, text: () => string): number {
    const length = entries[at] as number;
    if (length > 12) {
      const long = text();
      let code = this.#long.get(long);
      if (code === undefined) {
        code = this.dictionary.push(long) - 1;
        this.#long.set(long, code);
      }
      return code;
    }
    const a = entries[at + 1] as number;
    const b = entries[at + 2] as number;
    const c = entries[at + 3] as number;
    let hash = Math.imul(length ^ Math.imul(a, 0x9e3779b1), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15) ^ b, 0xc2b2ae35);
    hash = Math.imul(hash ^ (hash >>> 13) ^ c, 0x27d4eb2f);
    let slot = (hash ^ (hash >>> 16)) & this.#mask;
    for (;;) {
      const entry = this.#slots[slot] as number;
      if (entry === EMPTY) return this.#add(slot, length, a, b, c, text());
      const w = entry * 4;
      const words = this.#words;
      if (words[w] === length && words[w + 1] === a && words[w + 2] === b && words[w + 3] === c)
        return this.#codes[entry] as number;
      slot = (slot + 1) & this.#mask;
    }
  }

  #add(slot: number, length: number, a: number, b: number, c: number, text: string): number {
    const entry = this.#short++;
    if (entry === this.#codes.length) {
      this.#words = grown(this.#words, this.#words.length * 2);
      this.#codes = grown(this.#codes, this.#codes.length * 2);
    }
    this.#words.set([length, a, b, c], entry * 4);
    const code = this.dictionary.push(text) - 1;
    this.#codes[entry] = code;
    this.#slots[slot] = entry;
    if (this.#short * 2 > this.#slots.length) this.#rehash();
    return code;
  }

  #rehash(): void {
    const size = this.#slots.length * 4;
    this.#slots = new Int32Array(size).fill(EMPTY);
    this.#mask = size - 1;
    for (let entry = 0; entry < this.#short; entry++) {
      const w = entry * 4;
      const length = this.#words[w] as number;
      let hash = Math.imul(length ^ Math.imul(this.#words[w + 1] as number, 0x9e3779b1), 0x85ebca6b);
      hash = Math.imul(hash ^ (hash >>> 15) ^ (this.#words[w + 2] as number), 0xc2b2ae35);
      hash = Math.imul(hash ^ (hash >>> 13) ^ (this.#words[w + 3] as number), 0x27d4eb2f);
      let slot = (hash ^ (hash >>> 16)) & this.#mask;
      while (this.#slots[slot] !== EMPTY) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = entry;
    }
  }
}

function grown(from: Int32Array<ArrayBuffer>, size: number): Int32Array<ArrayBuffer> {
  const to = new Int32Array(size);
  to.set(from);
  return to;
}
