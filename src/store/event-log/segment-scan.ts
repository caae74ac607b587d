import type { FileHandle } from 'node:fs/promises';
import { HEADER, probeRecord } from './record-format.js';

const CHUNK = 1 << 20;

/** A whole record of a segment: `record` is a view into a chunk that is not used again. */
export interface ScannedRecord {
  readonly position: number;
  readonly record: Buffer;
}

/** Where the whole records of a segment end, and why. */
export interface ScanEnd {
  readonly position: number;
  /** 'clean' at the end of the file; 'torn' when what follows is no whole record; 'damaged' when whole records follow what is none. */
  readonly state: 'clean' | 'torn' | 'damaged';
}

/** Reads whole records from a position to the last one, a chunk at a time. */
export async function* scanSegment(handle: FileHandle, from: number): AsyncGenerator<readonly ScannedRecord[], ScanEnd> {
  let position = from;
  let want = CHUNK;
  for (;;) {
    const buffer = Buffer.allocUnsafe(want);
    const filled = await readFully(handle, buffer, position);
    const records: ScannedRecord[] = [];
    let at = 0;
    let probe = probeRecord(buffer, at, filled);
    while (probe.kind === 'record') {
      records.push({ position: position + at, record: buffer.subarray(at + HEADER, at + probe.size) });
      at += probe.size;
      probe = probeRecord(buffer, at, filled);
    }
    if (records.length > 0) yield records;
    position += at;
    if (probe.kind === 'bad') {
      const next = probe.size > 0 ? await recordAt(handle, position + probe.size) : false;
      return { position, state: next ? 'damaged' : 'torn' };
    }
    if (filled < buffer.length) return { position, state: at === filled ? 'clean' : 'torn' };
    want = Math.max(CHUNK, probe.size);
  }
}

/** True when a whole record stands at a position. */
export async function recordAt(handle: FileHandle, position: number): Promise<boolean> {
  const head = Buffer.allocUnsafe(HEADER);
  if ((await readFully(handle, head, position)) < HEADER) return false;
  const probe = probeRecord(head, 0, HEADER);
  if (probe.kind !== 'partial') return probe.kind === 'record';
  const { size } = await handle.stat();
  if (position + probe.size > size) return false;
  const whole = Buffer.allocUnsafe(probe.size);
  return (await readFully(handle, whole, position)) === probe.size && probeRecord(whole, 0, probe.size).kind === 'record';
}

/** Fills the buffer from a position on, or up to the end of the file; returns the number of bytes. */
async function readFully(handle: FileHandle, buffer: Buffer, position: number): Promise<number> {
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}
