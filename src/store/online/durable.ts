import { rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '../../base/error.js';
import { hashBytes, hashData, shortHash } from '../../base/hash.js';
import { type Log, silentLog } from '../../base/log.js';
import { declareOptions, type OptionValues, resolveOptions } from '../../base/options.js';
import { encodeFrame } from '../../frame/codec.js';
import type { Scalar } from '../../frame/column.js';
import type { Frame } from '../../frame/frame.js';
import { type Disk, systemDisk } from '../disk.js';
import { diskError, onDisk } from '../disk-error.js';
import { durabilityOptions } from '../durability.js';
import { makeFolder } from '../durable-file.js';
import type { FeatureStatus, OnlineStore, PushOutcome } from '../ports.js';
import { batchIdOptions, failConflict } from './batch-ids.js';
import { fileOf, listGenerations } from './generations.js';
import { type LogFacts, readLogFacts, writeLogFacts } from './log-facts.js';
import { OnlineMemory, type OnlineOptions, type OnlinePlan, type PreparedPush } from './memory.js';
import { PushLog } from './push-log.js';
import { encodePush } from './push-record.js';
import { restoreSnapshot, writeSnapshot } from './snapshot.js';

export const onlineStoreOptions = declareOptions({
  ...durabilityOptions,
  ...batchIdOptions,
  snapshotBytes: {
    kind: 'integer',
    default: 64 * 1024 * 1024,
    min: 1,
    unit: 'bytes',
    doc: 'A snapshot is taken when the log has grown beyond this and beyond the last snapshot.',
  },
});

export interface DurableOptions extends Omit<OnlineOptions, 'batches'>, Partial<OptionValues<typeof durabilityOptions>> {
  /** Folder of the store; made when it is not there. */
  readonly directory: string;
  readonly snapshotBytes?: number;
  /** Durations as text, such as '24h'. */
  readonly batchesFor?: string;
  readonly batchesMost?: number;
  readonly log?: Log;
  /** The disk below. */
  readonly disk?: Disk;
}

/** An online store that can be asked what it holds. */
export interface DurableOnlineStore extends OnlineStore {
  /** Rows pushed over the store's whole life; 0 says that history must be fed first. */
  readonly pushed: number;
  /** The batch of that source was pushed before, and is remembered. */
  hasBatch(source: string, batch: string): boolean;
  /**
   * Whether these rows were pushed under that batch before: what `push` would answer.
   * @throws MW_ONLINE_BATCH_CONFLICT when other rows were
   */
  isRepeated(source: string, batch: string, digest: string): boolean;
  /** Writes the state whole and starts a new log. */
  snapshot(): Promise<void>;
}

/**
 * Opens the online store of a folder: the last snapshot and the pushes since. A push is in the log before it counts, so that what was
 * acknowledged survives a kill of the process (and a power cut, with the durability 'power'), and what was refused is not there. Views
 * that changed since start empty, in a folder of their own. One process at a time: see `Store.claim`.
 * @throws MW_ONLINE_CORRUPT, MW_ONLINE_NEWER, MW_FEATURES_TIME_MISSING, MW_STORE_* and the errors of expressions
 */
export async function openOnlineStore(plan: OnlinePlan, options: DurableOptions): Promise<DurableOnlineStore> {
  const folder = join(options.directory, shortHash(fingerprint(plan)));
  return onDisk('open the online store', folder, async () => {
    await makeFolder(folder);
    return DurableStore.open(plan, options, folder);
  });
}

/** What the state depends on: the views and how the moments of their sources are read. */
const fingerprint = (plan: OnlinePlan) =>
  hashData({
    views: plan.views,
    sources: Object.entries(plan.sources)
      .filter(([name]) => plan.views.some((view) => view.source === name))
      .map(([name, { time, availableAt, contract }]) => ({ name, time, availableAt, columns: contract.columns })),
  });

type Settings = OptionValues<typeof onlineStoreOptions>;

interface Waiting {
  readonly source: string;
  readonly batch: string | null;
  readonly digest: string | null;
  readonly prepared: PreparedPush;
  readonly table: Uint8Array;
  readonly resolve: (outcome: PushOutcome) => void;
  readonly reject: (reason: unknown) => void;
}

/** Largest number of bytes of tables in one write. */
const GROUP = 4 * 1024 * 1024;

class DurableStore implements DurableOnlineStore {
  readonly #memory: OnlineMemory;
  readonly #folder: string;
  readonly #options: DurableOptions;
  readonly #settings: Settings;
  readonly #disk: Disk;
  readonly #report: Log;
  #generation = 0;
  #log!: PushLog;
  /** Size of the log from which the next snapshot is due. */
  #due = 0;
  /** The facts as last read or saved. */
  #noted: LogFacts | undefined;
  /** Bytes that were found missing from the log, now or before. */
  #lost = 0;
  #waiting: Waiting[] = [];
  /** What is being done to the files; the next thing waits for it. */
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  static async open(plan: OnlinePlan, options: DurableOptions, folder: string): Promise<DurableStore> {
    const { durability, batchesFor, batchesMost, snapshotBytes } = options;
    const given = { durability, batchesFor, batchesMost, snapshotBytes };
    const store = new DurableStore(plan, options, folder, resolveOptions('the online store', onlineStoreOptions, given));
    await store.#load();
    return store;
  }

  private constructor(plan: OnlinePlan, options: DurableOptions, folder: string, settings: Settings) {
    this.#memory = new OnlineMemory(plan, { ...options, batches: settings });
    this.#folder = folder;
    this.#options = options;
    this.#settings = settings;
    this.#disk = options.disk ?? systemDisk;
    this.#report = options.log ?? silentLog;
  }

  get pushed(): number {
    return this.#memory.pushed;
  }
  hasBatch(source: string, batch: string): boolean {
    return this.#memory.batches.has(source, batch);
  }
  isRepeated(source: string, batch: string, digest: string): boolean {
    return this.#memory.batches.isRepeated(source, batch, digest);
  }

  async push(source: string, rows: Frame, batch?: string, digest?: string): Promise<PushOutcome> {
    this.#open();
    const prepared = this.#memory.prepare(source, rows);
    const table = encodeFrame(this.#memory.compact(source, rows));
    return new Promise((resolve, reject) => {
      const named = batch === undefined ? null : (digest ?? hashBytes(table));
      this.#waiting.push({ source, batch: batch ?? null, digest: named, prepared, table, resolve, reject });
      if (this.#waiting.length === 1) void this.#inTurn(() => this.#drain());
    });
  }

  featuresOf(view: string): readonly string[] {
    return this.#memory.featuresOf(view);
  }
  read(view: string, key: readonly Scalar[], at: number, out: Float64Array, offset: number): FeatureStatus {
    return this.#memory.read(view, key, at, out, offset);
  }

  async flush(): Promise<void> {
    this.#open();
    await this.#inTurn(() => onDisk("sync the online store's log", this.#folder, () => this.#log.flush()));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#inTurn(async () => {
      await onDisk("close the online store's log", this.#folder, () => this.#log.flush().finally(() => this.#log.close()));
      await this.#saveFacts();
    });
  }

  snapshot(): Promise<void> {
    this.#open();
    return this.#inTurn(() => this.#snapshot());
  }

  async #load(): Promise<void> {
    const { snapshot, logs } = await listGenerations(this.#folder);
    let bytes = 0;
    if (snapshot > 0) bytes = await restoreSnapshot(this.#memory, fileOf(this.#folder, 'snapshot', snapshot), this.#disk);
    for (const [i, generation] of logs.entries()) {
      const log = await this.#openLog(generation);
      if (i === logs.length - 1) this.#log = log;
      else await log.close();
      this.#generation = generation;
    }
    this.#due = Math.max(this.#settings.snapshotBytes, bytes);
    await this.#compareFacts();
    await this.#tidy();
  }

  async #openLog(generation: number): Promise<PushLog> {
    const path = fileOf(this.#folder, 'log', generation);
    const how = { disk: this.#disk, durability: this.#settings.durability };
    const { log, torn } = await PushLog.open(path, how, ({ source, rows, batch, digest, at }) => {
      const moment = at ?? this.#options.clock.now();
      this.#memory.prepare(source, rows).apply(moment);
      if (batch !== null) this.#memory.batches.add(source, batch, digest ?? this.#memory.digestOf(source, rows), moment);
    });
    if (torn > 0)
      this.#report.warn(`online store: cut off ${torn} bytes that a killed process left unfinished`, { file: path });
    return log;
  }

  /** Does one thing after another. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }

  /** Writes the pushes that wait, many at once, and takes in what was written. */
  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup();
      const at = this.#options.clock.now();
      const { fresh, repeated } = this.#sort(group);
      try {
        await this.#log.append(Buffer.concat(fresh.map((push) => encodePush({ ...push, at }, push.table))));
      } catch (thrown) {
        const reason = diskError(thrown, 'write a push to the log', fileOf(this.#folder, 'log', this.#generation));
        for (const { reject } of [...fresh, ...repeated]) reject(reason);
        continue;
      }
      for (const { source, batch, digest, prepared } of fresh) {
        prepared.apply(at);
        if (batch !== null && digest !== null) this.#memory.batches.add(source, batch, digest, at);
      }
      if (this.#log.bytes > this.#due) await this.#snapshotWhenDue();
      for (const { resolve } of fresh) resolve({ repeated: false });
      for (const { resolve } of repeated) resolve({ repeated: true });
    }
  }

  #takeGroup(): Waiting[] {
    let bytes = 0;
    let count = 0;
    while (count < this.#waiting.length && (count === 0 || bytes < GROUP))
      bytes += (this.#waiting[count++] as Waiting).table.length;
    return this.#waiting.splice(0, count);
  }

  /** Parts a group into what must be written and what was pushed before, in this group even; refuses what has the id of other rows. */
  #sort(group: readonly Waiting[]): { readonly fresh: readonly Waiting[]; readonly repeated: readonly Waiting[] } {
    const fresh: Waiting[] = [];
    const repeated: Waiting[] = [];
    for (const push of group) {
      try {
        (this.#isKnown(push, fresh) ? repeated : fresh).push(push);
      } catch (thrown) {
        push.reject(thrown);
      }
    }
    return { fresh, repeated };
  }

  #isKnown({ source, batch, digest }: Waiting, fresh: readonly Waiting[]): boolean {
    if (batch === null || digest === null) return false;
    if (this.#memory.batches.isRepeated(source, batch, digest)) return true;
    const twin = fresh.find((other) => other.source === source && other.batch === batch);
    if (twin && twin.digest !== digest) failConflict(source, batch);
    return twin !== undefined;
  }

  /** A snapshot only saves time: pushes that are written count whether there is room for one or not. */
  async #snapshotWhenDue(): Promise<void> {
    try {
      await this.#snapshot();
    } catch (thrown) {
      this.#due = this.#log.bytes + this.#settings.snapshotBytes;
      this.#report.warn(`online store: no snapshot could be taken, the log goes on growing: ${String(thrown)}`);
    }
  }

  async #snapshot(): Promise<void> {
    const next = this.#generation + 1;
    const path = fileOf(this.#folder, 'snapshot', next);
    let log: PushLog | undefined;
    const size = await onDisk('take a snapshot of the online store', path, () =>
      // The log that follows it is there before the snapshot counts: without it, pushes would have nowhere to go.
      writeSnapshot(this.#memory, path, this.#disk, async () => {
        const how = { disk: this.#disk, durability: this.#settings.durability };
        ({ log } = await PushLog.open(fileOf(this.#folder, 'log', next), how, () => {}));
      }),
    ).catch(async (thrown: unknown) => {
      await log?.close();
      await unlink(fileOf(this.#folder, 'log', next)).catch(() => {});
      throw thrown;
    });
    await this.#log.close();
    this.#log = log as unknown as PushLog;
    this.#generation = next;
    this.#due = Math.max(this.#settings.snapshotBytes, size);
    await this.#saveFacts();
    await this.#tidy();
  }

  /** Says so when the log is shorter than it once was, and keeps it on record for whoever looks later. */
  async #compareFacts(): Promise<void> {
    this.#noted = await readLogFacts(this.#folder);
    const { log, bytes, lost } = this.#noted;
    const missing = log === this.#generation ? Math.max(0, bytes - this.#log.bytes) : 0;
    this.#lost = lost + missing;
    if (missing > 0)
      this.#report.warn(
        `online store: ${missing} bytes of pushes that were there are gone from the end of the log; "millwright doctor" says more`,
        { file: fileOf(this.#folder, 'log', this.#generation) },
      );
    await this.#saveFacts();
  }

  /** Of use, not of need: a full disk may keep them from being saved. */
  async #saveFacts(): Promise<void> {
    const facts = { log: this.#generation, bytes: this.#log.bytes, lost: this.#lost };
    if (JSON.stringify(facts) === JSON.stringify(this.#noted)) return;
    this.#noted = facts;
    await writeLogFacts(this.#folder, facts).catch((thrown: unknown) =>
      this.#report.warn(`online store: what is known of its log could not be saved: ${String(thrown)}`),
    );
  }

  /** Takes away what two newer snapshots have made useless: one is kept behind the newest, in case that is damaged. */
  async #tidy(): Promise<void> {
    const { snapshot, older } = await listGenerations(this.#folder);
    const before = Math.max(0, ...older.map((name) => Number(/^snapshot-(\d+)$/.exec(name)?.[1] ?? 0)));
    for (const name of older) {
      const generation = Number(/-(\d+)$/.exec(name)?.[1] ?? -1);
      if (name.endsWith('.part') || (generation < before && generation < snapshot))
        await rm(join(this.#folder, name), { force: true });
    }
  }

  #open(): void {
    if (this.#closed) fail('MW_ONLINE_CLOSED', { what: 'The online store is closed.', where: { directory: this.#folder } });
  }
}
