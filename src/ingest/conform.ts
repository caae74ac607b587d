import type { ColumnPlan } from '../define/plan.js';
import {
  type Column,
  type ColumnKind,
  columnLength,
  MISSING_BOOLEAN,
  type Scalar,
  type StringColumn,
} from '../frame/column.js';
import { kindOfType, TYPES } from '../types/catalogue.js';
import { type ReadValue, reader } from '../types/reader.js';
import type { NumbersAndTexts, RawColumn } from './raw-column.js';
import { short } from './text-counts.js';

/** A value that cannot be read. */
export interface Misfit {
  readonly column: string;
  /** What stands there. */
  readonly value: unknown;
  readonly reason: string;
}
/** What is wrong with a row, by row number from 0. */
export type Misfits = Map<number, Misfit[]>;

/**
 * A column as its plan declares it, by the one reading of values that requests are read by too. A value that cannot be read becomes
 * missing and its row is told to `misfits`. Each text is read once, however often it stands in the column.
 */
export function conform(name: string, column: RawColumn, plan: ColumnPlan, misfits: Misfits): Column {
  const read = reader(plan);
  const kind = kindOfType(plan.type);
  const tell = (row: number, value: unknown) => {
    const misfit = { column: name, value, reason: `${name} ${misfitOf(value, TYPES[plan.type].wanted)}` };
    const before = misfits.get(row);
    if (before) before.push(misfit);
    else misfits.set(row, [misfit]);
  };
  switch (column.kind) {
    case 'numbers':
      return fromNumbersAndTexts(column, kind, read, tell);
    case 'string':
      return fromTexts(column, kind, read, tell);
    case 'boolean':
      return collect(
        kind,
        columnLength(column),
        (row) => {
          const value = column.values[row] as number;
          return value === MISSING_BOOLEAN ? null : value === 1;
        },
        read,
        tell,
      );
    case 'timestamp':
      return fromMoments(column.values, kind, read, tell);
    case 'number':
      return fromNumbers(column.values, kind, plan, read, tell);
  }
}

type Tell = (row: number, value: unknown) => void;

function misfitOf(value: unknown, wanted: string): string {
  if (typeof value !== 'string') return `is ${String(value)}, not ${wanted}`;
  if (value.includes('\0')) return 'holds a NUL character';
  if (/^[+-]?\d+$/.test(value) && !Number.isSafeInteger(Number(value))) return `is ${short(value)}, not exact as an integer`;
  return `is '${short(value)}', not ${wanted}`;
}

function fromTexts(column: StringColumn, kind: ColumnKind, read: ReadValue, tell: Tell): Column {
  const parsed = column.dictionary.map((text) => read(text));
  if (kind === 'string') return recoded(column, parsed as readonly (string | null | undefined)[], tell);
  return collectParsed(kind, column.codes, parsed, (code) => column.dictionary[code], tell);
}

/** Texts that stay texts keep their codes where nothing changes. */
function recoded(column: StringColumn, parsed: readonly (string | null | undefined)[], tell: Tell): StringColumn {
  if (parsed.every((text, code) => text === column.dictionary[code])) return column;
  const dictionary: string[] = [];
  const seen = new Map<string, number>();
  const to = parsed.map((text) => {
    if (text === null || text === undefined) return -1;
    const code = seen.get(text) ?? dictionary.push(text) - 1;
    seen.set(text, code);
    return code;
  });
  const codes = column.codes.map((code, row) => {
    if (code < 0) return -1;
    if (parsed[code] === undefined) tell(row, column.dictionary[code]);
    return to[code] as number;
  });
  return { kind: 'string', codes, dictionary };
}

function collectParsed(
  kind: Exclude<ColumnKind, 'string'>,
  codes: Int32Array,
  parsed: readonly (Scalar | undefined)[],
  textOf: (code: number) => unknown,
  tell: Tell,
): Column {
  const n = codes.length;
  const values = kind === 'boolean' ? new Uint8Array(n).fill(MISSING_BOOLEAN) : new Float64Array(n).fill(Number.NaN);
  for (let row = 0; row < n; row++) {
    const code = codes[row] as number;
    if (code < 0) continue;
    const value = parsed[code];
    if (value === undefined) tell(row, textOf(code));
    else if (value !== null) values[row] = Number(value);
  }
  return { kind, values } as Column;
}

function fromNumbersAndTexts(column: NumbersAndTexts, kind: ColumnKind, read: ReadValue, tell: Tell): Column {
  const { values, texts } = column;
  if (kind !== 'number') {
    const textAt = new Map<number, number>();
    texts.rows.forEach((row, i) => textAt.set(row, texts.codes[i] as number));
    return collect(
      kind,
      values.length,
      (row) => {
        const value = values[row] as number;
        if (value === value) return value;
        const code = textAt.get(row);
        return code === undefined ? null : (texts.dictionary[code] as string | boolean);
      },
      read,
      tell,
    );
  }
  const out = fromNumberValues(values, read, tell);
  const parsed = texts.dictionary.map((text) => read(text));
  for (let i = 0; i < texts.rows.length; i++) {
    const row = texts.rows[i] as number;
    const value = parsed[texts.codes[i] as number];
    if (value === undefined) tell(row, texts.dictionary[texts.codes[i] as number]);
    else if (value !== null) out[row] = value as number;
  }
  return { kind: 'number', values: out };
}

function fromNumbers(values: Float64Array, kind: ColumnKind, plan: ColumnPlan, read: ReadValue, tell: Tell): Column {
  if (kind !== 'number') return collect(kind, values.length, (row) => present(values[row] as number), read, tell);
  // What a double holds is a number as it stands, unless it is infinite or some number means missing.
  if (plan.type === 'number' && !plan.reads && values.every((value) => value - value === 0 || value !== value))
    return { kind: 'number', values };
  return { kind: 'number', values: fromNumberValues(values, read, tell) };
}

function fromNumberValues(values: Float64Array, read: ReadValue, tell: Tell): Float64Array {
  const out = values.slice();
  for (let row = 0; row < values.length; row++) {
    const value = values[row] as number;
    if (value !== value) continue;
    const number = read(value);
    if (number === undefined) tell(row, value);
    out[row] = typeof number === 'number' ? number : Number.NaN;
  }
  return out;
}

function fromMoments(values: Float64Array, kind: ColumnKind, read: ReadValue, tell: Tell): Column {
  if (kind === 'string')
    return collect(
      kind,
      values.length,
      (row) => {
        const value = present(values[row] as number);
        return value === null || !Number.isFinite(value) ? value : new Date(value).toISOString();
      },
      read,
      tell,
    );
  return collect(kind, values.length, (row) => present(values[row] as number), read, tell);
}

const present = (value: number): number | null => (value === value ? value : null);

/** Reads value by value. */
function collect(kind: ColumnKind, n: number, valueOf: (row: number) => Scalar, read: ReadValue, tell: Tell): Column {
  const codes = new Int32Array(n);
  const parsed: (Scalar | undefined)[] = [];
  const given: Scalar[] = [];
  const seen = new Map<Scalar, number>();
  for (let row = 0; row < n; row++) {
    const value = valueOf(row);
    if (value === null) {
      codes[row] = -1;
      continue;
    }
    let code = seen.get(value);
    if (code === undefined) {
      code = given.push(value) - 1;
      parsed.push(read(value));
      seen.set(value, code);
    }
    codes[row] = code;
  }
  if (kind !== 'string') return collectParsed(kind, codes, parsed, (code) => given[code], tell);
  return recoded(
    { kind: 'string', codes, dictionary: given.map(String) },
    parsed as readonly (string | null | undefined)[],
    tell,
  );
}
