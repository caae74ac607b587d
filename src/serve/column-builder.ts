import { type Column, type ColumnKind, MISSING_BOOLEAN, type Scalar } from '../frame/column.js';

/** A column that grows value by value and is then taken as a whole; it keeps its capacity for the next one. */
export interface ColumnBuilder {
  push(value: Scalar | undefined): void;
  /** The column so far, copied; the builder starts again empty. */
  take(): Column;
}

const FIRST_CAPACITY = 256;

export function columnBuilder(kind: ColumnKind): ColumnBuilder {
  if (kind === 'string') return new StringBuilder();
  if (kind === 'boolean') return new BooleanBuilder();
  return new NumberBuilder(kind);
}

/** Numbers and timestamps; a value that is neither number nor boolean is missing. */
export class NumberBuilder implements ColumnBuilder {
  readonly #kind: 'number' | 'timestamp';
  #values = new Float64Array(FIRST_CAPACITY);
  #length = 0;

  constructor(kind: 'number' | 'timestamp') {
    this.#kind = kind;
  }

  get length(): number {
    return this.#length;
  }

  push(value: Scalar | undefined): void {
    this.pushNumber(typeof value === 'number' ? value : typeof value === 'boolean' ? Number(value) : Number.NaN);
  }

  pushNumber(value: number): void {
    if (this.#length === this.#values.length) {
      const grown = new Float64Array(this.#length * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#length++] = value;
  }

  take(): Column {
    const values = this.#values.slice(0, this.#length);
    this.#length = 0;
    return { kind: this.#kind, values };
  }
}

class BooleanBuilder implements ColumnBuilder {
  #values = new Uint8Array(FIRST_CAPACITY);
  #length = 0;

  push(value: Scalar | undefined): void {
    if (this.#length === this.#values.length) {
      const grown = new Uint8Array(this.#length * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#length++] = value === null || value === undefined ? MISSING_BOOLEAN : Number(Boolean(value));
  }

  take(): Column {
    const values = this.#values.slice(0, this.#length);
    this.#length = 0;
    return { kind: 'boolean', values };
  }
}

class StringBuilder implements ColumnBuilder {
  #codes = new Int32Array(FIRST_CAPACITY);
  #length = 0;
  #dictionary: string[] = [];
  #seen = new Map<string, number>();

  push(value: Scalar | undefined): void {
    if (this.#length === this.#codes.length) {
      const grown = new Int32Array(this.#length * 2);
      grown.set(this.#codes);
      this.#codes = grown;
    }
    this.#codes[this.#length++] = value === null || value === undefined ? -1 : this.#code(String(value));
  }

  #code(text: string): number {
    let code = this.#seen.get(text);
    if (code === undefined) {
      code = this.#dictionary.push(text) - 1;
      this.#seen.set(text, code);
    }
    return code;
  }

  take(): Column {
    const codes = this.#codes.slice(0, this.#length);
    const dictionary = this.#dictionary;
    this.#length = 0;
    this.#dictionary = [];
    this.#seen = new Map();
    return { kind: 'string', codes, dictionary };
  }
}
