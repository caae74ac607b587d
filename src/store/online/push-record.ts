import { MillwrightError } from '../../base/error.js';
import { hashBytes } from '../../base/hash.js';
import { decodeFrame } from '../../frame/codec.js';
import type { Frame } from '../../frame/frame.js';
import { type DiskFile, readFully } from '../disk.js';

/** One push as the log keeps it. */
export interface Push {
  readonly source: string;
  readonly batch: string | null;
  /** Tells the rows of a batch from others. */
  readonly digest: string | null;
  /** When it was pushed, epoch ms; null in logs of old. */
  readonly at: number | null;
  readonly rows: Frame;
}

/** uint32 bytes of the head, uint32 bytes of the table, the first four bytes of the head's hash. */
const RECORD = 12;
const MAX_HEAD = 1 << 20;
const CHUNK = 1 << 20;
/** How every head begins. */
const HEAD = Buffer.from('{"source":');

const headHash = (head: Uint8Array) => Number.parseInt(hashBytes(head).slice(7, 15), 16);

/** A push as bytes: lengths and hash, head (JSON), table (with a checksum of its own). */
export function encodePush({ source, batch, digest, at }: Omit<Push, 'rows'>, table: Uint8Array): Buffer {
  const head = Buffer.from(JSON.stringify({ source, batch, digest, at }));
  const record = Buffer.allocUnsafe(RECORD + head.length + table.length);
  record.writeUInt32LE(head.length, 0);
  record.writeUInt32LE(table.length, 4);
  record.writeUInt32LE(headHash(head), 8);
  record.set(head, RECORD);
  record.set(table, RECORD + head.length);
  return record;
}

export interface ScannedPush {
  readonly push: Push;
  readonly position: number;
  readonly end: number;
}

/** Where the whole pushes of a log end, and why: as in the event log. */
export interface PushScanEnd {
  readonly position: number;
  readonly state: 'clean' | 'torn' | 'damaged';
  readonly next?: number;
}

type Probe =
  | { readonly kind: 'push'; readonly size: number; readonly push: Push }
  | { readonly kind: 'partial'; readonly size: number }
  | { readonly kind: 'bad' };

/** Reads whole pushes from a position to the last one, a chunk at a time. @throws MW_FRAME_NEWER */
export async function* scanPushes(
  file: Pick<DiskFile, 'read' | 'stat'>,
  from: number,
): AsyncGenerator<readonly ScannedPush[], PushScanEnd> {
  let position = from;
  let want = CHUNK;
  for (;;) {
    const buffer = Buffer.allocUnsafe(want);
    const filled = await readFully(file, buffer, position);
    const found: ScannedPush[] = [];
    let at = 0;
    let probe = probePush(buffer, at, filled);
    while (probe.kind === 'push') {
      found.push({ push: probe.push, position: position + at, end: position + at + probe.size });
      at += probe.size;
      probe = probePush(buffer, at, filled);
    }
    if (found.length > 0) yield found;
    position += at;
    const ended = filled < buffer.length;
    if (ended && at === filled) return { position, state: 'clean' };
    if (probe.kind === 'bad' || ended) {
      const next = await pushAfter(file, position);
      return next === undefined ? { position, state: 'torn' } : { position, state: 'damaged', next };
    }
    want = Math.max(CHUNK, probe.size);
  }
}

function probePush(buffer: Buffer, at: number, end: number): Probe {
  if (end - at < RECORD) return { kind: 'partial', size: RECORD };
  const headBytes = buffer.readUInt32LE(at);
  if (headBytes > MAX_HEAD) return { kind: 'bad' };
  const size = RECORD + headBytes + buffer.readUInt32LE(at + 4);
  if (end - at < size) return { kind: 'partial', size };
  const head = buffer.subarray(at + RECORD, at + RECORD + headBytes);
  if (headHash(head) !== buffer.readUInt32LE(at + 8)) return { kind: 'bad' };
  try {
    const rows = decodeFrame(buffer.subarray(at + RECORD + headBytes, at + size));
    const { source, batch, digest = null, at: moment = null } = JSON.parse(head.toString('utf8')) as Partial<Push> & Push;
    return { kind: 'push', size, push: { source, batch, digest, at: moment, rows } };
  } catch (thrown) {
    if (thrown instanceof MillwrightError && thrown.code === 'MW_FRAME_CORRUPT') return { kind: 'bad' };
    throw thrown;
  }
}

/** The place of the first whole push behind a place where none is. */
async function pushAfter(file: Pick<DiskFile, 'read' | 'stat'>, position: number): Promise<number | undefined> {
  const { size } = await file.stat();
  const buffer = Buffer.allocUnsafe(Math.max(0, size - position));
  const rest = buffer.subarray(0, await readFully(file, buffer, position));
  for (let head = rest.indexOf(HEAD, RECORD + 1); head !== -1; head = rest.indexOf(HEAD, head + 1))
    if (probePush(rest, head - RECORD, rest.length).kind === 'push') return position + head - RECORD;
  return undefined;
}
