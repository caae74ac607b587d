import { type DiskFile, readFully } from '../disk.js';
import { findRecord, HEADER, probeRecord } from './record-format.js';

const CHUNK = 1 << 20;

/** A whole record of a segment: `record` is a view into a chunk that is not used again. */
export interface ScannedRecord {
  readonly position: number;
  readonly record: Buffer;
}

/** Where the whole records of a segment end, and why. */
export interface ScanEnd {
  readonly position: number;
  /** 'clean' at the end of the file; 'torn' when what follows holds no whole record; 'damaged' when it does. */
  readonly state: 'clean' | 'torn' | 'damaged';
  /** Where the next whole record stands, when it is damaged. */
  readonly next?: number;
}

/** Reads whole records from a position to the last one, a chunk at a time. */
export async function* scanSegment(
  file: Pick<DiskFile, 'read' | 'stat'>,
  from: number,
): AsyncGenerator<readonly ScannedRecord[], ScanEnd> {
  let position = from;
  let want = CHUNK;
  for (;;) {
    const buffer = Buffer.allocUnsafe(want);
    const filled = await readFully(file, buffer, position);
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
    const ended = filled < buffer.length;
    if (ended && at === filled) return { position, state: 'clean' };
    if (probe.kind === 'bad' || ended) {
      const next = await recordAfter(file, position);
      return next === undefined ? { position, state: 'torn' } : { position, state: 'damaged', next };
    }
    want = Math.max(CHUNK, probe.size);
  }
}

/** The place of the first whole record behind a place where none is. Its length may be what is damaged, so every byte may begin it. */
async function recordAfter(file: Pick<DiskFile, 'read' | 'stat'>, position: number): Promise<number | undefined> {
  const { size } = await file.stat();
  const rest = Buffer.allocUnsafe(Math.max(0, size - position));
  const filled = await readFully(file, rest, position);
  const found = findRecord(rest.subarray(0, filled), 1);
  return found === undefined ? undefined : position + found;
}

/** True when a whole record stands at a position. */
export async function recordAt(handle: Pick<DiskFile, 'read' | 'stat'>, position: number): Promise<boolean> {
  const head = Buffer.allocUnsafe(HEADER);
  if ((await readFully(handle, head, position)) < HEADER) return false;
  const probe = probeRecord(head, 0, HEADER);
  if (probe.kind !== 'partial') return probe.kind === 'record';
  const { size } = await handle.stat();
  if (position + probe.size > size) return false;
  const whole = Buffer.allocUnsafe(probe.size);
  return (await readFully(handle, whole, position)) === probe.size && probeRecord(whole, 0, probe.size).kind === 'record';
}
