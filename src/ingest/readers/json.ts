import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { fail } from '../../base/error.js';
import { checkDeclared } from '../column-names.js';
import { ArrayElements, NotAnArray } from '../json/array-elements.js';
import { parseObject } from '../json/parse-object.js';
import { ValueColumn } from '../json/value-column.js';
import type { PreparedFile } from '../prepare-file.js';
import type { RawRow, RawTable, Reader, ReadRequest, RejectedRow } from '../reader.js';

const LONGEST_RAW = 10_000;
/** Cells a byte that a table of objects may have: columns that few rows have make tables that no memory holds. */
const MOST_CELLS_A_BYTE = 64;
const ALWAYS_CELLS = 50_000_000;

/** One array of objects a file. */
export const jsonReader: Reader = {
  format: 'json',
  text: true,
  read: (request) => readObjects(request, arrayTexts, 'row'),
};

/** One object a line; a line that is none is rejected. */
export const jsonlReader: Reader = {
  format: 'jsonl',
  text: true,
  read: (request) => readObjects(request, lineTexts, 'line'),
};

/** The texts of a file that should be objects, with their line or row from 1. */
type Texts = (file: PreparedFile, most: number) => AsyncIterable<{ readonly bytes: Uint8Array; readonly number: number }>;

async function* lineTexts(file: PreparedFile): AsyncGenerator<{ bytes: Uint8Array; number: number }> {
  let left: Buffer = Buffer.alloc(0);
  let number = 0;
  for await (const chunk of createReadStream(file.readable, { highWaterMark: 1 << 20, start: markLength(file) })) {
    const buffer: Buffer = left.length > 0 ? Buffer.concat([left, chunk as Buffer]) : (chunk as Buffer);
    let from = 0;
    for (;;) {
      const end = buffer.indexOf(10, from);
      if (end < 0) break;
      yield { bytes: buffer.subarray(from, end), number: ++number };
      from = end + 1;
    }
    left = buffer.subarray(from);
  }
  if (left.length > 0) yield { bytes: left, number: number + 1 };
}

async function* arrayTexts(file: PreparedFile, most: number): AsyncGenerator<{ bytes: Uint8Array; number: number }> {
  const elements = new ArrayElements();
  let number = 0;
  const malformed = (why: string): never =>
    fail('MW_INGEST_JSON_MALFORMED', {
      what: `'${file.path}' is not an array of JSON objects: ${why}.`,
      where: { file: file.path },
    });
  try {
    for await (const chunk of createReadStream(file.readable, { highWaterMark: 1 << 20, start: markLength(file) })) {
      elements.feed(chunk as Buffer);
      for (let bytes = elements.next(); bytes; bytes = elements.next()) yield { bytes, number: ++number };
      if (elements.waiting > most) malformed(`entry ${number + 1} is longer than ${most} bytes`);
    }
  } catch (error) {
    if (error instanceof NotAnArray) malformed(error.message);
    throw error;
  }
  if (!elements.complete) malformed('it ends before the array does');
}

const markLength = (file: PreparedFile) => (file.head[0] === 0xef && file.head[1] === 0xbb && file.head[2] === 0xbf ? 3 : 0);

type Found =
  | { readonly object: Readonly<Record<string, unknown>>; readonly problem: null }
  | { readonly object: null; readonly problem: string };

interface Place {
  readonly file: PreparedFile;
  readonly number: number;
  readonly text: string;
}

/** Calls `each` with every text that is not blank and the object that it is, or what is wrong with it. */
async function walkObjects(
  request: ReadRequest,
  texts: Texts,
  place: 'line' | 'row',
  each: (found: Found, at: Place) => void,
): Promise<void> {
  for (const file of request.files)
    for await (const { bytes, number } of texts(file, request.maxLineBytes)) {
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
      if (text.trim() === '') continue;
      const at = { file, number, text };
      if (!file.valid && !isUtf8(bytes)) {
        each({ object: null, problem: 'This is not valid UTF-8.' }, at);
        continue;
      }
      const parsed = parseObject(text);
      // In an array one entry that is no JSON leaves nothing sure of what follows it.
      if (!parsed.object && !parsed.wellFormed && place === 'row')
        fail('MW_INGEST_JSON_MALFORMED', {
          what: `'${file.path}' is not an array of JSON objects: entry ${number} is not well-formed.`,
          where: { file: file.path, row: number },
        });
      each(parsed, at);
    }
}

async function readObjects(request: ReadRequest, texts: Texts, place: 'line' | 'row'): Promise<RawTable> {
  const first = request.files[0] as PreparedFile;
  const columns = new Map<string, ValueColumn>();
  const declared = request.declared;
  const rejected: RejectedRow[] = [];
  const bytes = request.files.reduce((sum, file) => sum + file.plainBytes, 0);
  let rows = 0;
  await walkObjects(request, texts, place, ({ object, problem }, { file, number, text }) => {
    if (!object) {
      rejected.push({
        file: file.path,
        line: place === 'line' ? number : null,
        row: place === 'row' ? number : null,
        raw: rawText(text),
        reason: problem,
      });
      return;
    }
    for (const name of Object.keys(object)) {
      let column = columns.get(name);
      if (!column) {
        column = new ValueColumn();
        columns.set(name, column);
        checkWidth(request, columns.size);
      }
      if (!declared || Object.hasOwn(declared, name)) column.set(rows, object[name]);
    }
    rows++;
    if (columns.size * rows > ALWAYS_CELLS && columns.size * rows > MOST_CELLS_A_BYTE * bytes)
      tooSparse(first, columns.size, rows);
  });
  const present = [...columns.keys()];
  if (present.length === 0 && rejected.length === 0)
    fail('MW_INGEST_NO_ROWS', { what: `'${first.path}' holds no object with a value.`, where: { file: first.path } });
  const names = declared && present.length > 0 ? Object.keys(declared) : present;
  if (present.length > 0) checkDeclared(first.path, names, present);
  const { missing } = request.options;
  return {
    names,
    columns: names.map((name) => (columns.get(name) as ValueColumn).finish(rows)),
    rows: present.length === 0 ? 0 : rows,
    options: { encoding: first.encoding ?? 'utf-8', ...(missing ? { missing } : {}) },
    rejected,
    warnings: [],
    texts: true,
    rawRows: (wanted) => rawRows(request, texts, place, wanted),
    again: null,
  };
}

function checkWidth(request: ReadRequest, width: number): void {
  const file = request.files[0]?.path;
  if (width > request.maxColumns)
    fail('MW_INGEST_COLUMNS_TOO_MANY', {
      what: `'${file}' has more than ${request.maxColumns} different keys.`,
      where: { file },
    });
}

function tooSparse(file: PreparedFile, columns: number, rows: number): never {
  return fail('MW_INGEST_COLUMNS_TOO_MANY', {
    what: `'${file.path}' has ${columns} different keys within ${rows} objects, which each have few of them.`,
    where: { file: file.path },
  });
}

const rawText = (text: string): string => {
  const line = text.replace(/\r$/, '');
  return line.length > LONGEST_RAW ? `${line.slice(0, LONGEST_RAW)}...` : line;
};

async function rawRows(request: ReadRequest, texts: Texts, place: 'line' | 'row', rows: readonly number[]): Promise<RawRow[]> {
  const wanted = new Set(rows);
  const found: RawRow[] = [];
  let row = 0;
  await walkObjects(request, texts, place, ({ object }, { file, number, text }) => {
    if (!object) return;
    if (wanted.has(row++)) found.push({ file: file.path, line: place === 'line' ? number : null, raw: rawText(text) });
  });
  return found;
}
