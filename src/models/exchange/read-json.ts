import { DEEPEST, type Fields, MOST_PARTS, NumberList, type Value } from './document.js';
import { damaged } from './refuse.js';

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const BACKSLASH = 92;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
const WORDS: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['null', null],
  ['true', true],
  ['false', false],
]);

/**
 * A JSON document, in which NaN and Infinity may also stand as bare words, as XGBoost writes them. A reader of our own, because
 * JSON.parse makes an object of every pair of brackets: a hostile file would take many times its size in memory.
 * @throws MW_EXCHANGE_CORRUPT
 */
export function readJson(bytes: Uint8Array): Value {
  return new JsonReader(bytes).document();
}

class JsonReader {
  readonly #bytes: Uint8Array;
  readonly #decoder = new TextDecoder();
  #at = 0;
  #parts = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.#at = 3;
  }

  document(): Value {
    const value = this.#value(this.#next(), 0);
    if (this.#peek() !== -1) damaged('something follows the end of its JSON');
    return value;
  }

  /** The next byte that is no space, -1 at the end; it is not taken. */
  #peek(): number {
    const bytes = this.#bytes;
    for (; this.#at < bytes.length; this.#at++) {
      const byte = bytes[this.#at] as number;
      if (byte !== 32 && byte !== 10 && byte !== 13 && byte !== 9) return byte;
    }
    return -1;
  }

  #next(): number {
    const byte = this.#peek();
    if (byte === -1) damaged('it is no whole JSON');
    this.#at++;
    return byte;
  }

  #value(first: number, depth: number): Value {
    if (first === QUOTE) return this.#text();
    if (first === OPEN_OBJECT) return this.#object(this.#deeper(depth));
    if (first === OPEN_LIST) return this.#list(this.#deeper(depth));
    return this.#word();
  }

  #deeper(depth: number): number {
    this.#count();
    return depth < DEEPEST ? depth + 1 : damaged(`it is nested more than ${DEEPEST} deep`);
  }

  #count(): void {
    this.#parts += 1;
    if (this.#parts > MOST_PARTS) damaged(`it has more than ${MOST_PARTS} parts`);
  }

  #object(depth: number): Fields {
    const fields = new Map<string, Value>();
    let byte = this.#next();
    if (byte === CLOSE_OBJECT) return fields;
    for (;;) {
      if (byte !== QUOTE) damaged('a name in its JSON is no text');
      const name = this.#text();
      if (fields.has(name)) damaged(`its JSON has '${name.slice(0, 40)}' twice`);
      if (this.#next() !== COLON) damaged('a name in its JSON has no value');
      fields.set(name, this.#value(this.#next(), depth));
      byte = this.#next();
      if (byte === CLOSE_OBJECT) return fields;
      if (byte !== COMMA) damaged('it is no JSON');
      byte = this.#next();
    }
  }

  #list(depth: number): Value {
    const numbers = new NumberList();
    let mixed: Value[] | null = null;
    let byte = this.#next();
    if (byte === CLOSE_LIST) return numbers.finish();
    for (;;) {
      const value = this.#value(byte, depth);
      if (mixed) {
        this.#count();
        mixed.push(value);
      } else if (typeof value === 'number') numbers.push(value);
      else if (value === null) numbers.push(Number.NaN);
      else if (typeof value === 'boolean') numbers.push(Number(value));
      else {
        if (numbers.length > MOST_PARTS) damaged('its lists mix numbers and other things');
        mixed = [...numbers.finish(), value];
      }
      byte = this.#next();
      if (byte === CLOSE_LIST) return mixed ?? numbers.finish();
      if (byte !== COMMA) damaged('it is no JSON');
      byte = this.#next();
    }
  }

  /** Text whose first quote is taken. */
  #text(): string {
    this.#count();
    const bytes = this.#bytes;
    const from = this.#at;
    let plain = true;
    let at = from;
    for (; at < bytes.length && bytes[at] !== QUOTE; at++)
      if (bytes[at] === BACKSLASH) {
        plain = false;
        at++;
      }
    if (at >= bytes.length) damaged('it is no whole JSON');
    this.#at = at + 1;
    if (plain) return this.#decoder.decode(bytes.subarray(from, at));
    try {
      return JSON.parse(this.#decoder.decode(bytes.subarray(from - 1, at + 1))) as string;
    } catch (cause) {
      if (cause instanceof SyntaxError) return damaged('a text in its JSON is none');
      throw cause;
    }
  }

  /** A number or a word whose first byte is taken. */
  #word(): Value {
    const bytes = this.#bytes;
    const from = this.#at - 1;
    let at = this.#at;
    for (; at < bytes.length && at - from < 64; at++) {
      const byte = bytes[at] as number;
      // Letters, digits, signs and points.
      if (!((byte >= 48 && byte <= 57) || byte === 46 || byte === 45 || byte === 43 || (byte | 32) >= 97)) break;
      if ((byte | 32) > 122) break;
    }
    this.#at = at;
    const word = String.fromCharCode(...bytes.subarray(from, at));
    const known = WORDS.get(word);
    if (known !== undefined) return known;
    if (word === 'NaN' || word === '-NaN') return Number.NaN;
    if (word === 'Infinity') return Infinity;
    if (word === '-Infinity') return -Infinity;
    return /^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(word) ? Number(word) : damaged(`its JSON has '${word}'`);
  }
}
