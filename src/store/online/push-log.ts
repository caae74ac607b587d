import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { fail, MillwrightError } from '../../base/error.js';
import { hashBytes } from '../../base/hash.js';
import { decodeFrame, encodeFrame } from '../../frame/codec.js';
import type { Frame } from '../../frame/frame.js';

/** One push as the log keeps it. */
export interface Push {
  readonly source: string;
  readonly batch: string | null;
  readonly rows: Frame;
}

const MAGIC = 'MWPL';
const VERSION = 1;
const HEADER = 8;
const RECORD = 12;

/**
 * The pushes since a snapshot, in a file: 'MWPL', uint32 version, then records of uint32 head bytes, uint32 table bytes, uint32 of
 * the head's hash, head (JSON), table. A record that a crash cut short is taken off when the log is opened.
 */
export class PushLog {
  readonly #file: number;
  #bytes: number;

  private constructor(file: number, bytes: number) {
    this.#file = file;
    this.#bytes = bytes;
  }

  /**
   * Opens or creates the log and gives what is in it to `replay`.
   * @throws MW_ONLINE_CORRUPT, MW_ONLINE_NEWER
   */
  static open(path: string, replay: (push: Push) => void): PushLog {
    const file = openSync(path, 'a+');
    try {
      if (fstatSync(file).size < HEADER) {
        ftruncateSync(file, 0);
        const header = Buffer.alloc(HEADER);
        header.write(MAGIC);
        header.writeUInt32LE(VERSION, 4);
        writeSync(file, header);
        return new PushLog(file, HEADER);
      }
      const bytes = readFileSync(path);
      if (bytes.toString('latin1', 0, 4) !== MAGIC)
        fail('MW_ONLINE_CORRUPT', { what: 'A log of the online store does not begin as one.', where: { file: path } });
      const version = bytes.readUInt32LE(4);
      if (version > VERSION)
        fail('MW_ONLINE_NEWER', {
          what: `A log of the online store has version ${version}; this Millwright reads up to ${VERSION}.`,
          where: { file: path },
        });
      const end = replayRecords(bytes, path, replay);
      if (end < bytes.length) ftruncateSync(file, end);
      return new PushLog(file, end);
    } catch (error) {
      closeSync(file);
      throw error;
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  append(push: Push): void {
    const head = Buffer.from(JSON.stringify({ source: push.source, batch: push.batch }));
    const table = encodeFrame(push.rows);
    const record = Buffer.allocUnsafe(RECORD + head.length + table.length);
    record.writeUInt32LE(head.length, 0);
    record.writeUInt32LE(table.length, 4);
    record.writeUInt32LE(headHash(head), 8);
    record.set(head, RECORD);
    record.set(table, RECORD + head.length);
    for (let at = 0; at < record.length; ) at += writeSync(this.#file, record, at);
    this.#bytes += record.length;
  }

  flush(): void {
    fsyncSync(this.#file);
  }
  close(): void {
    closeSync(this.#file);
  }
}

const headHash = (head: Uint8Array) => Number.parseInt(hashBytes(head).slice(7, 15), 16);

/** Replays whole records; returns where the last of them ends. */
function replayRecords(bytes: Buffer, path: string, replay: (push: Push) => void): number {
  let at = HEADER;
  while (at + RECORD <= bytes.length) {
    const headBytes = bytes.readUInt32LE(at);
    const end = at + RECORD + headBytes + bytes.readUInt32LE(at + 4);
    if (end > bytes.length) return at;
    const push = readRecord(bytes, at, headBytes, end);
    if (push instanceof MillwrightError) {
      // Pages of the last record may reach the disk out of order; anything before it was whole once.
      if (end === bytes.length) return at;
      fail('MW_ONLINE_CORRUPT', {
        what: `A record of the online store's log is damaged: ${push.message}`,
        where: { file: path, byte: at },
      });
    }
    replay(push);
    at = end;
  }
  return at;
}

function readRecord(bytes: Buffer, at: number, headBytes: number, end: number): Push | MillwrightError {
  const head = bytes.subarray(at + RECORD, at + RECORD + headBytes);
  if (headHash(head) !== bytes.readUInt32LE(at + 8))
    return new MillwrightError('MW_ONLINE_CORRUPT', { what: 'its checksum does not match.' });
  try {
    const rows = decodeFrame(bytes.subarray(at + RECORD + headBytes, end));
    const { source, batch } = JSON.parse(head.toString('utf8')) as { source: string; batch: string | null };
    return { source, batch, rows };
  } catch (error) {
    if (error instanceof MillwrightError) return error;
    throw error;
  }
}
