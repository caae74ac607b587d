import { crc32 } from 'node:zlib';
import { CrcRanges } from '../crc-ranges.js';

/**
 * A record on disk: length (uint32 LE), checksum (uint32 LE), bytes. The checksum is the CRC-32 of the bytes started from the length
 * and a constant, so that a run of zeros, which disks leave behind after a power cut, is no record.
 */
export const HEADER = 8;
/** Largest record, bytes. */
export const MAX_RECORD = 256 * 1024 * 1024;

/** What the checksum of a record of that length is started from. */
const seedOf = (length: number): number => (length ^ 0x5bd1e995) >>> 0;

/** Node answers 0 for some empty arrays and the seed for others. */
const checksum = (record: Uint8Array, length: number): number => (length === 0 ? seedOf(0) : crc32(record, seedOf(length)));

export const sizeOf = (record: Uint8Array): number => HEADER + record.length;

/** Writes one record at `at` of `out`; returns the position after it. */
export function writeRecord(out: Buffer, at: number, record: Uint8Array): number {
  out.writeUInt32LE(record.length, at);
  out.writeUInt32LE(checksum(record, record.length), at + 4);
  out.set(record, at + HEADER);
  return at + HEADER + record.length;
}

/** What stands at a place of a buffer: a whole record of `size` bytes, the beginning of one that needs `size`, or none. */
export type Probe = { readonly kind: 'record' | 'partial' | 'bad'; readonly size: number };

/** Looks at the record at `at` of the first `end` bytes of `buffer`. */
export function probeRecord(buffer: Buffer, at: number, end: number): Probe {
  if (end - at < HEADER) return { kind: 'partial', size: HEADER };
  const length = buffer.readUInt32LE(at);
  if (length > MAX_RECORD) return { kind: 'bad', size: 0 };
  const size = HEADER + length;
  if (end - at < size) return { kind: 'partial', size };
  const whole = checksum(buffer.subarray(at + HEADER, at + size), length) === buffer.readUInt32LE(at + 4);
  return { kind: whole ? 'record' : 'bad', size };
}

/** The first place from `from` on where a whole record stands, whatever lies before it; undefined when there is none. */
export function findRecord(bytes: Buffer, from: number): number | undefined {
  const ranges = new CrcRanges(bytes);
  for (let at = from; at + HEADER <= bytes.length; at++) {
    const length = bytes.readUInt32LE(at);
    const start = at + HEADER;
    if (length > MAX_RECORD || start + length > bytes.length) continue;
    if (ranges.of(start, start + length, seedOf(length)) === bytes.readUInt32LE(at + 4)) return at;
  }
  return undefined;
}
