import { type RawColumn, trimmed } from '../raw-column.js';
import { withTexts } from '../text/column-builder.js';

/** Takes the values of one key of JSON objects; rows without the key are missing. */
export class ValueColumn {
  #values = new Float64Array(64).fill(Number.NaN);
  #numbers = false;
  readonly #rows: number[] = [];
  readonly #codes: number[] = [];
  readonly #texts: (string | boolean)[] = [];
  readonly #seen = new Map<string | boolean, number>();

  set(row: number, value: unknown): void {
    if (value === null || value === undefined) return;
    if (typeof value === 'number') {
      this.#reach(row);
      this.#values[row] = value;
      this.#numbers = true;
      return;
    }
    const text = typeof value === 'string' || typeof value === 'boolean' ? value : JSON.stringify(value);
    let code = this.#seen.get(text);
    if (code === undefined) {
      code = this.#texts.push(text) - 1;
      this.#seen.set(text, code);
    }
    this.#rows.push(row);
    this.#codes.push(code);
  }

  finish(rows: number): RawColumn {
    if (!this.#numbers && this.#texts.every((text) => typeof text === 'string')) {
      const codes = new Int32Array(rows).fill(-1);
      for (let i = 0; i < this.#rows.length; i++) codes[this.#rows[i] as number] = this.#codes[i] as number;
      return trimmed({ kind: 'string', codes, dictionary: this.#texts as string[] });
    }
    this.#reach(rows);
    return withTexts(this.#values.slice(0, rows), this.#rows, this.#codes, this.#texts, { native: true, pointed: false });
  }

  #reach(row: number): void {
    if (row < this.#values.length) return;
    const larger = new Float64Array(Math.max(row + 1, this.#values.length * 2)).fill(Number.NaN, this.#values.length);
    larger.set(this.#values);
    this.#values = larger;
  }
}
