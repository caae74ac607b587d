/**
 * Words and pairs of neighbouring words of a text, hashed into buckets. A word is a run of letters, digits or apostrophes, lower case;
 * every character beyond ASCII counts as a letter unless it is a space or general punctuation.
 */
export const BUCKET_BITS = 20;
const BUCKETS = 1 << BUCKET_BITS;
const BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/** Counts the terms of one text at a time without allocating: `buckets[0..size)` with `counts` at each bucket. */
export class TermCounter {
  readonly counts = new Uint16Array(BUCKETS);
  buckets = new Int32Array(1024);
  size = 0;
  words = 0;

  count(text: string): void {
    this.#clear();
    const lower = text.toLowerCase();
    let hash = BASIS;
    let inside = false;
    let previous = 0;
    for (let i = 0; i <= lower.length; i++) {
      const code = i < lower.length ? lower.charCodeAt(i) : 32;
      if (isWord(code)) {
        hash = Math.imul(hash ^ code, PRIME);
        inside = true;
      } else if (inside) {
        this.#add(mix(hash));
        if (this.words > 0) this.#add(mix(Math.imul(previous, 31) ^ Math.imul(hash, 0x9e3779b1)));
        previous = hash;
        this.words += 1;
        hash = BASIS;
        inside = false;
      }
    }
  }

  #add(bucket: number): void {
    const before = this.counts[bucket];
    if (before === 0) {
      if (this.size === this.buckets.length) {
        const larger = new Int32Array(this.size * 2);
        larger.set(this.buckets);
        this.buckets = larger;
      }
      this.buckets[this.size] = bucket;
      this.size += 1;
    }
    if (before < 65_535) this.counts[bucket] = before + 1;
  }

  #clear(): void {
    for (let i = 0; i < this.size; i++) this.counts[this.buckets[i]] = 0;
    this.size = 0;
    this.words = 0;
  }
}

function isWord(code: number): boolean {
  if (code < 128) return (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code === 39;
  return code >= 0xc0 && !(code >= 0x2000 && code <= 0x206f) && code !== 0x3000;
}

function mix(hash: number): number {
  let z = hash ^ (hash >>> 16);
  z = Math.imul(z, 0x21f0aaad);
  z ^= z >>> 15;
  return z & (BUCKETS - 1);
}
