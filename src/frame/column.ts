/**
 * A column of `length` values. Missing is one thing everywhere: NaN in numbers and timestamps, 255 in booleans, code -1 in
 * strings. Columns are never changed once they are in a frame.
 */
export type Column = NumberColumn | TimestampColumn | BooleanColumn | StringColumn;

export interface NumberColumn {
  readonly kind: 'number';
  readonly values: Float64Array;
}
/** Epoch milliseconds, UTC; fractions allowed. */
export interface TimestampColumn {
  readonly kind: 'timestamp';
  readonly values: Float64Array;
}
/** 0, 1, or 255 for missing. */
export interface BooleanColumn {
  readonly kind: 'boolean';
  readonly values: Uint8Array;
}
/** Dictionary-coded: `codes[i]` indexes `dictionary`, -1 is missing. Dictionary entries are distinct. */
export interface StringColumn {
  readonly kind: 'string';
  readonly codes: Int32Array;
  readonly dictionary: readonly string[];
}

export type ColumnKind = Column['kind'];

/** A single value as rows, requests and literals carry it; timestamps are epoch milliseconds. */
export type Scalar = number | string | boolean | null;

export const MISSING_BOOLEAN = 255;

export function columnLength(column: Column): number {
  return column.kind === 'string' ? column.codes.length : column.values.length;
}

/** The value at a row, null when missing. */
export function valueAt(column: Column, row: number): Scalar {
  switch (column.kind) {
    case 'number':
    case 'timestamp': {
      const value = column.values[row] as number;
      return value !== value ? null : value;
    }
    case 'boolean': {
      const value = column.values[row] as number;
      return value === MISSING_BOOLEAN ? null : value === 1;
    }
    case 'string': {
      const code = column.codes[row] as number;
      return code < 0 ? null : (column.dictionary[code] as string);
    }
  }
}

/** A column from plain values; null, undefined and NaN are missing. Strings are coded in order of first appearance. */
export function columnFrom(kind: ColumnKind, values: readonly (Scalar | undefined)[]): Column {
  const n = values.length;
  if (kind === 'boolean') {
    const out = new Uint8Array(n);
    for (let i = 0; i < n; i++)
      out[i] = values[i] === null || values[i] === undefined ? MISSING_BOOLEAN : Number(Boolean(values[i]));
    return { kind, values: out };
  }
  if (kind === 'string') {
    const codes = new Int32Array(n);
    const dictionary: string[] = [];
    const seen = new Map<string, number>();
    for (let i = 0; i < n; i++) {
      const value = values[i];
      if (value === null || value === undefined) {
        codes[i] = -1;
        continue;
      }
      const text = String(value);
      let code = seen.get(text);
      if (code === undefined) {
        code = dictionary.push(text) - 1;
        seen.set(text, code);
      }
      codes[i] = code;
    }
    return { kind, codes, dictionary };
  }
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const value = values[i];
    out[i] = value === null || value === undefined ? Number.NaN : Number(value);
  }
  return { kind, values: out };
}

/** The rows of a column named by `rows`, in that order. */
export function takeColumn(column: Column, rows: Int32Array | Uint32Array): Column {
  const n = rows.length;
  if (column.kind === 'string') {
    const codes = new Int32Array(n);
    for (let i = 0; i < n; i++) codes[i] = column.codes[rows[i] as number] as number;
    return { kind: 'string', codes, dictionary: column.dictionary };
  }
  const values = column.kind === 'boolean' ? new Uint8Array(n) : new Float64Array(n);
  for (let i = 0; i < n; i++) values[i] = column.values[rows[i] as number] as number;
  return { kind: column.kind, values } as Column;
}
