import { crc32 } from 'node:zlib';

/**
 * A record on disk: length (uint32 LE), checksum (uint32 LE), bytes. The checksum is the CRC-32 of the bytes started from the length
 * and a constant, so that a run of zeros, which disks leave behind after a power cut, is no record.
 */
export const HEADER = 8;
/** Largest record, bytes. */
export const MAX_RECORD = 256 * 1024 * 1024;

const checksum = (record: Uint8Array, length: number): number => crc32(record, (length ^ 0x5bd1e995) >>> 0);

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
