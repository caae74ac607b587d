import { readFile } from 'node:fs/promises';
import type { Column as ArrowColumn } from '@uwdata/flechette';
import { fail } from '../../base/error.js';
import { type Column, columnFrom, MISSING_BOOLEAN } from '../../frame/column.js';
import { checkBatches } from '../arrow/check-batches.js';
import { checkMessages } from '../arrow/check-messages.js';
import { checkDeclared } from '../column-names.js';
import { joinColumns } from '../join-frames.js';
import type { PreparedFile } from '../prepare-file.js';
import type { Reader } from '../reader.js';

const DICTIONARY = -1;
const INT = 2;
const FLOAT = 3;
const BOOL = 6;
const DECIMAL = 7;
const DATE = 8;
const TIMESTAMP = 10;

interface ReadFile {
  readonly names: readonly string[];
  readonly columns: readonly Column[];
  readonly rows: number;
}

/** Arrow IPC, the file form and the stream form. */
export const arrowReader: Reader = {
  format: 'arrow',
  text: false,
  async read({ files, declared }) {
    const read: ReadFile[] = [];
    for (const file of files) read.push(await readOne(file, declared ? Object.keys(declared) : null));
    const first = read[0] as ReadFile;
    read.forEach((other, i) => {
      const differs =
        other.names.join('\n') !== first.names.join('\n') ||
        other.columns.some((column, at) => column.kind !== first.columns[at]?.kind);
      if (differs)
        fail('MW_INGEST_COLUMNS_DIFFER', {
          what: `The columns of '${files[i]?.path}' are not those of '${files[0]?.path}'.`,
          where: { file: files[i]?.path },
        });
    });
    const rows = read.reduce((sum, each) => sum + each.rows, 0);
    return {
      names: first.names,
      columns: first.names.map((_, at) =>
        joinColumns(
          read.map(({ columns }) => columns[at] as Column),
          rows,
        ),
      ),
      rows,
      options: {},
      rejected: [],
      warnings: [],
      texts: false,
      rawRows: null,
      again: null,
    };
  },
};

async function readOne(file: PreparedFile, declared: readonly string[] | null): Promise<ReadFile> {
  const { tableFromIPC } = await import('@uwdata/flechette');
  try {
    const bytes = await readFile(file.readable);
    checkMessages(bytes);
    const table = tableFromIPC(bytes, { useBigInt: true, useDecimalInt: true });
    // The name of a field is optional in the format.
    const present = table.names.map((name: string | null) => name ?? '');
    const names = declared ?? present;
    checkDeclared(file.path, names, present);
    const columns = names.map((name) => {
      const column = table.getChildAt(present.indexOf(name));
      if (column.length !== table.numRows) throw new Error(`column '${name}' has ${column.length} of ${table.numRows} rows`);
      checkBatches(column.data);
      return convert(column);
    });
    return { names, columns, rows: table.numRows };
  } catch (error) {
    if (error instanceof Error && error.name === 'MillwrightError') throw error;
    const message = error instanceof Error ? error.message : String(error);
    const where = { file: file.path };
    if (/compress|codec/i.test(message))
      fail('MW_INGEST_CODEC_UNKNOWN', { what: `'${file.path}' is compressed Arrow: ${message}.`, where, cause: error });
    return fail('MW_INGEST_FILE_DAMAGED', {
      what: `'${file.path}' cannot be read as Arrow IPC: ${message}.`,
      where,
      cause: error,
    });
  }
}

function convert(column: ArrowColumn<unknown>): Column {
  const { type } = column as { type: { typeId: number; scale?: number; dictionary?: { typeId: number; scale?: number } } };
  const { typeId, scale = 0 } = type.typeId === DICTIONARY && type.dictionary ? type.dictionary : type;
  if (typeId === BOOL) {
    const values = new Uint8Array(column.length);
    let row = 0;
    for (const value of column) values[row++] = value === null ? MISSING_BOOLEAN : Number(value);
    return { kind: 'boolean', values };
  }
  if (typeId === DATE || typeId === TIMESTAMP) return { kind: 'timestamp', values: doubles(column) };
  if (typeId === FLOAT) return { kind: 'number', values: doubles(column) };
  if (typeId === INT) return exactly(column, String, (value) => Number.isSafeInteger(Number(value)));
  if (typeId === DECIMAL)
    return exactly(
      column,
      (value) => decimalText(BigInt(value as number), scale),
      (_, text) => holdsDecimal(text, scale),
    );
  return columnFrom('string', Array.from(column, asText));
}

/** Numbers where a double holds each of them, else the texts of all. */
function exactly(
  column: ArrowColumn<unknown>,
  textOf: (value: unknown) => string,
  holds: (value: unknown, text: string) => boolean,
): Column {
  const values = new Float64Array(column.length);
  let row = 0;
  for (const value of column) {
    if (value === null || value === undefined) {
      values[row++] = Number.NaN;
      continue;
    }
    const text = textOf(value);
    if (!holds(value, text))
      return columnFrom(
        'string',
        Array.from(column, (each) => (each === null || each === undefined ? null : textOf(each))),
      );
    values[row++] = Number(text);
  }
  return { kind: 'number', values };
}

function decimalText(value: bigint, scale: number): string {
  if (scale <= 0) return String(value * 10n ** BigInt(-scale));
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** Whether the nearest double, written with as many decimals, is the same decimal again. */
function holdsDecimal(text: string, scale: number): boolean {
  const digits = text.replace(/^-?0*\.?0*|\./g, '').length;
  if (digits <= 15) return true;
  return scale <= 100 && Math.abs(Number(text)) < 1e21 && Number(text).toFixed(Math.max(0, scale)) === text;
}

function asText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (typeof value !== 'object') return String(value);
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner));
}

function doubles(column: ArrowColumn<unknown>): Float64Array {
  const values = new Float64Array(column.length);
  let row = 0;
  for (const value of column) values[row++] = value === null || value === undefined ? Number.NaN : Number(value);
  return values;
}
