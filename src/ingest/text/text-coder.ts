const EMPTY = -1;

/** Codes texts by their UTF-8 bytes, in order of first appearance, without making a JavaScript string of each. */
export class TextCoder {
  #slots = new Int32Array(64).fill(EMPTY);
  #mask = 63;
  #hashes = new Int32Array(32);
  /** Where each text begins in the arena; the next one's beginning is its end. */
  #starts = new Float64Array(33);
  #arena = new Uint8Array(512);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  code(bytes: Uint8Array, from: number, to: number): number {
    let hash = 0x811c9dc5;
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    hash ^= hash >>> 13;
    let slot = hash & this.#mask;
    for (;;) {
      const entry = this.#slots[slot] as number;
      if (entry === EMPTY) return this.#add(slot, hash, bytes, from, to);
      if (this.#hashes[entry] === hash && this.#same(entry, bytes, from, to)) return entry;
      slot = (slot + 1) & this.#mask;
    }
  }

  #same(entry: number, bytes: Uint8Array, from: number, to: number): boolean {
    const start = this.#starts[entry] as number;
    if ((this.#starts[entry + 1] as number) - start !== to - from) return false;
    const arena = this.#arena;
    for (let i = from, at = start; i < to; i++, at++) if (arena[at] !== bytes[i]) return false;
    return true;
  }

  #add(slot: number, hash: number, bytes: Uint8Array, from: number, to: number): number {
    const entry = this.#size++;
    const start = this.#starts[entry] as number;
    const end = start + to - from;
    if (end > this.#arena.length) {
      const larger = new Uint8Array(Math.max(end, this.#arena.length * 2));
      larger.set(this.#arena);
      this.#arena = larger;
    }
    for (let i = from, at = start; i < to; i++, at++) this.#arena[at] = bytes[i] as number;
    if (entry === this.#hashes.length) {
      const hashes = new Int32Array(entry * 2);
      hashes.set(this.#hashes);
      this.#hashes = hashes;
      const starts = new Float64Array(entry * 2 + 1);
      starts.set(this.#starts);
      this.#starts = starts;
    }
    this.#hashes[entry] = hash;
    this.#starts[entry + 1] = end;
    this.#slots[slot] = entry;
    if (this.#size * 2 > this.#slots.length) this.#rehash();
    return entry;
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 4).fill(EMPTY);
    this.#mask = this.#slots.length - 1;
    for (let entry = 0; entry < this.#size; entry++) {
      let slot = (this.#hashes[entry] as number) & this.#mask;
      while (this.#slots[slot] !== EMPTY) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = entry;
    }
  }

  /** Calls `each` with the bytes of every text. */
  forEach(each: (bytes: Uint8Array, from: number, to: number, code: number) => void): void {
    for (let code = 0; code < this.#size; code++)
      each(this.#arena, this.#starts[code] as number, this.#starts[code + 1] as number, code);
  }

  texts(): string[] {
    const arena = Buffer.from(this.#arena.buffer, 0, this.#arena.length);
    const texts: string[] = [];
    this.forEach((_, from, to) => {
      texts.push(arena.toString('utf8', from, to));
    });
    return texts;
  }
}
