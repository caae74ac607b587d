import { join } from 'node:path';
import { fail } from '../../base/error.js';
import type { Log } from '../../base/log.js';
import { AppendFile } from '../append-file.js';
import { type Disk, type DiskFile, openAnywhere } from '../disk.js';
import { diskError, onDisk } from '../disk-error.js';
import type { Durability } from '../durability.js';
import { makeFolder, syncFolder } from '../durable-file.js';
import { describeProcess } from '../process-identity.js';
import { acquireWriterLock, type WriterLock } from '../writer-lock.js';
import { sizeOf, writeRecord } from './record-format.js';
import { listSegments, oldSegments, removeSegment, type Segment, segmentOf } from './segment-files.js';
import { scanSegment } from './segment-scan.js';
import { loadIndex, SparseIndex, saveIndex } from './sparse-index.js';
import { readFacts, type TopicFacts, writeFacts } from './topic-facts.js';

interface Waiting {
  readonly records: readonly Uint8Array[];
  readonly resolve: (first: number) => void;
  readonly reject: (reason: unknown) => void;
}

/** How a topic is written. */
export interface TopicWriting {
  readonly segmentBytes: number;
  readonly durability: Durability;
  readonly disk: Disk;
  readonly log: Log;
}

/** Largest number of bytes in one write. */
const BATCH = 4 * 1024 * 1024;

/**
 * The one writer of a topic. Appends that arrive while a write is under way go out together in the next one, and flushes that arrive
 * while a sync is under way share the next one.
 */
export class TopicWriter {
  readonly #folder: string;
  readonly #how: TopicWriting;
  readonly #lock: WriterLock;
  #segment: Segment;
  #file: AppendFile;
  #index: SparseIndex;
  #length: number;
  #facts: Omit<TopicFacts, 'records'> = { lost: 0, gaps: [] };
  /** Records when the facts were last saved. */
  #noted = 0;
  #waiting: Waiting[] = [];
  #draining = false;
  #syncing: Promise<void> | undefined;
  #nextSync: Promise<void> | undefined;

  private constructor(folder: string, how: TopicWriting, lock: WriterLock, last: OpenSegment) {
    this.#folder = folder;
    this.#how = how;
    this.#lock = lock;
    this.#segment = last.segment;
    this.#file = new AppendFile(last.file, last.end, how.durability);
    this.#index = last.index;
    this.#length = last.segment.base + last.records;
  }

  /**
   * Takes the topic's lock and cuts off what a killed writer left unfinished.
   * @throws MW_EVENT_TOPIC_LOCKED, MW_EVENT_LOG_CORRUPT
   */
  static async open(topic: string, folder: string, how: TopicWriting): Promise<TopicWriter> {
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
        const open = await recover(topic, last, how);
        const writer = new TopicWriter(folder, how, attempt.lock, open);
        try {
          await writer.#compareFacts(topic);
        } catch (thrown) {
          await open.file.close();
          throw thrown;
        }
        return writer;
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
      // Marks and facts are of use, not of need: a full disk may keep them from being saved.
      await saveIndex(this.#segment.path, this.#index)
        .then(() => this.#saveFacts())
        .catch((thrown: unknown) =>
          this.#how.log.warn(`the marks of ${this.#segment.path} could not be saved: ${String(thrown)}`),
        );
    } finally {
      await this.#file.close();
      await this.#lock.release();
    }
  }

  /**
   * Lets go of the segments whose last record was appended before a moment. The one being written is ended first, so that the next time
   * it can go too; it stays now. Returns the bytes freed.
   */
  async forget(before: number): Promise<number> {
    if (this.#file.end > 0) await this.#roll();
    const old = await oldSegments(this.#folder, before);
    const last = old.at(-1);
    if (last === undefined) return 0;
    // First what is kept is put down, then the rest removed: killed in between, the log is whole and the next time ends it.
    this.#facts = { ...this.#facts, begins: last.next };
    await this.#saveFacts();
    for (const { segment } of old) await removeSegment(segment);
    await syncFolder(this.#folder);
    return old.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Says so when records that were there once are not found any more, and keeps it on record for whoever looks later. */
  async #compareFacts(topic: string): Promise<void> {
    const { records, lost, ...known } = await readFacts(this.#folder);
    this.#facts = { ...known, lost: lost + Math.max(0, records - this.#length) };
    if (records > this.#length) this.#how.log.warn(tooShort(topic, records, this.#length));
    if (records !== this.#length) await this.#saveFacts();
  }

  /** Takes note of how much is there each time that it has doubled: so much is missed even after a kill. */
  async #noteLength(): Promise<void> {
    await this.#saveFacts().catch((thrown: unknown) =>
      this.#how.log.warn(`what is known of ${this.#folder} could not be saved: ${String(thrown)}`),
    );
  }

  #saveFacts(): Promise<void> {
    this.#noted = this.#length;
    return writeFacts(this.#folder, { records: this.#length, ...this.#facts });
  }

  async #sync(): Promise<void> {
    // An empty append takes its place behind everything appended so far.
    await this.append([]);
    await onDisk('sync the event log', this.#segment.path, () => this.#file.sync());
  }

  async #drain(): Promise<void> {
    this.#draining = true;
    // One turn of the event loop lets appends of the same moment share a write.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#takeBatch();
      try {
        if (this.#file.end >= this.#how.segmentBytes && batch.some(({ records }) => records.length > 0)) await this.#roll();
        let first = await this.#write(batch);
        for (const { records, resolve } of batch) {
          resolve(first);
          first += records.length;
        }
        if (this.#length > 0 && this.#length >= 2 * this.#noted) await this.#noteLength();
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
    const start = this.#file.end;
    await this.#file.append(buffer);
    const first = this.#length;
    for (let i = 0; i < positions.length; i++)
      this.#index.note(first + i - this.#segment.base, start + (positions[i] as number));
    this.#length += positions.length;
    return first;
  }

  /** Ends the segment and begins the next: only the last segment can ever be torn. */
  async #roll(): Promise<void> {
    await this.#file.sync();
    await saveIndex(this.#segment.path, this.#index);
    await this.#saveFacts();
    const next = segmentOf(this.#folder, this.#length);
    const file = await openAnywhere(this.#how.disk, next.path);
    try {
      await syncFolder(this.#folder);
      await this.#file.close();
    } catch (thrown) {
      await file.close();
      throw thrown;
    }
    this.#segment = next;
    this.#file = new AppendFile(file, 0, this.#how.durability);
    this.#index = new SparseIndex();
  }
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

interface OpenSegment {
  readonly segment: Segment;
  readonly file: DiskFile;
  readonly index: SparseIndex;
  readonly end: number;
  readonly records: number;
}

async function recover(topic: string, segment: Segment, { disk, log }: TopicWriting): Promise<OpenSegment> {
  const file = await openAnywhere(disk, segment.path);
  try {
    const index = (await loadIndex(segment.path)) ?? new SparseIndex();
    const start = index.before(Number.POSITIVE_INFINITY);
    let records = start.record;
    const scan = scanSegment(file, start.position);
    let step = await scan.next();
    for (; !step.done; step = await scan.next()) for (const { position } of step.value) index.note(records++, position);
    const { position: end, state } = step.value;
    if (state === 'damaged') failCorrupt(topic, segment, segment.base + records);
    if (state === 'torn') {
      const { size } = await file.stat();
      log.warn(`event log '${topic}': cut off ${size - end} bytes that a killed process left unfinished`, { records });
      await file.truncate(end);
      await file.datasync();
    }
    return { segment, file, index, end, records };
  } catch (thrown) {
    await file.close();
    throw thrown;
  }
}

/** A topic that holds less than it once did, in words. */
export const tooShort = (topic: string, records: number, found: number): string =>
  `event log '${topic}': ${records - found} of ${records} records that were there are gone from its end; "millwright doctor" says more`;

export function failCorrupt(topic: string, segment: Segment, offset: number): never {
  fail('MW_EVENT_LOG_CORRUPT', {
    what: `Record ${offset} of the topic '${topic}' is damaged.`,
    where: { topic, offset, file: segment.path },
  });
}
