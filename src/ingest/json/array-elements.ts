const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const isSpace = (c: number) => c === 32 || c === 9 || c === 10 || c === 13;
const opens = (c: number) => c === 91 || c === 123;
const closes = (c: number) => c === 93 || c === 125;

/** What is wrong with a document that is no array. */
export class NotAnArray extends Error {}

/** Parts one JSON array into the bytes of its elements, chunk by chunk, without reading what is in them. */
export class ArrayElements {
  #buffer: Uint8Array = new Uint8Array(0);
  #at = 0;
  #start = -1;
  #depth = 0;
  #inText = false;
  /** Whether an element may begin here, must, or must not. */
  #begun = false;
  #ended = false;
  #needsElement = false;

  feed(chunk: Uint8Array): void {
    const from = this.#start >= 0 ? this.#start : this.#at;
    const left = this.#buffer.subarray(from);
    const joined = new Uint8Array(left.length + chunk.length);
    joined.set(left);
    joined.set(chunk, left.length);
    this.#at -= from;
    if (this.#start >= 0) this.#start = 0;
    this.#buffer = joined;
  }

  /** Bytes of the element under way. */
  get waiting(): number {
    return this.#start < 0 ? 0 : this.#buffer.length - this.#start;
  }

  /** The next element; null when the bytes end before it does. @throws NotAnArray */
  next(): Uint8Array | null {
    const buffer = this.#buffer;
    while (this.#at < buffer.length) {
      const c = buffer[this.#at] as number;
      if (this.#start >= 0) {
        const done = this.#within(c);
        if (done) return done;
        continue;
      }
      if (isSpace(c)) this.#at++;
      else if (this.#ended) throw new NotAnArray('something follows the array');
      else if (!this.#begun) {
        if (c !== 91) throw new NotAnArray("it does not begin with '['");
        this.#begun = true;
        this.#at++;
      } else if (c === 93) {
        if (this.#needsElement) throw new NotAnArray('a comma is followed by nothing');
        this.#ended = true;
        this.#at++;
      } else if (c === COMMA) throw new NotAnArray('a comma is followed by nothing');
      else this.#start = this.#at;
    }
    return null;
  }

  /** Whether the array is closed. */
  get complete(): boolean {
    return this.#ended;
  }

  #within(c: number): Uint8Array | null {
    if (this.#inText) {
      if (c === BACKSLASH) this.#at += 2;
      else {
        if (c === QUOTE) this.#inText = false;
        this.#at++;
      }
      return null;
    }
    if (c === QUOTE) this.#inText = true;
    else if (opens(c)) this.#depth++;
    else if (this.#depth > 0) {
      if (closes(c)) this.#depth--;
    } else if (c === COMMA || c === 93) {
      const element = this.#buffer.subarray(this.#start, this.#at);
      this.#start = -1;
      this.#needsElement = c === COMMA;
      if (c === COMMA) this.#at++;
      return element;
    }
    this.#at++;
    return null;
  }
}
