import { type NumbersAndTexts, type RawColumn, trimmed, trimmedTexts } from '../raw-column.js';
import { PlainNumbers } from './plain-number.js';
import { TextCoder } from './text-coder.js';

/** Distinct texts from which a column of plain numbers is kept as numbers. */
const MANY = 4096;
/** Share of them that must be plain numbers. */
const MOSTLY = 0.9;
const SPACE = 32;

/** Takes the fields of one column of a delimited text as they come. */
export class ColumnBuilder {
  readonly #asTexts: boolean;
  readonly #plain = new PlainNumbers();
  #coder = new TextCoder();
  #codes = new Int32Array(1024);
  #values: Float64Array<ArrayBuffer> | null = null;
  #textRows: number[] = [];
  #textCodes: number[] = [];
  #rows = 0;
  #lookAt = MANY;

  /** @param asTexts whether texts are kept whatever they look like */
  constructor(asTexts: boolean) {
    this.#asTexts = asTexts;
  }

  append(bytes: Uint8Array, fieldFrom: number, fieldTo: number): void {
    let from = fieldFrom;
    let to = fieldTo;
    while (from < to && (bytes[from] as number) <= SPACE && bytes[from] !== 0) from++;
    while (to > from && (bytes[to - 1] as number) <= SPACE && bytes[to - 1] !== 0) to--;
    const row = this.#rows++;
    if (this.#values) {
      if (row === this.#values.length) this.#values = larger(this.#values, new Float64Array(row * 2));
      const value = from === to ? Number.NaN : this.#plain.read(bytes, from, to);
      this.#values[row] = value;
      if (value !== value && from < to) {
        this.#textRows.push(row);
        this.#textCodes.push(this.#coder.code(bytes, from, to));
      }
      return;
    }
    if (row === this.#codes.length) this.#codes = larger(this.#codes, new Int32Array(row * 2));
    this.#codes[row] = from === to ? -1 : this.#coder.code(bytes, from, to);
    if (!this.#asTexts && this.#coder.size >= this.#lookAt) this.#considerNumbers();
  }

  finish(): RawColumn {
    if (!this.#values)
      return trimmed({ kind: 'string', codes: this.#codes.slice(0, this.#rows), dictionary: this.#coder.texts() });
    return withTexts(this.#values.slice(0, this.#rows), this.#textRows, this.#textCodes, this.#coder.texts(), {
      native: false,
      pointed: this.#plain.pointed,
    });
  }

  #considerNumbers(): void {
    const numbers = new Float64Array(this.#coder.size);
    const kept = new TextCoder();
    this.#plain.pointed = false;
    const recoded = new Int32Array(this.#coder.size);
    let plain = 0;
    this.#coder.forEach((bytes, from, to, code) => {
      const value = this.#plain.read(bytes, from, to);
      numbers[code] = value;
      if (value === value) plain++;
      else recoded[code] = kept.code(bytes, from, to);
    });
    if (plain < MOSTLY * this.#coder.size) {
      this.#lookAt *= 4;
      return;
    }
    const values = new Float64Array(this.#codes.length);
    for (let row = 0; row < this.#rows; row++) {
      const code = this.#codes[row] as number;
      values[row] = code < 0 ? Number.NaN : (numbers[code] as number);
      if (code < 0 || values[row] === values[row]) continue;
      this.#textRows.push(row);
      this.#textCodes.push(recoded[code] as number);
    }
    this.#values = values;
    this.#coder = kept;
    this.#codes = new Int32Array(0);
  }
}

/** Numbers with the texts between them, those trimmed. */
export function withTexts(
  values: Float64Array,
  rows: readonly number[],
  codes: readonly number[],
  texts: readonly (string | boolean)[],
  written: Pick<NumbersAndTexts, 'native' | 'pointed'>,
): NumbersAndTexts {
  const { dictionary, recoded } = trimmedTexts(texts);
  const keptRows: number[] = [];
  const keptCodes: number[] = [];
  for (let i = 0; i < rows.length; i++) {
    const code = recoded[codes[i] as number] as number;
    if (code < 0) continue;
    keptRows.push(rows[i] as number);
    keptCodes.push(code);
  }
  return {
    kind: 'numbers',
    values,
    texts: { rows: Int32Array.from(keptRows), codes: Int32Array.from(keptCodes), dictionary },
    ...written,
  };
}

function larger<T extends Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer>>(from: T, to: T): T {
  to.set(from as never);
  return to;
}
