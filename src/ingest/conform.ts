import type { ColumnPlan } from '../define/plan.js';
import { type Column, type ColumnKind, columnLength, MISSING_BOOLEAN, type StringColumn } from '../frame/column.js';
import { kindOfType } from '../types/catalogue.js';
import { parseMoment } from './moment.js';

/** What is wrong with a row, by row number from 0. */
export type Misfits = Map<number, string[]>;

/**
 * A column as its plan declares it. A value that cannot be (a text that is no number, a fraction in an integer, an infinite
 * number) becomes missing and its row is told to `misfits`.
 */
export function conform(name: string, column: Column, plan: ColumnPlan, misfits: Misfits): Column {
  const kind = kindOfType(plan.type);
  const same = column.kind === kind ? column : convert(name, column, kind, misfits);
  if (same.kind === 'number' || same.kind === 'timestamp') return finite(name, same, plan.type === 'integer', misfits);
  if (same.kind === 'string') tellNul(name, same, misfits);
  return same;
}

/** A NUL character is a sign of damage, and much that reads texts later ends at one. */
function tellNul(name: string, column: StringColumn, misfits: Misfits): void {
  const bad = new Set<number>();
  column.dictionary.forEach((text, code) => {
    if (text.includes('\0')) bad.add(code);
  });
  if (bad.size === 0) return;
  column.codes.forEach((code, row) => {
    if (bad.has(code)) tell(misfits, row, `${name} holds a NUL character`);
  });
}

function tell(misfits: Misfits, row: number, reason: string): void {
  const reasons = misfits.get(row);
  if (reasons) reasons.push(reason);
  else misfits.set(row, [reason]);
}

function finite(name: string, column: Column & { values: Float64Array }, integer: boolean, misfits: Misfits): Column {
  let values = column.values;
  const n = values.length;
  for (let row = 0; row < n; row++) {
    const value = column.values[row] as number;
    if (value - value === 0 ? !integer || Number.isSafeInteger(value) : value !== value) continue;
    if (values === column.values) values = column.values.slice();
    values[row] = Number.NaN;
    if (value - value !== 0)
      tell(misfits, row, column.kind === 'timestamp' ? `${name} is no moment in time` : `${name} is not a finite number`);
    else tell(misfits, row, `${name} is ${value}, not ${Number.isInteger(value) ? 'exact as an integer' : 'a whole number'}`);
  }
  return values === column.values ? column : ({ kind: column.kind, values } as Column);
}

function convert(name: string, column: Column, kind: ColumnKind, misfits: Misfits): Column {
  const n = columnLength(column);
  if (column.kind === 'string') return fromTexts(name, column.codes, column.dictionary, kind, misfits);
  if (kind === 'string') return toTexts(column);
  if (column.kind === 'boolean') {
    const values = Float64Array.from(column.values, (value) => (value === MISSING_BOOLEAN ? Number.NaN : value));
    if (kind === 'timestamp')
      return refuseAll(
        name,
        'true or false, not a moment in time',
        kind,
        n,
        (row) => column.values[row] !== MISSING_BOOLEAN,
        misfits,
      );
    return { kind: 'number', values };
  }
  if (kind === 'boolean') {
    const values = new Uint8Array(n);
    for (let row = 0; row < n; row++) {
      const value = column.values[row] as number;
      values[row] = value === 0 || value === 1 ? value : MISSING_BOOLEAN;
      if (value === value && values[row] === MISSING_BOOLEAN) tell(misfits, row, `${name} is ${value}, not true or false`);
    }
    return { kind, values };
  }
  return { kind, values: column.values } as Column;
}

function refuseAll(
  name: string,
  what: string,
  kind: 'timestamp',
  n: number,
  present: (row: number) => boolean,
  misfits: Misfits,
): Column {
  for (let row = 0; row < n; row++) if (present(row)) tell(misfits, row, `${name} is ${what}`);
  return { kind, values: new Float64Array(n).fill(Number.NaN) };
}

/** Reads each text of the dictionary once. */
function fromTexts(name: string, codes: Int32Array, dictionary: readonly string[], kind: ColumnKind, misfits: Misfits): Column {
  const n = codes.length;
  const parsed = dictionary.map((text) => parseText(text, kind));
  const values = kind === 'boolean' ? new Uint8Array(n).fill(MISSING_BOOLEAN) : new Float64Array(n).fill(Number.NaN);
  const wanted = kind === 'boolean' ? 'true or false' : kind === 'number' ? 'a number' : 'a moment in time';
  for (let row = 0; row < n; row++) {
    const code = codes[row] as number;
    if (code < 0) continue;
    const value = parsed[code];
    if (value === undefined) tell(misfits, row, `${name} is '${short(dictionary[code] as string)}', not ${wanted}`);
    else values[row] = value;
  }
  return { kind, values } as Column;
}

const short = (text: string) => (text.length > 40 ? `${text.slice(0, 40)}...` : text);

function parseText(text: string, kind: ColumnKind): number | undefined {
  const trimmed = text.trim();
  if (kind === 'boolean') {
    const lower = trimmed.toLowerCase();
    if (lower === 'true' || lower === 't' || lower === 'yes' || lower === 'y' || lower === '1') return 1;
    return lower === 'false' || lower === 'f' || lower === 'no' || lower === 'n' || lower === '0' ? 0 : undefined;
  }
  if (kind === 'timestamp') return parseMoment(trimmed);
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(trimmed)) return undefined;
  return Number(trimmed);
}

function toTexts(column: Exclude<Column, { kind: 'string' }>): Column {
  const n = column.values.length;
  const codes = new Int32Array(n);
  const dictionary: string[] = [];
  const seen = new Map<number, number>();
  for (let row = 0; row < n; row++) {
    const value = column.values[row] as number;
    if (value !== value || (column.kind === 'boolean' && value === MISSING_BOOLEAN)) {
      codes[row] = -1;
      continue;
    }
    let code = seen.get(value);
    if (code === undefined) {
      const text =
        column.kind === 'boolean'
          ? String(value === 1)
          : column.kind === 'timestamp'
            ? new Date(value).toISOString()
            : String(value);
      code = dictionary.push(text) - 1;
      seen.set(value, code);
    }
    codes[row] = code;
  }
  return { kind: 'string', codes, dictionary };
}
