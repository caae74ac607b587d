import { DEEPEST, type Fields, MOST_PARTS, NumberList, type Value } from './document.js';
import { damaged } from './refuse.js';

/** Bytes of a number of each type; 'C' is a character. */
const WIDTHS: Readonly<Record<string, number>> = { i: 1, U: 1, C: 1, I: 2, l: 4, L: 8, d: 4, D: 8 };

/**
 * A document in Universal Binary JSON (draft 12), big-endian, in which XGBoost writes its lists of numbers packed. Nothing is allocated
 * before the bytes for it are known to be there; packed lists of what has no bytes (null, true, false) are refused.
 * @throws MW_EXCHANGE_CORRUPT
 */
export function readUbjson(bytes: Uint8Array): Value {
  return new UbjsonReader(bytes).document();
}

class UbjsonReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #decoder = new TextDecoder();
  #at = 0;
  #parts = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  document(): Value {
    const value = this.#value(this.#marker(), 0);
    if (this.#at !== this.#bytes.length) damaged('something follows the end of its UBJSON');
    return value;
  }

  #take(bytes: number): number {
    const at = this.#at;
    if (bytes > this.#bytes.length - at) damaged('it ends too early');
    this.#at += bytes;
    return at;
  }

  #byte(): string {
    return String.fromCharCode(this.#bytes[this.#take(1)] as number);
  }

  /** The next marker; 'N' says nothing. */
  #marker(): string {
    let marker = this.#byte();
    while (marker === 'N') marker = this.#byte();
    return marker;
  }

  #value(marker: string, depth: number): Value {
    switch (marker) {
      case '{':
        return this.#object(this.#deeper(depth));
      case '[':
        return this.#list(this.#deeper(depth));
      case 'S':
        return this.#text();
      case 'Z':
        return null;
      case 'T':
        return true;
      case 'F':
        return false;
      case 'C':
        return this.#byte();
      default:
        return this.#number(marker);
    }
  }

  #number(marker: string): number {
    const width = Object.hasOwn(WIDTHS, marker) ? (WIDTHS[marker] as number) : damaged('its UBJSON has an unknown marker');
    return this.#numberAt(marker, this.#take(width));
  }

  #numberAt(marker: string, at: number): number {
    const view = this.#view;
    switch (marker) {
      case 'i':
        return view.getInt8(at);
      case 'I':
        return view.getInt16(at);
      case 'l':
        return view.getInt32(at);
      case 'L':
        return Number(view.getBigInt64(at));
      case 'd':
        return view.getFloat32(at);
      case 'D':
        return view.getFloat64(at);
      default:
        return view.getUint8(at);
    }
  }

  /** A length or count: a whole number that is not above the bytes left. */
  #length(marker: string): number {
    const length = 'iUIlL'.includes(marker) ? this.#number(marker) : damaged('a length in its UBJSON is no whole number');
    if (length < 0 || length > this.#bytes.length - this.#at)
      damaged(`a length of ${length} in its UBJSON goes beyond its end`);
    return length;
  }

  #text(): string {
    this.#count(1);
    const length = this.#length(this.#byte());
    const at = this.#take(length);
    return this.#decoder.decode(this.#bytes.subarray(at, at + length));
  }

  #deeper(depth: number): number {
    this.#count(1);
    return depth < DEEPEST ? depth + 1 : damaged(`it is nested more than ${DEEPEST} deep`);
  }

  #count(parts: number): void {
    this.#parts += parts;
    if (this.#parts > MOST_PARTS) damaged(`it has more than ${MOST_PARTS} parts`);
  }

  /** The common type and the count that a container may begin with. */
  #frame(): { readonly type: string | null; readonly count: number | null; readonly first: string } {
    let first = this.#byte();
    let type: string | null = null;
    if (first === '$') {
      type = this.#byte();
      first = this.#byte();
      if (first !== '#') damaged('a typed container in its UBJSON has no count');
    }
    return first === '#' ? { type, count: this.#length(this.#byte()), first: '' } : { type, count: null, first };
  }

  #object(depth: number): Fields {
    const fields = new Map<string, Value>();
    const { type, count, first } = this.#frame();
    let marker = first;
    for (let k = 0; k < (count ?? Infinity); k++) {
      if (count !== null) marker = this.#byte();
      else while (marker === 'N') marker = this.#byte();
      if (count === null && marker === '}') break;
      this.#count(1);
      const length = this.#length(marker);
      const at = this.#take(length);
      const name = this.#decoder.decode(this.#bytes.subarray(at, at + length));
      if (fields.has(name)) damaged(`its UBJSON has '${name.slice(0, 40)}' twice`);
      fields.set(name, this.#value(type ?? this.#marker(), depth));
      if (count === null) marker = this.#byte();
    }
    return fields;
  }

  #list(depth: number): Value {
    const { type, count, first } = this.#frame();
    if (type !== null && count !== null && Object.hasOwn(WIDTHS, type)) return this.#packed(type, count);
    if (type !== null && !'{[S'.includes(type)) damaged('a list in its UBJSON has a type without bytes');
    const numbers = new NumberList();
    let mixed: Value[] | null = null;
    let marker = first;
    for (let k = 0; k < (count ?? Infinity); k++) {
      if (count !== null) marker = type ?? this.#marker();
      else while (marker === 'N') marker = this.#byte();
      if (count === null && marker === ']') break;
      const value = this.#value(marker, depth);
      if (mixed) {
        this.#count(1);
        mixed.push(value);
      } else if (typeof value === 'number') numbers.push(value);
      else if (value === null) numbers.push(Number.NaN);
      else if (typeof value === 'boolean') numbers.push(Number(value));
      else {
        this.#count(numbers.length);
        mixed = [...numbers.finish(), value];
      }
      if (count === null) marker = this.#byte();
    }
    return mixed ?? numbers.finish();
  }

  #packed(type: string, count: number): Float64Array {
    const width = WIDTHS[type] as number;
    const from = this.#take(count * width);
    const values = new Float64Array(count);
    for (let k = 0; k < count; k++) values[k] = this.#numberAt(type, from + k * width);
    return values;
  }
}
