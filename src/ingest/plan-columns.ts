import type { ColumnPlan } from '../define/plan.js';
import { MISSING_BOOLEAN, type StringColumn } from '../frame/column.js';
import type { RawColumn } from './raw-column.js';

/** A string column with at most this many distinct texts is a category. */
export const MOST_CATEGORIES = 100;

const plain = (type: ColumnPlan['type'], nullable: boolean): ColumnPlan => ({
  kind: 'column',
  type,
  categories: null,
  nullable,
});

/** What a column is whose format says its type: whole numbers are integers. */
export function planTyped(column: RawColumn): ColumnPlan {
  if (column.kind === 'string') return planStrings(column);
  if (column.kind === 'boolean') return plain('boolean', column.values.includes(MISSING_BOOLEAN));
  let missing = false;
  let whole = true;
  for (let row = 0; row < column.values.length; row++) {
    const value = column.values[row] as number;
    if (value !== value) missing = true;
    else if (whole && !Number.isSafeInteger(value)) whole = false;
  }
  if (column.kind === 'timestamp') return plain('timestamp', missing);
  return plain(whole ? 'integer' : 'number', missing);
}

/** Strings of few distinct texts are categories (in the order of the alphabet), long ones of many words are text. */
export function planStrings(column: StringColumn): ColumnPlan {
  const counts = new Uint32Array(column.dictionary.length);
  let present = 0;
  for (let row = 0; row < column.codes.length; row++) {
    const code = column.codes[row] as number;
    if (code < 0) continue;
    counts[code] = (counts[code] as number) + 1;
    present++;
  }
  const used = column.dictionary.filter((_, code) => (counts[code] as number) > 0);
  const nullable = present < column.codes.length;
  if (isLanguage(used, counts.length)) return { kind: 'column', type: 'text', categories: null, nullable };
  if (used.length > 0 && used.length <= MOST_CATEGORIES && used.length <= Math.max(2, present / 3))
    return { kind: 'column', type: 'category', categories: used.sort(), nullable };
  return { kind: 'column', type: 'string', categories: null, nullable };
}

/** Natural language: many distinct texts, of four words and more on the whole. */
function isLanguage(texts: readonly string[], all: number): boolean {
  if (texts.length < 5) return false;
  const step = Math.max(1, Math.floor(texts.length / 1000));
  let words = 0;
  let looked = 0;
  for (let i = 0; i < texts.length; i += step) {
    words += (texts[i] as string).split(/\s+/).length;
    looked++;
  }
  return words / looked >= 4 && texts.length > Math.min(all, MOST_CATEGORIES) / 2;
}
