import { damaged } from './refuse.js';

/** A value of a JSON or UBJSON document. Lists that hold numbers alone are packed; null among them is NaN. */
export type Value = number | string | boolean | null | Fields | readonly Value[] | Float64Array;
export type Fields = ReadonlyMap<string, Value>;

/** Objects, lists and names that a document may have: what is not a number costs memory, whatever its size in the file. */
export const MOST_PARTS = 4_000_000;
/** Containers within containers; models have ten. */
export const DEEPEST = 64;

export const isObject = (value: Value | undefined): value is Fields => value instanceof Map;

export function objectAt(parent: Fields, name: string): Fields {
  const value = parent.get(name);
  return isObject(value) ? value : damaged(`it has no object '${name}'`);
}

export function textAt(parent: Fields, name: string): string {
  const value = parent.get(name);
  return typeof value === 'string' ? value : damaged(`it has no text '${name}'`);
}

/** A list that may hold anything. */
export function listAt(parent: Fields, name: string): readonly Value[] {
  const value = parent.get(name);
  if (value instanceof Float64Array) return value.length === 0 ? [] : damaged(`'${name}' is a list of numbers`);
  return Array.isArray(value) ? (value as readonly Value[]) : damaged(`it has no list '${name}'`);
}

/** A list of numbers, NaN where the file has none. */
export function numbersAt(parent: Fields, name: string, length?: number): Float64Array {
  const value = parent.get(name);
  if (!(value instanceof Float64Array))
    return damaged(Array.isArray(value) ? `'${name}' has something that is no number` : `it has no list '${name}'`);
  if (length !== undefined && value.length !== length) damaged(`'${name}' has ${value.length} of ${length} numbers`);
  return value;
}

/** A whole number as text, as XGBoost writes its parameters. */
export function countAt(parent: Fields, name: string, least: number, most: number): number {
  const text = textAt(parent, name);
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!(Number.isInteger(value) && value >= least && value <= most))
    damaged(`'${name}' is '${text.slice(0, 40)}', not a number from ${least} to ${most}`);
  return value;
}

const NONE = new Float64Array(0);

/** Numbers whose count is not known beforehand. */
export class NumberList {
  #values = NONE;
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const grown = new Float64Array(Math.max(4, 2 * this.#length));
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#length++] = value;
  }

  get length(): number {
    return this.#length;
  }

  finish(): Float64Array {
    return this.#length === 0 ? NONE : this.#values.slice(0, this.#length);
  }
}
