import { type FileHandle, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '../../base/error.js';
import type { Log } from '../../base/log.js';
import { diskError, onDisk } from '../disk-error.js';
import { makeFolder, syncFolder } from '../durable-file.js';
import { describeProcess } from '../process-identity.js';
import { acquireWriterLock, type WriterLock } from '../writer-lock.js';
import { sizeOf, writeRecord } from './record-format.js';
import { listSegments, type Segment, segmentOf } from './segment-files.js';
import { scanSegment } from './segment-scan.js';
import { loadIndex, SparseIndex, saveIndex } from './sparse-index.js';

interface Waiting {
  readonly records: readonly Uint8Array[];
  readonly resolve: (first: number) => void;
  readonly reject: (reason: unknown) => void;
}

/** Largest number of bytes in one write. */
const BATCH = 4 * 1024 * 1024;

/**
 * The one writer of a topic. Appends that arrive while a write is under way go out together in the next one, and flushes that arrive
 * while a sync is under way share the next one.
 */
export class TopicWriter {
  readonly #folder: string;
  readonly #segmentBytes: number;
  readonly #lock: WriterLock;
  #segment: Segment;
  #handle: FileHandle;
  #index: SparseIndex;
  #end: number;
  #length: number;
  #waiting: Waiting[] = [];
  #draining = false;
  #syncing: Promise<void> | undefined;
  #nextSync: Promise<void> | undefined;
  #unsynced = false;

  private constructor(folder: string, segmentBytes: number, lock: WriterLock, last: OpenSegment) {
    this.#folder = folder;
    this.#segmentBytes = segmentBytes;
    this.#lock = lock;
    this.#segment = last.segment;
    this.#handle = last.handle;
    this.#index = last.index;
    this.#end = last.end;
    this.#length = last.segment.base + last.records;
  }

  /**
   * Takes the topic's lock and cuts off what a killed writer left unfinished.
   * @throws MW_EVENT_TOPIC_LOCKED, MW_EVENT_LOG_CORRUPT
   */
  static async open(topic: string, folder: string, segmentBytes: number, log: Log): Promise<TopicWriter> {
    return onDisk(`open the topic '${topic}' for writing`, folder, async () => {
      await makeFolder(folder);
      const attempt = await acquireWriterLock(join(folder, 'writer'));
      if (!attempt.held)
        fail('MW_EVENT_TOPIC_LOCKED', {
          what: `${capital(describeProcess(attempt.owner))} is writing to the topic '${topic}'.`,
          where: { topic, pid: attempt.owner.pid, host: attempt.owner.host },
          fix: `Stop process ${attempt.owner.pid}, or give this one another store. If ${attempt.owner.host} is a machine that no longer exists, delete the folder ${join(folder, 'writer')}.`,
        });
      try {
        const last = (await listSegments(folder)).at(-1) ?? segmentOf(folder, 0);
        return new TopicWriter(folder, segmentBytes, attempt.lock, await recover(topic, last, log));
      } catch (thrown) {
        await attempt.lock.release();
        throw thrown;
      }
    });
  }

  /** Number of records that were appended. */
  get length(): number {
    return this.#length;
  }

  /** The segment being written, and marks on the way through it. */
  get active(): { readonly segment: Segment; readonly index: SparseIndex } {
    return { segment: this.#segment, index: this.#index };
  }

  append(records: readonly Uint8Array[]): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ records, resolve, reject });
      if (!this.#draining) void this.#drain();
    });
  }

  flush(): Promise<void> {
    if (!this.#syncing) {
      this.#syncing = this.#sync().finally(() => {
        this.#syncing = undefined;
      });
      return this.#syncing;
    }
    this.#nextSync ??= this.#syncing
      .catch(() => {})
      .then(() => {
        this.#nextSync = undefined;
        return this.flush();
      });
    return this.#nextSync;
  }

  async close(): Promise<void> {
    try {
      await this.flush();
      await onDisk('save the marks of a segment', this.#segment.path, () => saveIndex(this.#segment.path, this.#index));
    } finally {
      await this.#handle.close();
      await this.#lock.release();
    }
  }

  async #sync(): Promise<void> {
    // An empty append takes its place behind everything appended so far.
    await this.append([]);
    if (!this.#unsynced) return;
    this.#unsynced = false;
    try {
      await onDisk('sync the event log', this.#segment.path, () => this.#handle.datasync());
    } catch (thrown) {
      this.#unsynced = true;
      throw thrown;
    }
  }

  async #drain(): Promise<void> {
    this.#draining = true;
    // One turn of the event loop lets appends of the same moment share a write.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#takeBatch();
      try {
        if (this.#end >= this.#segmentBytes && batch.some(({ records }) => records.length > 0)) await this.#roll();
        let first = await this.#write(batch);
        for (const { records, resolve } of batch) {
          resolve(first);
          first += records.length;
        }
      } catch (thrown) {
        const reason = diskError(thrown, 'append to the event log', this.#segment.path);
        for (const { reject } of batch) reject(reason);
      }
    }
    this.#draining = false;
  }

  #takeBatch(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const { records } of this.#waiting) {
      for (const record of records) bytes += sizeOf(record);
      count += 1;
      if (bytes >= BATCH) break;
    }
    return this.#waiting.splice(0, count);
  }

  /** Writes the records of a batch at the end; on failure the file ends where it did before. */
  async #write(batch: readonly Waiting[]): Promise<number> {
    let bytes = 0;
    for (const { records } of batch) for (const record of records) bytes += sizeOf(record);
    const buffer = Buffer.allocUnsafe(bytes);
    const positions: number[] = [];
    let at = 0;
    for (const { records } of batch)
      for (const record of records) {
        positions.push(at);
        at = writeRecord(buffer, at, record);
      }
    try {
      for (let done = 0; done < bytes; ) {
        const { bytesWritten } = await this.#handle.write(buffer, done, bytes - done, this.#end + done);
        done += bytesWritten;
      }
    } catch (thrown) {
      await this.#handle.truncate(this.#end).catch(() => {});
      throw thrown;
    }
    const first = this.#length;
    for (let i = 0; i < positions.length; i++)
      this.#index.note(first + i - this.#segment.base, this.#end + (positions[i] as number));
    this.#end += bytes;
    this.#length += positions.length;
    this.#unsynced ||= bytes > 0;
    return first;
  }

  /** Ends the segment and begins the next: only the last segment can ever be torn. */
  async #roll(): Promise<void> {
    await this.#handle.datasync();
    await saveIndex(this.#segment.path, this.#index);
    const next = segmentOf(this.#folder, this.#length);
    const handle = await open(next.path, 'a+').then(async (made) => {
      await made.close();
      return open(next.path, 'r+');
    });
    await syncFolder(this.#folder);
    await this.#handle.close();
    this.#segment = next;
    this.#handle = handle;
    this.#index = new SparseIndex();
    this.#end = 0;
    this.#unsynced = false;
  }
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

interface OpenSegment {
  readonly segment: Segment;
  readonly handle: FileHandle;
  readonly index: SparseIndex;
  readonly end: number;
  readonly records: number;
}

async function recover(topic: string, segment: Segment, log: Log): Promise<OpenSegment> {
  await (await open(segment.path, 'a')).close();
  const handle = await open(segment.path, 'r+');
  try {
    const index = (await loadIndex(segment.path)) ?? new SparseIndex();
    const start = index.before(Number.POSITIVE_INFINITY);
    let records = start.record;
    const scan = scanSegment(handle, start.position);
    let step = await scan.next();
    for (; !step.done; step = await scan.next()) for (const { position } of step.value) index.note(records++, position);
    const { position: end, state } = step.value;
    if (state === 'damaged') failCorrupt(topic, segment, segment.base + records);
    if (state === 'torn') {
      const { size } = await stat(segment.path);
      log.warn(`event log '${topic}': cut off ${size - end} bytes that a killed process left unfinished`, { records });
      await handle.truncate(end);
      await handle.datasync();
    }
    return { segment, handle, index, end, records };
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
}

export function failCorrupt(topic: string, segment: Segment, offset: number): never {
  fail('MW_EVENT_LOG_CORRUPT', {
    what: `Record ${offset} of the topic '${topic}' is damaged.`,
    where: { topic, offset, file: segment.path },
  });
}
