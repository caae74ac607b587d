import { readFile } from 'node:fs/promises';
import type { Column as ArrowColumn } from '@uwdata/flechette';
import { fail } from '../../base/error.js';
import { type Column, columnFrom, MISSING_BOOLEAN } from '../../frame/column.js';
import { type Frame, frame } from '../../frame/frame.js';
import { checkDeclared } from '../column-names.js';
import { joinFrames } from '../join-frames.js';
import type { PreparedFile } from '../prepare-file.js';
import type { Reader } from '../reader.js';

const INT = 2;
const FLOAT = 3;
const BOOL = 6;
const DECIMAL = 7;
const DATE = 8;
const TIMESTAMP = 10;

/** Arrow IPC, the file form and the stream form. */
export const arrowReader: Reader = {
  format: 'arrow',
  text: false,
  async read({ files, declared }) {
    const frames: Frame[] = [];
    for (const file of files) frames.push(await readFrame(file, declared ? Object.keys(declared) : null));
    const first = frames[0] as Frame;
    frames.forEach((other, i) => {
      if (Object.keys(other.columns).join('\n') !== Object.keys(first.columns).join('\n'))
        fail('MW_INGEST_COLUMNS_DIFFER', {
          what: `The columns of '${files[i]?.path}' are not those of '${files[0]?.path}'.`,
          where: { file: files[i]?.path },
        });
    });
    return { frame: joinFrames(frames), options: {}, rejected: [], warnings: [], types: {}, rawRows: null };
  },
};

async function readFrame(file: PreparedFile, declared: readonly string[] | null): Promise<Frame> {
  const { tableFromIPC } = await import('@uwdata/flechette');
  try {
    const table = tableFromIPC(await readFile(file.readable), { useBigInt: true });
    const present = table.names;
    const names = declared ?? present;
    checkDeclared(file.path, names, present);
    return frame(Object.fromEntries(names.map((name) => [name, convert(table.getChild(name))])), table.numRows);
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
  const { typeId } = column.type;
  if (typeId === BOOL) {
    const values = new Uint8Array(column.length);
    let row = 0;
    for (const value of column) values[row++] = value === null ? MISSING_BOOLEAN : Number(value);
    return { kind: 'boolean', values };
  }
  if (typeId === DATE || typeId === TIMESTAMP) return { kind: 'timestamp', values: doubles(column) };
  if (typeId === FLOAT || typeId === DECIMAL) return { kind: 'number', values: doubles(column) };
  if (typeId === INT) {
    if (!hasInexact(column)) return { kind: 'number', values: doubles(column) };
    return columnFrom(
      'string',
      Array.from(column, (value) => (value === null ? null : String(value))),
    );
  }
  return columnFrom('string', Array.from(column, asText));
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
  for (const value of column) values[row++] = value === null ? Number.NaN : Number(value);
  return values;
}

function hasInexact(column: ArrowColumn<unknown>): boolean {
  for (const value of column)
    if (typeof value === 'bigint' && (value > 9007199254740992n || value < -9007199254740992n)) return true;
  return false;
}
