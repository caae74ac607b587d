import { type Column, MISSING_BOOLEAN, type Scalar } from '../frame/column.js';

/**
 * How any column or single value is read as a number or as text. Column and value go by the same rules, so that a batch and a
 * request encode alike: booleans are 0 and 1, text that is a number is that number ('true' and 'yes' are 1, 'false' and 'no' 0),
 * anything else and every infinity is missing.
 */
export function numberFrom(value: Scalar | undefined): number {
  if (typeof value === 'number') return Number.isFinite(value) ? value : Number.NaN;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string') return numberFromText(value);
  return Number.NaN;
}

function numberFromText(text: string): number {
  const trimmed = text.trim();
  if (trimmed === '') return Number.NaN;
  const value = Number(trimmed);
  if (Number.isFinite(value)) return value;
  const lower = trimmed.toLowerCase();
  if (lower === 'true' || lower === 'yes') return 1;
  if (lower === 'false' || lower === 'no') return 0;
  return Number.NaN;
}

/** The value as text, null when missing. Empty text is a value. */
export function textFrom(value: Scalar | undefined): string | null {
  if (value === null || value === undefined || value !== value) return null;
  return typeof value === 'string' ? value : String(value);
}

/** A column as numbers, NaN for missing; shares the column's memory when it holds finite numbers already. */
export function numbersOf(column: Column): Float64Array {
  switch (column.kind) {
    case 'number':
    case 'timestamp': {
      const { values } = column;
      let clean = true;
      for (let i = 0; i < values.length; i++)
        if (values[i] === Number.POSITIVE_INFINITY || values[i] === Number.NEGATIVE_INFINITY) clean = false;
      return clean ? values : values.map((value) => (Number.isFinite(value) ? value : Number.NaN));
    }
    case 'boolean':
      return Float64Array.from(column.values, (value) => (value === MISSING_BOOLEAN ? Number.NaN : value));
    case 'string': {
      const table = column.dictionary.map(numberFromText);
      return Float64Array.from(column.codes, (code) => (code < 0 ? Number.NaN : table[code]));
    }
  }
}

/** A column as codes into distinct texts, -1 for missing. */
export interface Texts {
  readonly codes: Int32Array;
  readonly dictionary: readonly string[];
}

export function textsOf(column: Column): Texts {
  switch (column.kind) {
    case 'string':
      return column;
    case 'boolean':
      return {
        codes: Int32Array.from(column.values, (value) => (value === MISSING_BOOLEAN ? -1 : value)),
        dictionary: ['false', 'true'],
      };
    case 'number':
    case 'timestamp': {
      const seen = new Map<number, number>();
      const dictionary: string[] = [];
      const codes = new Int32Array(column.values.length);
      for (let i = 0; i < codes.length; i++) {
        // -0 is written '0' like 0, so both must share a code.
        const value = column.values[i] + 0;
        if (value !== value) {
          codes[i] = -1;
          continue;
        }
        let code = seen.get(value);
        if (code === undefined) {
          code = dictionary.push(String(value)) - 1;
          seen.set(value, code);
        }
        codes[i] = code;
      }
      return { codes, dictionary };
    }
  }
}

/** Rows a level, in the order of the dictionary. */
export function countLevels(texts: Texts): Float64Array {
  const counts = new Float64Array(texts.dictionary.length);
  for (const code of texts.codes) if (code >= 0) counts[code] += 1;
  return counts;
}
