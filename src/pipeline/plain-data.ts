import { fail } from '../base/error.js';

/** Checked reading of plain data that came from outside: whatever does not fit is MW_PIPELINE_CORRUPT. */
export type PlainObject = Readonly<Record<string, unknown>>;

export function corrupt(what: string): never {
  fail('MW_PIPELINE_CORRUPT', { what });
}

export function objectIn(data: unknown, name: string): PlainObject {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) corrupt(`'${name}' is not an object.`);
  return data as PlainObject;
}

export function listIn(data: PlainObject, name: string): readonly unknown[] {
  const value = data[name];
  if (!Array.isArray(value)) corrupt(`'${name}' is not a list.`);
  return value;
}

export function numberIn(data: PlainObject, name: string): number {
  const value = data[name];
  if (typeof value !== 'number' || !Number.isFinite(value)) corrupt(`'${name}' is not a finite number.`);
  return value;
}

/** A whole number in [low, high]. */
export function countIn(data: PlainObject, name: string, low: number, high: number): number {
  const value = numberIn(data, name);
  if (!Number.isInteger(value) || value < low || value > high) corrupt(`'${name}' is ${value}, not in ${low} to ${high}.`);
  return value;
}

export function booleanIn(data: PlainObject, name: string): boolean {
  const value = data[name];
  if (typeof value !== 'boolean') corrupt(`'${name}' is not true or false.`);
  return value;
}

export function textIn(data: PlainObject, name: string): string {
  const value = data[name];
  if (typeof value !== 'string') corrupt(`'${name}' is not text.`);
  return value;
}

export function choiceIn<const C extends string>(data: PlainObject, name: string, choices: readonly C[]): C {
  const value = data[name];
  if (!choices.includes(value as C)) corrupt(`'${name}' is not one of ${choices.join(', ')}.`);
  return value as C;
}

export function textsIn(data: PlainObject, name: string): string[] {
  const list = listIn(data, name);
  if (!list.every((item) => typeof item === 'string')) corrupt(`'${name}' holds something that is not text.`);
  return list as string[];
}

/** Finite numbers, exactly `length` of them when it is given. */
export function numbersIn(data: PlainObject, name: string, length?: number): Float64Array {
  const list = listIn(data, name);
  if (length !== undefined && list.length !== length) corrupt(`'${name}' holds ${list.length} numbers, not ${length}.`);
  if (!list.every((item) => typeof item === 'number' && Number.isFinite(item))) corrupt(`'${name}' holds what is no number.`);
  return Float64Array.from(list as number[]);
}

/** 32-bit values kept as base64 of their little-endian bytes. */
export function packed32(values: Float32Array | Int32Array): string {
  const bytes = Buffer.alloc(values.length * 4);
  for (let i = 0; i < values.length; i++)
    if (values instanceof Float32Array) bytes.writeFloatLE(values[i], i * 4);
    else bytes.writeInt32LE(values[i], i * 4);
  return bytes.toString('base64');
}

export function floatsIn(data: PlainObject, name: string, length: number): Float32Array {
  const bytes = packedBytes(data, name, length);
  const out = new Float32Array(length);
  for (let i = 0; i < length; i++) {
    out[i] = bytes.readFloatLE(i * 4);
    if (!Number.isFinite(out[i])) corrupt(`'${name}' holds what is no number.`);
  }
  return out;
}

export function integersIn(data: PlainObject, name: string, length: number): Int32Array {
  const bytes = packedBytes(data, name, length);
  const out = new Int32Array(length);
  for (let i = 0; i < length; i++) out[i] = bytes.readInt32LE(i * 4);
  return out;
}

function packedBytes(data: PlainObject, name: string, length: number): Buffer {
  const bytes = Buffer.from(textIn(data, name), 'base64');
  if (bytes.length !== length * 4) corrupt(`'${name}' holds ${bytes.length} bytes, not ${length * 4}.`);
  return bytes;
}
