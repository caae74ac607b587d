import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '../../base/error.js';
import { type Log, silentLog } from '../../base/log.js';
import { type Disk, systemDisk } from '../disk.js';
import { diskError, errno, onDisk } from '../disk-error.js';
import type { Durability } from '../durability.js';
import type { EventLog, EventRetention } from '../ports.js';
import { MAX_RECORD } from './record-format.js';
import { listSegments, oldSegments } from './segment-files.js';
import { TopicReader } from './topic-reader.js';
import { TopicWriter, type TopicWriting } from './topic-writer.js';

export interface EventLogOptions {
  readonly log?: Log;
  /** Refuses to append. */
  readonly readOnly?: boolean;
  /** What an append survives once it is acknowledged ('process'). */
  readonly durability?: Durability;
  /** The disk below. */
  readonly disk?: Disk;
  /** Size from which a segment is ended and the next begun, bytes (64 MiB). */
  readonly segmentBytes?: number;
}

const TOPIC = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

const total = (all: readonly number[]) => all.reduce((sum, size) => sum + size, 0);

/**
 * An event log in a folder: a folder a topic, in it segments of records. One process at a time may append to a topic; any number may
 * read. Appended records survive a kill of the process once `append` resolves, and a power cut once `flush` does (with the durability
 * 'power', once `append` does).
 */
export function openEventLog(folder: string, options: EventLogOptions = {}): EventLog & EventRetention {
  return new FileEventLog(folder, options);
}

class FileEventLog implements EventLog, EventRetention {
  readonly #folder: string;
  readonly #readOnly: boolean;
  readonly #writing: TopicWriting;
  readonly #writers = new Map<string, Promise<TopicWriter>>();
  readonly #open = new Map<string, TopicWriter>();
  readonly #readers = new Map<string, TopicReader>();
  #closed = false;

  constructor(folder: string, options: EventLogOptions) {
    this.#folder = folder;
    this.#readOnly = options.readOnly ?? false;
    this.#writing = {
      segmentBytes: options.segmentBytes ?? 64 * 1024 * 1024,
      durability: options.durability ?? 'process',
      disk: options.disk ?? systemDisk,
      log: options.log ?? silentLog,
    };
  }

  async append(topic: string, records: readonly Uint8Array[]): Promise<number> {
    this.#check(topic);
    if (this.#readOnly)
      fail('MW_STORE_READ_ONLY', { what: `Nothing can be appended to the topic '${topic}'.`, where: { topic } });
    for (const record of records)
      if (record.length > MAX_RECORD)
        fail('MW_EVENT_TOO_LARGE', {
          what: `A record for the topic '${topic}' has ${record.length} bytes; at most ${MAX_RECORD} fit.`,
          where: { topic },
        });
    return (this.#open.get(topic) ?? (await this.#writer(topic))).append(records);
  }

  async *read(topic: string, from = 0): AsyncGenerator<{ readonly offset: number; readonly record: Uint8Array }, void> {
    this.#check(topic);
    try {
      yield* this.#reader(topic).read(Math.max(0, from));
    } catch (thrown) {
      throw diskError(thrown, 'read the event log', join(this.#folder, topic));
    }
  }

  async length(topic: string): Promise<number> {
    this.#check(topic);
    return onDisk('read the event log', join(this.#folder, topic), () => this.#reader(topic).length());
  }

  async topics(): Promise<readonly string[]> {
    return onDisk('read the event log', this.#folder, async () => {
      const entries = await readdir(this.#folder, { withFileTypes: true }).catch((thrown: unknown) => {
        if (errno(thrown) === 'ENOENT') return [];
        throw thrown;
      });
      const names = entries.filter((entry) => entry.isDirectory() && TOPIC.test(entry.name)).map(({ name }) => name);
      return names.toSorted();
    });
  }

  async extent(topic: string, before: number): Promise<{ readonly bytes: number; readonly old: number }> {
    this.#check(topic);
    const folder = join(this.#folder, topic);
    return onDisk('read the event log', folder, async () => {
      const sizes = await Promise.all((await listSegments(folder)).map(async ({ path }) => (await stat(path)).size));
      return { bytes: total(sizes), old: total((await oldSegments(folder, before)).map(({ bytes }) => bytes)) };
    });
  }

  async forget(topic: string, before: number): Promise<number> {
    this.#check(topic);
    if (this.#readOnly)
      fail('MW_STORE_READ_ONLY', { what: `Nothing can be removed from the topic '${topic}'.`, where: { topic } });
    const writer = this.#open.get(topic) ?? (await this.#writer(topic));
    return onDisk('let go of old records', join(this.#folder, topic), () => writer.forget(before));
  }

  async flush(): Promise<void> {
    await Promise.all([...this.#open.values()].map((writer) => writer.flush()));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const writers = await Promise.allSettled(this.#writers.values());
    await Promise.all(writers.map((writer) => (writer.status === 'fulfilled' ? writer.value.close() : undefined)));
    this.#writers.clear();
    this.#open.clear();
  }

  #check(topic: string): void {
    if (!TOPIC.test(topic))
      fail('MW_EVENT_TOPIC_INVALID', { what: `'${topic}' is not a name for an event topic.`, where: { topic } });
    if (this.#closed) fail('MW_EVENT_LOG_CLOSED', { what: 'The event log is closed.', where: { topic } });
  }

  #writer(topic: string): Promise<TopicWriter> {
    const known = this.#writers.get(topic);
    if (known) return known;
    const opening = TopicWriter.open(topic, join(this.#folder, topic), this.#writing);
    this.#writers.set(topic, opening);
    opening.then(
      (writer) => this.#open.set(topic, writer),
      () => this.#writers.delete(topic),
    );
    return opening;
  }

  #reader(topic: string): TopicReader {
    let reader = this.#readers.get(topic);
    if (!reader) {
      reader = new TopicReader(topic, join(this.#folder, topic), this.#writing.log, () => this.#open.get(topic));
      this.#readers.set(topic, reader);
    }
    return reader;
  }
}
