import { open } from 'node:fs/promises';
import type { Log } from '../../base/log.js';
import { errno } from '../disk-error.js';
import { listSegments, type Segment } from './segment-files.js';
import { scanSegment } from './segment-scan.js';
import { loadIndex, SparseIndex } from './sparse-index.js';
import { readFacts } from './topic-facts.js';
import { failCorrupt, type TopicWriter, tooShort } from './topic-writer.js';

/** Reads a topic, whoever writes it. Remembers marks of what it has seen, so that later reads start near where they want to. */
export class TopicReader {
  readonly #topic: string;
  readonly #folder: string;
  /** The writer of this process, which knows better than the disk where the topic ends. */
  readonly #writer: () => TopicWriter | undefined;
  readonly #indexes = new Map<number, SparseIndex>();
  readonly #log: Log;
  #told = false;
  #tail: { base: number; records: number; position: number } | undefined;

  constructor(topic: string, folder: string, log: Log, writer: () => TopicWriter | undefined) {
    this.#topic = topic;
    this.#folder = folder;
    this.#log = log;
    this.#writer = writer;
  }

  async length(): Promise<number> {
    const writer = this.#writer();
    if (writer) return writer.length;
    const last = (await listSegments(this.#folder)).at(-1);
    if (!last) return 0;
    // Goes on from where the last look ended; what another process appends meanwhile costs only itself.
    let seen = this.#tail?.base === last.base ? this.#tail : await this.#lastMark(last);
    const handle = await open(last.path, 'r');
    try {
      const scan = scanSegment(handle, seen.position);
      let step = await scan.next();
      let records = seen.records;
      for (; !step.done; step = await scan.next()) records += step.value.length;
      if (step.value.state === 'damaged') failCorrupt(this.#topic, last, last.base + records);
      seen = { base: last.base, records, position: step.value.position };
    } finally {
      await handle.close();
    }
    this.#tail = seen;
    return seen.base + seen.records;
  }

  async *read(from: number): AsyncGenerator<{ readonly offset: number; readonly record: Uint8Array }, void> {
    const end = this.#writer()?.length ?? Number.POSITIVE_INFINITY;
    let wanted = from;
    // Looked up before the segments are: a writer only ever adds to them meanwhile.
    const { gaps, records, begins = 0 } = await readFacts(this.#folder);
    wanted = Math.max(wanted, begins);
    const gapAt = (offset: number) => gaps.find(({ from, to }) => from <= offset && offset < to);
    for (;;) {
      const segments = await listSegments(this.#folder);
      const at = segments.findLastIndex((segment) => segment.base <= wanted);
      const segment = segments[at];
      if (!segment) {
        if (segments[0]) wanted = gapAt(wanted)?.to ?? failCorrupt(this.#topic, segments[0], wanted);
        else return this.#compare(0, records);
        continue;
      }
      const next = segments[at + 1];
      const limit = Math.min(end, next?.base ?? Number.POSITIVE_INFINITY);
      if (wanted >= limit) return;
      for await (const found of this.#readSegment(segment, wanted, limit)) {
        yield found;
        wanted = found.offset + 1;
      }
      if (wanted < limit && Number.isFinite(limit)) wanted = gapAt(wanted)?.to ?? failCorrupt(this.#topic, segment, wanted);
      if (!next && (await listSegments(this.#folder)).at(-1)?.base === segment.base) return this.#compare(wanted, records);
      if (wanted >= end) return;
    }
  }

  /** At the end of everything: says, once, when more was there before. */
  #compare(found: number, records: number): void {
    if (found >= records || this.#told || this.#writer()) return;
    this.#told = true;
    this.#log.warn(tooShort(this.#topic, records, found));
  }

  async *#readSegment(segment: Segment, wanted: number, limit: number) {
    const index = await this.#indexOf(segment);
    const start = index.before(wanted - segment.base);
    let handle: Awaited<ReturnType<typeof open>>;
    try {
      handle = await open(segment.path, 'r');
    } catch (thrown) {
      if (errno(thrown) === 'ENOENT') return;
      throw thrown;
    }
    try {
      const scan = scanSegment(handle, start.position);
      let offset = segment.base + start.record;
      for (let step = await scan.next(); ; step = await scan.next()) {
        if (step.done) {
          if (step.value.state === 'damaged') failCorrupt(this.#topic, segment, offset);
          return;
        }
        for (const { position, record } of step.value) {
          if (offset >= limit) return;
          if (index !== this.#writer()?.active.index) index.note(offset - segment.base, position);
          if (offset >= wanted) yield { offset, record };
          offset += 1;
        }
      }
    } finally {
      await handle.close();
    }
  }

  async #lastMark(segment: Segment): Promise<{ base: number; records: number; position: number }> {
    const { record, position } = (await this.#indexOf(segment)).before(Number.POSITIVE_INFINITY);
    return { base: segment.base, records: record, position };
  }

  async #indexOf(segment: Segment): Promise<SparseIndex> {
    const active = this.#writer()?.active;
    if (active?.segment.base === segment.base) return active.index;
    const known = this.#indexes.get(segment.base);
    if (known) return known;
    const index = (await loadIndex(segment.path)) ?? new SparseIndex();
    this.#indexes.set(segment.base, index);
    return index;
  }
}
