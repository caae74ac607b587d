import type { Kysely, Transaction } from 'kysely';
import type { ContentHash } from '../base/hash.js';
import type { Scalar } from '../frame/column.js';
import type { Frame } from '../frame/frame.js';
import type { MetadataTables } from './metadata/tables.js';

/** Content-addressed bytes. A write is all or nothing; what has a name never changes. */
export interface ArtifactStore {
  /** Stores bytes and names them; storing the same bytes again does nothing. */
  put(bytes: Uint8Array): Promise<ContentHash>;
  /** Stores a file's bytes (copied, by reflink where the disk can) and names them. */
  putFile(path: string): Promise<{ readonly hash: ContentHash; readonly bytes: number }>;
  /** @throws MW_ARTIFACT_MISSING, MW_ARTIFACT_CORRUPT when the bytes do not match their name */
  get(hash: ContentHash): Promise<Uint8Array>;
  has(hash: ContentHash): Promise<boolean>;
  /** A local path that holds the bytes, for readers that want a file. */
  pathOf(hash: ContentHash): Promise<string>;
  /** Everything that is stored, with its size and when it was stored (epoch ms). */
  list(): AsyncIterable<{ readonly hash: ContentHash; readonly bytes: number; readonly at: number }>;
  /** Lets go of what has a name; nothing happens where it is not stored. */
  remove(hash: ContentHash): Promise<void>;
}

/**
 * An append-only log by topic. A record is opaque bytes; it is there whole or not at all after a crash, and keeps its place
 * (`offset`, counted from 0) for ever.
 */
export interface EventLog {
  /** Appends in order; resolves when the records would survive a kill of the process. Returns the offset of the first. */
  append(topic: string, records: readonly Uint8Array[]): Promise<number>;
  /** Records from an offset on, in order. */
  read(topic: string, from?: number): AsyncIterable<{ readonly offset: number; readonly record: Uint8Array }>;
  /** Number of records. */
  length(topic: string): Promise<number>;
  /** Resolves when everything appended would survive a power cut. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** What can be let go of in an event log: its oldest records. Those that stay keep their offsets. */
export interface EventRetention {
  /** Topics that there are, in order of their names. */
  topics(): Promise<readonly string[]>;
  /** Bytes of a topic, and of those what `forget` would free. */
  extent(topic: string, before: number): Promise<{ readonly bytes: number; readonly old: number }>;
  /**
   * Lets go of what was appended before a moment (epoch ms), as far as nothing later is stored with it; what is appended from now on is
   * stored apart. Returns the bytes that were freed.
   */
  forget(topic: string, before: number): Promise<number>;
}

/**
 * Tables of small facts: runs, models, audit, series, jobs. Several processes may use them at once; a writer waits for another. What was
 * acknowledged survives a kill of the process.
 */
export interface MetadataStore {
  /** Typed queries; a single statement is all or nothing. Not to be used inside `transaction`, which would wait for itself. */
  readonly db: Kysely<MetadataTables>;
  /** Several statements, all or nothing; nobody else writes meanwhile, so keep it short. */
  transaction<T>(work: (transaction: Transaction<MetadataTables>) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface PushOutcome {
  /** The same rows were pushed under that batch before: they counted then, and not again. */
  readonly repeated: boolean;
}

/** What is known of an entity in a view as of a moment. */
export type FeatureStatus = 'PRESENT' | 'NOT_FOUND';

/**
 * The online side of the feature views: the same aggregates as history, kept up to date row by row. Reads are as of a moment: a row
 * counts when t - span <= event time < t and it was available at t. Late rows, corrections and repeats converge to the same state.
 */
export interface OnlineStore {
  /**
   * Feeds rows of a source into every view over it. Rows may come before they are available (they count from then on).
   * The same rows under a `batch` that the source had before change nothing. `digest` tells the rows of a batch from others; it is taken
   * of the columns that the views need unless given.
   * @throws MW_FEATURES_SOURCE_MISSING, MW_FEATURES_TIME_MISSING, MW_ONLINE_BATCH_CONFLICT, MW_STORE_FULL; then nothing was changed
   */
  push(source: string, rows: Frame, batch?: string, digest?: string): Promise<PushOutcome>;
  /** Index of a feature of a view within `read`'s output, in plan order. */
  featuresOf(view: string): readonly string[];
  /** Writes the view's window features for one entity as of `at` at `offset` of `out` (NaN for missing). Allocates nothing. */
  read(view: string, key: readonly Scalar[], at: number, out: Float64Array, offset: number): FeatureStatus;
  /** Makes what was pushed survive a crash. */
  flush(): Promise<void>;
  close(): Promise<void>;
}
