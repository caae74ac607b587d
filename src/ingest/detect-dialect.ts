import { recordsOf } from './delimited-text.js';
import { MISSING_TEXTS } from './missing-texts.js';
import { type TextType, textType, widerType } from './text-types.js';

/** How a delimited text is written. */
export interface Dialect {
  readonly delimiter: string;
  readonly quote: string;
  readonly header: boolean;
}

/** Most usual first: of equals, the first wins. */
const DELIMITERS = [',', '\t', ';', '|', ' '] as const;
const RECORDS = 500;

/**
 * The dialect of a text by its beginning; what is given is kept.
 * @param cut whether the text goes on behind what is given
 */
export function detectDialect(text: string, given: Partial<Dialect>, cut: boolean): Dialect {
  const quotes = given.quote === undefined ? ['"', "'"] : [given.quote];
  let best: { delimiter: string; quote: string; score: number } | null = null;
  for (const delimiter of given.delimiter === undefined ? DELIMITERS : [given.delimiter])
    for (const quote of quotes) {
      const score = regularity(recordsOf(text, delimiter, quote, RECORDS, cut), delimiter) + quoting(text, delimiter, quote);
      if (!best || score > best.score + 1e-9) best = { delimiter, quote, score };
    }
  const { delimiter, quote } = best as { delimiter: string; quote: string };
  const header = given.header ?? hasHeader(recordsOf(text, delimiter, quote, RECORDS, cut));
  return { delimiter, quote, header };
}

/** How evenly a delimiter parts the records: the share with the commonest number of fields, counting for more when there are more. */
function regularity(records: readonly string[][], delimiter: string): number {
  const counts = new Map<number, number>();
  for (const record of records) counts.set(record.length, (counts.get(record.length) ?? 0) + 1);
  let fields = 1;
  let most = 0;
  for (const [width, count] of counts)
    if (count > most || (count === most && width > fields)) {
      fields = width;
      most = count;
    }
  if (fields === 1 || records.length === 0) return 0;
  const share = most / records.length;
  if (delimiter === ' ' && (share < 1 || fields < 3)) return 0;
  return share + (delimiter === ' ' ? 0 : 0.5) + Math.min(fields, 20) / 100;
}

/**
 * Fields that begin or end with a quote speak for it; with none the double quote stands. Evenness alone would not do: where a field
 * holds the delimiter in every record, the wrong quote parts all records alike too.
 */
function quoting(text: string, delimiter: string, quote: string): number {
  if (quote === '"') return 0;
  let single = 0;
  let double = 0;
  for (const record of recordsOf(text, delimiter, '', 50, true))
    for (const field of record) {
      const trimmed = field.trim();
      if (trimmed.length < 2) continue;
      single += Number(trimmed.startsWith(quote)) + Number(trimmed.endsWith(quote));
      double += Number(trimmed.startsWith('"')) + Number(trimmed.endsWith('"'));
    }
  return single > double ? 0.001 : -1;
}

/**
 * Whether the first record names the columns. Names are texts, present and distinct; where a column below is of another type than its
 * first field, that field is a name; where the field is of the column's type, it is a value.
 */
function hasHeader(records: readonly string[][]): boolean {
  const [first, ...rest] = records;
  if (!first) return false;
  const names = first.map((field) => field.trim());
  if (names.some((name) => name !== '' && isValue(name))) {
    return rest.length > 0 && votes(names, rest) > 0;
  }
  if (new Set(names).size < names.length && names.filter((name) => name === '').length !== 1) {
    return rest.length > 0 && votes(names, rest) > 0;
  }
  return rest.length === 0 || votes(names, rest) >= 0;
}

const isValue = (text: string) => textType(text) !== 'string' || MISSING_TEXTS.includes(text);

/** Columns that speak for a header minus columns that speak against one. */
function votes(names: readonly string[], rest: readonly string[][]): number {
  let sum = 0;
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    const seen = new Set<string>();
    let type: TextType | null = null;
    let filled = 0;
    for (const record of rest) {
      const field = record[i]?.trim() ?? '';
      if (field === '' || MISSING_TEXTS.includes(field)) continue;
      filled++;
      seen.add(field);
      type = type === null ? textType(field) : widerType(type, textType(field));
    }
    if (type === null || name === '') continue;
    if (type === 'string') sum += seen.has(name) ? -1 : seen.size * 3 < filled ? 0.5 : 0;
    else sum += isValue(name) ? -1 : 1;
  }
  return sum;
}
