import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { fail } from '../../base/error.js';
import { checkDeclared, headerNames, positionalNames } from '../column-names.js';
import { textTypesNeedTexts } from '../declared-texts.js';
import { type Dialect, detectDialect } from '../detect-dialect.js';
import type { PreparedFile } from '../prepare-file.js';
import type { RawColumn } from '../raw-column.js';
import type { RawRow, RawTable, Reader, ReadRequest, RejectedRow } from '../reader.js';
import { ColumnBuilder } from '../text/column-builder.js';
import { firstRecords } from '../text/first-records.js';
import { RecordScanner } from '../text/record-scanner.js';

const BOM = 3;
const LONGEST_RAW = 10_000;

/** Delimited text, read by its bytes in the dialect that was found or said. */
export const csvReader: Reader = {
  format: 'csv',
  text: true,
  async read(request) {
    const first = request.files[0] as PreparedFile;
    const found = detectDialect(headOf(first), { given: given(request), target: request.target }, first.headCut);
    const table = await readAs(request, found.dialect, found);
    const other = otherEscape(request, found.dialect, table);
    if (!other) return table.raw;
    const again = await readAs(request, other, found);
    return (again.odd + again.raw.rejected.length < table.odd + table.raw.rejected.length ? again : table).raw;
  },
};

/** Quotes that do not end where fields do may be escaped in the other way, even when only the middle of the file shows it. */
function otherEscape(request: ReadRequest, dialect: Dialect, { odd, backslashes }: ReadTable): Dialect | null {
  if (request.options.escape !== undefined || dialect.quote === '' || odd === 0 || !backslashes) return null;
  return { ...dialect, escape: dialect.escape === '\\' ? dialect.quote : '\\' };
}

function given({ options }: ReadRequest): Partial<Dialect> {
  const { delimiter, quote, header, escape, comment, skip } = options;
  const all = { delimiter, quote, header, escape, comment, skip };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Partial<Dialect>;
}

/** The first bytes without the mark that a UTF-8 file may begin with. */
function headOf(file: PreparedFile): Uint8Array {
  return hasMark(file.head) ? file.head.subarray(BOM) : file.head;
}
const hasMark = (bytes: Uint8Array) => bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;

interface ReadTable {
  readonly raw: RawTable;
  /** Records whose quotes do not end where fields do. */
  readonly odd: number;
  readonly backslashes: boolean;
}

async function readAs(
  request: ReadRequest,
  dialect: Dialect,
  found: { readonly skipped: readonly string[]; readonly rowNames: boolean },
): Promise<ReadTable> {
  const first = request.files[0] as PreparedFile;
  const { names, width } = namesOf(request, dialect, found.rowNames);
  const wanted = request.declared ? Object.keys(request.declared) : names;
  const places = wanted.map((name) => names.indexOf(name));
  const builders = wanted.map((name) => {
    const plan = request.declared && Object.hasOwn(request.declared, name) ? request.declared[name] : undefined;
    return new ColumnBuilder(textTypesNeedTexts(plan ?? null, request.options.missing ?? []));
  });
  const rejected: RejectedRow[] = [];
  let rows = 0;
  let odd = 0;
  let backslashes = false;
  const walk = { dialect, width, maxLineBytes: request.maxLineBytes };
  for (const file of request.files)
    await walkRows(file, walk, (record, problem) => {
      if (record.odd || problem) {
        odd += Number(record.odd || record.unclosed);
        backslashes ||= record.raw().includes(92);
      }
      if (problem) {
        rejected.push({ file: file.path, line: record.line, row: null, raw: rawText(record.raw()), reason: problem });
        return;
      }
      rows++;
      for (let i = 0; i < builders.length; i++) {
        const at = places[i] as number;
        (builders[i] as ColumnBuilder).append(
          record.bytes[at] as Uint8Array,
          record.from[at] as number,
          record.to[at] as number,
        );
      }
    });
  const { escape, comment, skip, ...plain } = dialect;
  return {
    odd,
    backslashes,
    raw: {
      names: wanted,
      columns: builders.map((builder) => builder.finish()),
      rows,
      options: {
        ...plain,
        ...(escape === dialect.quote ? {} : { escape }),
        ...(comment === '' ? {} : { comment }),
        ...(skip === 0 ? {} : { skip }),
        encoding: first.encoding ?? 'utf-8',
        ...(request.options.missing ? { missing: request.options.missing } : {}),
      },
      rejected,
      warnings: warningsOf(request, found),
      texts: true,
      rawRows: (these) => rawRows(request, walk, these),
      again: (these) =>
        columnsAgain(
          request,
          walk,
          these.map((name) => names.indexOf(name)),
        ),
    },
  };
}

function warningsOf(
  request: ReadRequest,
  { skipped, rowNames }: { readonly skipped: readonly string[]; readonly rowNames: boolean },
): string[] {
  const warnings: string[] = [];
  if (skipped.length > 0 && request.options.skip === undefined)
    warnings.push(
      `${skipped.length === 1 ? 'The first line is' : `${skipped.length} lines before the header are`} no row and left out: ${skipped
        .slice(0, 3)
        .map((line) => `'${line.slice(0, 60)}'`)
        .join(', ')}${skipped.length > 3 ? ' ...' : ''}.`,
    );
  if (rowNames) warnings.push("The header names one column fewer than the rows have; the first column is called 'c0'.");
  return warnings;
}

/** The columns' names in file order, the same in every file, and the number of fields of a row. */
function namesOf(request: ReadRequest, dialect: Dialect, rowNames: boolean): { names: string[]; width: number } {
  const first = request.files[0] as PreparedFile;
  const { records } = firstRecords(headOf(first), dialect, 1000, first.headCut);
  if (records.length === 0)
    fail('MW_INGEST_NO_ROWS', { what: `'${first.path}' holds no record.`, where: { file: first.path } });
  const declared = request.declared ? Object.keys(request.declared) : null;
  const header = dialect.header ? (records[0]?.fields ?? []) : null;
  const width = header ? header.length + Number(rowNames) : widthOf(records.map(({ fields }) => fields));
  if (width > request.maxColumns)
    fail('MW_INGEST_COLUMNS_TOO_MANY', {
      what: `'${first.path}' has ${width} columns; at most ${request.maxColumns} are read.`,
      where: { file: first.path },
    });
  if (!header) {
    const positional = positionalNames(width);
    if (!declared || declared.every((name) => positional.includes(name))) return { names: positional, width };
    if (declared.length === width) return { names: declared, width };
    fail('MW_INGEST_COLUMN_MISSING', {
      what: `The file has no header and ${width} columns, but ${declared.length} are declared.`,
      where: { file: first.path },
      fix: `Declare all ${width} columns in the order of the file, or by position as c0, c1, ...`,
    });
  }
  const names = headerNames(first.path, rowNames ? ['', ...header] : header);
  if (records.length === 1 && !first.headCut)
    fail('MW_INGEST_NO_ROWS', {
      what: `'${first.path}' has a header of ${names.length} columns and no row.`,
      where: { file: first.path },
    });
  for (const file of request.files.slice(1)) {
    const other = firstRecords(headOf(file), dialect, 1, false).records[0]?.fields ?? [];
    if (headerNames(file.path, rowNames ? ['', ...other] : other).join('\n') !== names.join('\n'))
      fail('MW_INGEST_COLUMNS_DIFFER', {
        what: `The columns of '${file.path}' are not those of '${first.path}'.`,
        where: { file: file.path },
      });
  }
  if (declared) checkDeclared(first.path, declared, names);
  return { names, width };
}

/** The commonest number of fields: a ragged first record must not decide. */
function widthOf(records: readonly (readonly string[])[]): number {
  const counts = new Map<number, number>();
  for (const record of records) counts.set(record.length, (counts.get(record.length) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 0;
}

interface Walk {
  readonly dialect: Dialect;
  readonly width: number;
  readonly maxLineBytes: number;
}

/** Calls `each` with every record behind the header, and what is wrong with it, if anything is. */
async function walkRows(
  file: PreparedFile,
  { dialect, width, maxLineBytes }: Walk,
  each: (record: RecordScanner, problem: string | null) => void,
): Promise<void> {
  const scanner = new RecordScanner(dialect);
  let header = dialect.header;
  const take = () => {
    if (header) {
      header = false;
      return;
    }
    each(scanner, problemOf(scanner, width, file.valid));
  };
  const stream = createReadStream(file.readable, { highWaterMark: 1 << 20, start: hasMark(file.head) ? BOM : 0 });
  for await (const chunk of stream) {
    scanner.feed(chunk as Buffer);
    while (scanner.next(false)) take();
    // A quote that is never closed must not swallow the file.
    while (scanner.waiting > maxLineBytes && scanner.cutUnclosed()) {
      take();
      while (scanner.next(false)) take();
    }
  }
  while (scanner.next(true)) take();
}

function problemOf(record: RecordScanner, width: number, valid: boolean): string | null {
  if (record.unclosed) return 'A quote is opened and not closed.';
  if (record.fields !== width) return `The row has ${record.fields} fields where ${width} are expected.`;
  if (!valid && !isUtf8(record.raw())) return 'The row is not valid UTF-8.';
  return null;
}

function rawText(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, LONGEST_RAW)).toString('utf8');
  return bytes.length > LONGEST_RAW ? `${text}...` : text;
}

/** The rows of the table that are asked for, as they stand in the files. */
async function rawRows(request: ReadRequest, walk: Walk, rows: readonly number[]): Promise<RawRow[]> {
  const wanted = new Set(rows);
  const found: RawRow[] = [];
  let row = 0;
  for (const file of request.files)
    await walkRows(file, walk, (record, problem) => {
      if (problem) return;
      if (wanted.has(row++)) found.push({ file: file.path, line: record.line, raw: rawText(record.raw()) });
    });
  return found;
}

/** Columns that were taken for numbers and are texts. */
async function columnsAgain(request: ReadRequest, walk: Walk, places: readonly number[]): Promise<RawColumn[]> {
  const builders = places.map(() => new ColumnBuilder(true));
  for (const file of request.files)
    await walkRows(file, walk, (record, problem) => {
      if (problem) return;
      for (let i = 0; i < places.length; i++) {
        const at = places[i] as number;
        (builders[i] as ColumnBuilder).append(
          record.bytes[at] as Uint8Array,
          record.from[at] as number,
          record.to[at] as number,
        );
      }
    });
  return builders.map((builder) => builder.finish());
}
