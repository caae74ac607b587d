import { fail } from '../base/error.js';
import { emptyRecord } from '../base/record.js';
import { type Column, type ColumnKind, columnLength } from './column.js';
import { type Frame, frame } from './frame.js';

/**
 * Frames as bytes, deterministic and lossless. Layout, little endian: magic 'MWF' and a version byte; uint32 rows, uint32 columns,
 * uint32 checksum of all that follows; then each column: uint16 name bytes, name, uint8 kind, uint8 width; string columns:
 * uint32 entries, per entry uint32 bytes, then the texts; padding to 8 bytes; the values, padded to 8 bytes. Numbers are kept
 * in the narrowest of int8/16/32, float32, float64 that holds every value exactly (the least integer stands for NaN).
 */
const MAGIC = 0x46574d;
const VERSION = 1;
const HEADER = 16;
const KINDS: readonly ColumnKind[] = ['number', 'timestamp', 'boolean', 'string'];
/** Ways to keep values: their place is what is written. */
const WIDTHS = ['int8', 'int16', 'int32', 'float32', 'float64', 'uint8'] as const;
type Width = (typeof WIDTHS)[number];
const ARRAYS = {
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
  uint8: Uint8Array,
} as const;
const LEAST = { int8: -128, int16: -32_768, int32: -2_147_483_648 } as const;
/** Largest number of columns that bytes may claim. */
const MAX_COLUMNS = 1_000_000;

const text = new TextEncoder();
const fromText = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const padded = (bytes: number) => Math.ceil(bytes / 8) * 8;

/** The frame as bytes; the same frame gives the same bytes on every machine. */
export function encodeFrame(table: Frame): Uint8Array {
  const names = Object.keys(table.columns);
  const columns = names.map((name) => prepare(name, table.columns[name]));
  let size = HEADER;
  for (const { head, bytes } of columns) size = padded(padded(size + head.length) + bytes);
  const out = new Uint8Array(size);
  const view = new DataView(out.buffer);
  view.setUint32(0, MAGIC | (VERSION << 24), true);
  view.setUint32(4, table.rows, true);
  view.setUint32(8, names.length, true);
  let at = HEADER;
  for (const { head, bytes, write } of columns) {
    out.set(head, at);
    at = padded(at + head.length);
    write(out, at);
    at = padded(at + bytes);
  }
  view.setUint32(12, checksum(out), true);
  return out;
}

/**
 * The frame of some bytes. String columns and wide number columns are copied, so the bytes may be reused.
 * @throws MW_FRAME_CORRUPT, MW_FRAME_NEWER
 */
export function decodeFrame(bytes: Uint8Array): Frame {
  if (bytes.length < HEADER) corrupt(`there are only ${bytes.length} bytes`);
  const source = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
  const view = new DataView(source.buffer, source.byteOffset, source.length);
  const mark = view.getUint32(0, true);
  if ((mark & 0xffffff) !== MAGIC) corrupt('they do not begin as a table does');
  if (mark >>> 24 > VERSION)
    fail('MW_FRAME_NEWER', { what: `A stored table has version ${mark >>> 24}; this Millwright reads up to ${VERSION}.` });
  if (mark >>> 24 !== VERSION || source.length % 8 !== 0) corrupt('they do not begin as a table does');
  const rows = view.getUint32(4, true);
  const count = view.getUint32(8, true);
  if (count > MAX_COLUMNS) corrupt(`they claim ${count} columns`);
  if (view.getUint32(12, true) !== checksum(source)) corrupt('their checksum does not match');
  const reader = new Reader(source, view);
  const columns = emptyRecord<Column>();
  for (let c = 0; c < count; c++) {
    const name = reader.text(reader.uint16());
    const kind = KINDS[reader.uint8()];
    const width = WIDTHS[reader.uint8()];
    if (kind === undefined || width === undefined || Object.hasOwn(columns, name)) corrupt('a column head makes no sense');
    Object.defineProperty(columns, name, {
      value: reader.column(kind, width, rows),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  if (reader.at !== source.length) corrupt('there are bytes after the last column');
  return frame(columns, rows);
}

interface Prepared {
  readonly head: Uint8Array;
  readonly bytes: number;
  readonly write: (out: Uint8Array, at: number) => void;
}

function prepare(name: string, column: Column): Prepared {
  const rows = columnLength(column);
  const width = widthOf(column);
  const label = text.encode(name);
  const entries = column.kind === 'string' ? column.dictionary.map((entry) => text.encode(entry)) : [];
  const dictionary = column.kind === 'string' ? 4 + entries.reduce((sum, entry) => sum + 4 + entry.length, 0) : 0;
  const head = new Uint8Array(4 + label.length + dictionary);
  const view = new DataView(head.buffer);
  view.setUint16(0, label.length, true);
  head.set(label, 2);
  let at = 2 + label.length;
  head[at++] = KINDS.indexOf(column.kind);
  head[at++] = WIDTHS.indexOf(width);
  if (column.kind === 'string') {
    view.setUint32(at, entries.length, true);
    at += 4;
    for (const entry of entries) {
      view.setUint32(at, entry.length, true);
      at += 4;
    }
    for (const entry of entries) {
      head.set(entry, at);
      at += entry.length;
    }
  }
  const bytes = rows * ARRAYS[width].BYTES_PER_ELEMENT;
  return { head, bytes, write: (out, offset) => writeValues(column, width, out, offset) };
}

function widthOf(column: Column): Width {
  if (column.kind === 'boolean') return 'uint8';
  if (column.kind === 'string') {
    const top = column.dictionary.length;
    return top <= 127 ? 'int8' : top <= 32_767 ? 'int16' : 'int32';
  }
  return numberWidth(column.values);
}

function numberWidth(values: Float64Array): Width {
  const n = values.length;
  let low = 0;
  let high = 0;
  let i = 0;
  for (; i < n; i++) {
    const value = values[i];
    if (value !== value) continue;
    if ((value | 0) !== value || (value === 0 && 1 / value < 0)) break;
    if (value < low) low = value;
    else if (value > high) high = value;
  }
  if (i === n && low > LEAST.int32)
    return low > LEAST.int8 && high <= 127 ? 'int8' : low > LEAST.int16 && high <= 32_767 ? 'int16' : 'int32';
  for (let k = 0; k < n; k++) {
    const value = values[k];
    if (Math.fround(value) !== value && value === value) return 'float64';
  }
  return 'float32';
}

function writeValues(column: Column, width: Width, out: Uint8Array, at: number): void {
  if (column.kind === 'boolean') {
    out.set(column.values, at);
    return;
  }
  const source = column.kind === 'string' ? column.codes : column.values;
  const target = new ARRAYS[width](out.buffer as ArrayBuffer, at, source.length);
  if (column.kind === 'string' || width === 'float32' || width === 'float64') {
    target.set(source);
    if (column.kind !== 'string') for (let i = 0; i < target.length; i++) if (target[i] !== target[i]) target[i] = Number.NaN;
    return;
  }
  const least = LEAST[width as keyof typeof LEAST];
  for (let i = 0; i < source.length; i++) target[i] = source[i] !== source[i] ? least : source[i];
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  at = HEADER;

  constructor(bytes: Uint8Array, view: DataView) {
    this.#bytes = bytes;
    this.#view = view;
  }
  uint8(): number {
    return this.#view.getUint8(this.#skip(1));
  }
  uint16(): number {
    return this.#view.getUint16(this.#skip(2), true);
  }
  uint32(): number {
    return this.#view.getUint32(this.#skip(4), true);
  }
  text(bytes: number): string {
    const at = this.#skip(bytes);
    try {
      return fromText.decode(this.#bytes.subarray(at, at + bytes));
    } catch (cause) {
      return corrupt('a text is not UTF-8', cause);
    }
  }
  column(kind: ColumnKind, width: Width, rows: number): Column {
    const fits = kind === 'boolean' ? width === 'uint8' : kind === 'string' ? width.startsWith('int') : width !== 'uint8';
    if (!fits) corrupt('a column head makes no sense');
    if (kind === 'string') {
      const dictionary = this.#dictionary();
      const codes = new Int32Array(this.#values(width, rows));
      for (let i = 0; i < rows; i++) if (codes[i] < -1 || codes[i] >= dictionary.length) corrupt('a text code has no text');
      return { kind, codes, dictionary };
    }
    const stored = this.#values(width, rows);
    if (kind === 'boolean') {
      for (let i = 0; i < rows; i++) if (stored[i] > 1 && stored[i] !== 255) corrupt('a truth value is neither');
      return { kind, values: new Uint8Array(stored) };
    }
    const values = new Float64Array(stored);
    if (width === 'int8' || width === 'int16' || width === 'int32') {
      const least = LEAST[width];
      for (let i = 0; i < rows; i++) if (values[i] === least) values[i] = Number.NaN;
    }
    return { kind, values };
  }

  #dictionary(): string[] {
    const entries = this.uint32();
    if (entries * 4 > this.#bytes.length - this.at) corrupt(`a column claims ${entries} texts`);
    const lengths = Array.from({ length: entries }, () => this.uint32());
    const dictionary = lengths.map((length) => this.text(length));
    if (new Set(dictionary).size !== entries) corrupt('a text occurs twice in a dictionary');
    return dictionary;
  }

  #values(width: Width, rows: number) {
    this.at = padded(this.at);
    const at = this.#skip(rows * ARRAYS[width].BYTES_PER_ELEMENT);
    this.at = padded(this.at);
    return new ARRAYS[width](this.#bytes.buffer as ArrayBuffer, this.#bytes.byteOffset + at, rows);
  }

  #skip(bytes: number): number {
    const at = this.at;
    if (at + bytes > this.#bytes.length) corrupt('they end too early');
    this.at = at + bytes;
    return at;
  }
}

/** Mixes every 32-bit word but the checksum itself; catches any damage to few bits, and truncation with the lengths. */
function checksum(bytes: Uint8Array): number {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  let a = 0x9e3779b9;
  let b = 0x85ebca6b;
  for (let i = 0; i < words.length; i += 2) {
    a = Math.imul(a ^ words[i], 0x01000193);
    b = Math.imul(b ^ (i === 2 ? 0 : words[i + 1]), 0x5bd1e995);
    b ^= b >>> 15;
  }
  a = Math.imul(a ^ (a >>> 16), 0x21f0aaad);
  return (a ^ b ^ bytes.length) >>> 0;
}

function corrupt(why: string, cause?: unknown): never {
  fail('MW_FRAME_CORRUPT', { what: `The bytes of a stored table cannot be read: ${why}.`, cause });
}
