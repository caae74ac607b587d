import type { Selectable } from 'kysely';
import type { Clock } from '../base/clock.js';
import { fail } from '../base/error.js';
import type { ContentHash } from '../base/hash.js';
import type { SnapshotsTable } from '../store/metadata/tables.js';
import type { MetadataStore } from '../store/ports.js';
import { checkWhole } from './check-input.js';
import { toJson } from './plain-data.js';

/** A file of a snapshot. `artifact` names its bytes in the artifact store; null when only the path was kept. */
export interface SnapshotFile {
  readonly path: string;
  readonly bytes: number;
  readonly hash: ContentHash;
  readonly artifact: ContentHash | null;
}

/** The rows of a source at one moment, by the hash of their content. */
export interface Snapshot {
  readonly hash: ContentHash;
  readonly source: string;
  readonly rows: number;
  /** First and last event time, epoch milliseconds; null for a source without time. */
  readonly from: number | null;
  readonly to: number | null;
  readonly files: readonly SnapshotFile[];
  /** When it was first seen. */
  readonly at: number;
}

export class Snapshots {
  readonly #metadata: MetadataStore;
  readonly #clock: Clock;

  constructor(metadata: MetadataStore, clock: Clock) {
    this.#metadata = metadata;
    this.#clock = clock;
  }

  /** Records a snapshot; one that is known already stays as it was first seen. */
  async record(snapshot: Omit<Snapshot, 'at'>): Promise<void> {
    checkWhole('number of rows', snapshot.rows);
    await this.#metadata.db
      .insertInto('snapshots')
      .values({
        hash: snapshot.hash,
        source: snapshot.source,
        rows: snapshot.rows,
        from_time: snapshot.from,
        to_time: snapshot.to,
        files: toJson('files', snapshot.files),
        at: this.#clock.now(),
      })
      .onConflict((conflict) => conflict.column('hash').doNothing())
      .execute();
  }

  async find(hash: ContentHash): Promise<Snapshot | undefined> {
    const row = await this.#metadata.db.selectFrom('snapshots').selectAll().where('hash', '=', hash).executeTakeFirst();
    return row && toSnapshot(row);
  }

  /** @throws MW_SNAPSHOT_UNKNOWN */
  async get(hash: ContentHash): Promise<Snapshot> {
    return (await this.find(hash)) ?? fail('MW_SNAPSHOT_UNKNOWN', { what: `There is no record of the snapshot ${hash}.` });
  }

  /** Snapshots of a source, or of all, newest first. */
  async list(source?: string): Promise<readonly Snapshot[]> {
    let query = this.#metadata.db.selectFrom('snapshots').selectAll().orderBy('at', 'desc').orderBy('hash');
    if (source !== undefined) query = query.where('source', '=', source);
    return (await query.execute()).map(toSnapshot);
  }
}

const toSnapshot = (row: Selectable<SnapshotsTable>): Snapshot => ({
  hash: row.hash as ContentHash,
  source: row.source,
  rows: row.rows,
  from: row.from_time,
  to: row.to_time,
  files: JSON.parse(row.files),
  at: row.at,
});
