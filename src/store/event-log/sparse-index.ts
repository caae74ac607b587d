import { type FileHandle, open, readFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { writeWhole } from '../durable-file.js';
import { recordAt } from './segment-scan.js';

/** Bytes of records between two marks. */
const STRIDE = 64 * 1024;

/** Marks on the way through a segment: every so many bytes, which record (counted from the segment's first) stands at which position. */
export class SparseIndex {
  readonly #records: number[] = [];
  readonly #positions: number[] = [];

  /** Takes note of a record, in order; keeps only the few that are worth a mark. */
  note(record: number, position: number): void {
    if (position >= (this.#positions.at(-1) ?? 0) + STRIDE) {
      this.#records.push(record);
      this.#positions.push(position);
    }
  }

  /** The last mark at or before a record; the beginning of the segment when there is none. */
  before(record: number): { readonly record: number; readonly position: number } {
    let low = 0;
    let high = this.#records.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#records[middle] as number) <= record) low = middle + 1;
      else high = middle;
    }
    return { record: this.#records[low - 1] ?? 0, position: this.#positions[low - 1] ?? 0 };
  }

  /** Marks as bytes, checksum last. */
  toBytes(): Buffer {
    const bytes = Buffer.alloc(this.#records.length * 12 + 4);
    for (let i = 0; i < this.#records.length; i++) {
      bytes.writeUInt32LE(this.#records[i] as number, i * 12);
      bytes.writeDoubleLE(this.#positions[i] as number, i * 12 + 4);
    }
    bytes.writeUInt32LE(crc32(bytes.subarray(0, -4)), bytes.length - 4);
    return bytes;
  }

  static fromBytes(bytes: Buffer): SparseIndex | undefined {
    if (bytes.length % 12 !== 4 || crc32(bytes.subarray(0, -4)) !== bytes.readUInt32LE(bytes.length - 4)) return undefined;
    const index = new SparseIndex();
    for (let at = 0; at < bytes.length - 4; at += 12) {
      index.#records.push(bytes.readUInt32LE(at));
      index.#positions.push(bytes.readDoubleLE(at + 4));
    }
    return index;
  }
}

/** Where the marks of a segment are kept. */
export const marksOf = (segment: string) => `${segment.slice(0, -'.log'.length)}.index`;

/** Keeps the marks of a segment, as far as it goes. They only save time: without them, a reader starts at the segment's beginning. */
export const saveIndex = (segment: string, index: SparseIndex): Promise<void> => writeWhole(marksOf(segment), index.toBytes());

/** The marks that were kept of a segment, or undefined when there are none to rely on. */
export async function loadIndex(segment: string): Promise<SparseIndex | undefined> {
  let handle: FileHandle | undefined;
  try {
    const index = SparseIndex.fromBytes(await readFile(marksOf(segment)));
    const last = index?.before(Number.POSITIVE_INFINITY).position ?? 0;
    if (last === 0) return index;
    handle = await open(segment, 'r');
    return (await recordAt(handle, last)) ? index : undefined;
  } catch {
    return undefined;
  } finally {
    await handle?.close();
  }
}
