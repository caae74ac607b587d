import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fail } from '../../base/error.js';
import { hashData, shortHash } from '../../base/hash.js';
import type { Scalar } from '../../frame/column.js';
import { type Column, columnFrom, columnLength, valueAt } from '../../frame/column.js';
import { type Frame, frame } from '../../frame/frame.js';
import type { FeatureStatus, OnlineStore } from '../ports.js';
import { OnlineMemory, type OnlineOptions, type OnlinePlan } from './memory.js';
import { PushLog } from './push-log.js';
import { readSnapshot, writeSnapshot } from './snapshot.js';

export interface DurableOptions extends OnlineOptions {
  /** Folder of the store; made when it is not there. */
  readonly directory: string;
  /** A snapshot is taken when the log has grown beyond this and beyond the last snapshot, bytes; 64 MiB unless given. */
  readonly snapshotBytes?: number;
}

/** An online store that can be asked what it holds. */
export interface DurableOnlineStore extends OnlineStore {
  /** Rows pushed over the store's whole life; 0 says that history must be fed first. */
  readonly pushed: number;
  /** The batch was pushed before. */
  hasBatch(batch: string): boolean;
  /** Writes the state whole and starts a new log. */
  snapshot(): Promise<void>;
}

/**
 * Opens the online store of a folder: the last snapshot and the pushes since. What was pushed survives a kill of the process, what was
 * flushed a power cut. Views that changed since start empty, in a folder of their own. One process at a time.
 * @throws MW_ONLINE_CORRUPT, MW_ONLINE_NEWER, MW_FEATURES_TIME_MISSING and the errors of expressions
 */
export function openOnlineStore(plan: OnlinePlan, options: DurableOptions): DurableOnlineStore {
  const folder = join(options.directory, shortHash(fingerprint(plan)));
  mkdirSync(folder, { recursive: true });
  return new DurableStore(plan, options, folder);
}

/** What the state depends on: the views and how the moments of their sources are read. */
const fingerprint = (plan: OnlinePlan) =>
  hashData({
    views: plan.views,
    sources: Object.entries(plan.sources)
      .filter(([name]) => plan.views.some((view) => view.source === name))
      .map(([name, { time, availableAt, contract }]) => ({ name, time, availableAt, columns: contract.columns })),
  });

const DEFAULT_SNAPSHOT_BYTES = 64 * 1024 * 1024;

class DurableStore implements DurableOnlineStore {
  readonly #memory: OnlineMemory;
  readonly #folder: string;
  readonly #threshold: number;
  #generation: number;
  #snapshotBytes = 0;
  #log: PushLog;
  #closed = false;

  constructor(plan: OnlinePlan, options: DurableOptions, folder: string) {
    this.#memory = new OnlineMemory(plan, options);
    this.#folder = folder;
    this.#threshold = options.snapshotBytes ?? DEFAULT_SNAPSHOT_BYTES;
    this.#generation = Math.max(0, ...readdirSync(folder).map((file) => Number(/^snapshot-(\d+)$/.exec(file)?.[1] ?? 0)));
    if (this.#generation > 0) this.#snapshotBytes = readSnapshot(this.#memory, this.#path('snapshot'));
    this.#log = this.#openLog();
    this.#tidy();
  }

  get pushed(): number {
    return this.#memory.pushed;
  }
  hasBatch(batch: string): boolean {
    return this.#memory.hasBatch(batch);
  }

  async push(source: string, rows: Frame, batch?: string): Promise<void> {
    this.#open();
    if (!this.#memory.pushNow(source, rows, batch)) return;
    this.#log.append({ source, batch: batch ?? null, rows: compact(rows, this.#memory.columnsOf(source)) });
    if (this.#log.bytes > Math.max(this.#threshold, this.#snapshotBytes)) await this.snapshot();
  }

  featuresOf(view: string): readonly string[] {
    return this.#memory.featuresOf(view);
  }
  read(view: string, key: readonly Scalar[], at: number, out: Float64Array, offset: number): FeatureStatus {
    return this.#memory.read(view, key, at, out, offset);
  }

  async flush(): Promise<void> {
    this.#open();
    this.#log.flush();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#log.flush();
    this.#log.close();
    this.#closed = true;
  }

  async snapshot(): Promise<void> {
    this.#open();
    const next = this.#generation + 1;
    this.#snapshotBytes = writeSnapshot(this.#memory, join(this.#folder, `snapshot-${next}`));
    this.#log.close();
    this.#generation = next;
    this.#log = this.#openLog();
    this.#tidy();
  }

  #openLog(): PushLog {
    return PushLog.open(this.#path('log'), ({ source, rows, batch }) => {
      this.#memory.pushNow(source, rows, batch ?? undefined);
    });
  }

  /** Takes away what a newer snapshot has made useless. */
  #tidy(): void {
    for (const file of readdirSync(this.#folder)) {
      const generation = /^(?:snapshot|log)-(\d+)$/.exec(file)?.[1];
      if (file.endsWith('.part') || (generation !== undefined && Number(generation) < this.#generation))
        rmSync(join(this.#folder, file));
    }
  }

  #path(kind: 'snapshot' | 'log'): string {
    return join(this.#folder, `${kind}-${this.#generation}`);
  }
  #open(): void {
    if (this.#closed) fail('MW_ONLINE_CLOSED', { what: 'The online store is closed.', where: { directory: this.#folder } });
  }
}

const slim = (column: Column): Column =>
  column.kind === 'string' && column.dictionary.length > columnLength(column)
    ? columnFrom(
        'string',
        Array.from(column.codes, (_, row) => valueAt(column, row)),
      )
    : column;

/** The named columns, with dictionaries no larger than their rows. */
function compact(rows: Frame, names: readonly string[]): Frame {
  return frame(Object.fromEntries(names.map((name) => [name, slim(rows.columns[name])])), rows.rows);
}
