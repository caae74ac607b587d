import { hasHeader, speaksForNames } from './detect-header.js';
import { type FirstRecord, type FirstRecords, firstRecords } from './text/first-records.js';
import type { RecordForm } from './text/record-scanner.js';
import { looksTyped } from './text-types.js';

/** How a delimited text is written. */
export interface Dialect extends RecordForm {
  readonly header: boolean;
}

export interface FoundDialect {
  readonly dialect: Dialect;
  /** The texts of the lines before the header that are no records. */
  readonly skipped: readonly string[];
  /** Whether the header has one field fewer than the rows, whose first field then has no name. */
  readonly rowNames: boolean;
}

export interface DialectHints {
  readonly given: Partial<Dialect>;
  /** A column that must be there: the line that holds it is the header. */
  readonly target: string | null;
}

/** Most usual first: of equals, the first wins. */
const DELIMITERS = [',', '\t', ';', '|', ' '] as const;
const RECORDS = 500;
/** Lines in front of a header that may be titles and notes. */
const MOST_PREAMBLE = 50;

/**
 * The dialect of a text by its beginning; what is given is kept. Header and rows must part into the same number of fields; between
 * delimiters that part alike, values that read as numbers, dates and truth values decide.
 * @param cut whether the text goes on behind what is given
 */
export function detectDialect(bytes: Uint8Array, hints: DialectHints, cut: boolean): FoundDialect {
  const { given, target } = hints;
  const said = sepLine(bytes);
  const skip = given.skip ?? (said === null ? 0 : 1);
  const delimiters = given.delimiter !== undefined ? [given.delimiter] : said !== null ? [said] : DELIMITERS;
  const quotes = given.quote === undefined ? ['"', "'"] : [given.quote];
  const comments = given.comment === undefined ? commentsOf(bytes) : [given.comment];
  let best: Candidate | null = null;
  for (const comment of comments)
    for (const delimiter of delimiters)
      for (const quote of quotes)
        for (const escape of given.escape === undefined ? escapesOf(bytes, quote) : [given.escape]) {
          const candidate = judge(bytes, { delimiter, quote, escape, comment, skip }, given.header, target, cut);
          if (!best || candidate.score > best.score + 1e-9) best = candidate;
        }
  const { form, first, header, records, rowNames } = best as Candidate;
  const skipped = records.slice(0, first).map((record) => record.fields.join(form.delimiter));
  const line = records[first]?.line ?? 1;
  return {
    dialect: { ...form, header, skip: first > 0 ? line - 1 : skip },
    skipped: said !== null && given.skip === undefined ? [`sep=${said}`, ...skipped] : skipped,
    rowNames,
  };
}

/** The delimiter that a first line like sep=; names, as Excel writes and reads it. */
function sepLine(bytes: Uint8Array): string | null {
  const line = new TextDecoder().decode(bytes.subarray(0, 16)).split(/[\r\n]/, 1)[0] as string;
  return /^"?sep=(.)"?$/i.exec(line)?.[1] ?? null;
}

const holds = (bytes: Uint8Array, text: string): boolean =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(text);

const commentsOf = (bytes: Uint8Array): string[] => (bytes[0] === 35 || holds(bytes, '\n#') ? ['', '#'] : ['']);

/** A backslash before a quote may be an escape; else quotes are doubled. */
const escapesOf = (bytes: Uint8Array, quote: string): string[] =>
  quote !== '' && holds(bytes, `\\${quote}`) ? [quote, '\\'] : [quote];

interface Candidate {
  readonly form: RecordForm;
  readonly records: readonly FirstRecord[];
  /** The record that is the header, or the first row. */
  readonly first: number;
  readonly header: boolean;
  readonly rowNames: boolean;
  readonly score: number;
}

function judge(
  bytes: Uint8Array,
  form: RecordForm,
  givenHeader: boolean | undefined,
  target: string | null,
  cut: boolean,
): Candidate {
  const found = firstRecords(bytes, form, RECORDS, cut);
  const { records } = found;
  const width = commonWidth(records);
  const plain: Candidate = {
    form,
    records,
    first: 0,
    header: givenHeader ?? hasHeader(records.map(({ fields }) => fields)),
    rowNames: false,
    score: 0,
  };
  if (records.length === 0) return plain;
  const named = target === null || givenHeader === false ? -1 : lineWith(records, target);
  const first = named >= 0 ? named : records.findIndex(({ fields }, i) => fits(fields.length, width, records.length - i));
  if (first < 0 || first > MOST_PREAMBLE) return plain;
  const body = records.slice(first).map(({ fields }) => fields);
  const rowNames = body.length > 1 && width > 1 && (body[0] as readonly string[]).length === width - 1;
  const header = givenHeader ?? (named >= 0 || rowNames || hasHeader(body));
  // Titles in front are believed only where what follows them is a header: data alone may part by chance.
  if (first > 0 && !(header && (named >= 0 || speaksForNames(body)))) return plain;
  const rows = header ? body.slice(1) : body;
  const even = rows.length === 0 ? 1 : rows.filter((row) => row.length === width).length / rows.length;
  if (width === 1) return { ...plain, first, header, rowNames: false, score: onlyColumn(found, form) + (named >= 0 ? 1 : 0) };
  if (form.delimiter === ' ' && (even < 1 || width < 3 || first > 0)) return plain;
  const score =
    2 * even +
    typedShare(rows) +
    (form.delimiter === ' ' ? 0 : 0.5) +
    Math.min(width, 20) / 100 +
    (named >= 0 ? 3 : 0) -
    (first > 0 ? 0.4 : 0) -
    (rowNames ? 0.2 : 0) -
    (form.comment === '' ? 0 : 0.1) -
    2 * (found.odd / records.length) +
    quoting(bytes, form);
  return { form, records, first, header, rowNames, score };
}

/** One column is what is left when no delimiter parts the records alike. */
const onlyColumn = (found: FirstRecords, form: RecordForm): number =>
  0.1 + (form.comment === '' ? 0 : 0.1) - found.odd / Math.max(1, found.records.length) - (form.quote === '"' ? 0 : 0.01);

/** The first record that fits: as wide as the rows, or one field short of them where row names have no heading. */
const fits = (fields: number, width: number, left: number): boolean =>
  fields === width || (fields === width - 1 && width > 2 && left > 1);

const lineWith = (records: readonly FirstRecord[], target: string): number =>
  records.slice(0, MOST_PREAMBLE).findIndex(({ fields }) => fields.some((field) => field.trim() === target));

/** The commonest number of fields, the larger one of equals. */
function commonWidth(records: readonly FirstRecord[]): number {
  const counts = new Map<number, number>();
  for (const { fields } of records) counts.set(fields.length, (counts.get(fields.length) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 0;
}

/** Share of the present values that read as something else than a text. */
function typedShare(rows: readonly (readonly string[])[]): number {
  let present = 0;
  let typed = 0;
  for (const row of rows.slice(0, 100))
    for (const field of row) {
      const text = field.trim();
      if (text === '') continue;
      present++;
      if (looksTyped(text)) typed++;
    }
  return present === 0 ? 0 : typed / present;
}

/**
 * Fields that begin or end with a quote speak for it; with none the double quote stands. Evenness alone would not do: where a field
 * holds the delimiter in every record, the wrong quote parts all records alike too.
 */
function quoting(bytes: Uint8Array, form: RecordForm): number {
  const { quote } = form;
  if (quote === '"' || quote === '') return 0;
  let single = 0;
  let double = 0;
  for (const { fields } of firstRecords(bytes, { ...form, quote: '', escape: '' }, 50, true).records)
    for (const field of fields) {
      const trimmed = field.trim();
      if (trimmed.length < 2) continue;
      single += Number(trimmed.startsWith(quote)) + Number(trimmed.endsWith(quote));
      double += Number(trimmed.startsWith('"')) + Number(trimmed.endsWith('"'));
    }
  return single > double ? 0.001 : -1;
}
