import type { Selectable } from 'kysely';
import type { Clock } from '../base/clock.js';
import type { ContentHash } from '../base/hash.js';
import type { StepsTable } from '../store/metadata/tables.js';
import type { MetadataStore } from '../store/ports.js';
import { type PlainData, toJson } from './plain-data.js';

export interface StepRecord {
  readonly key: ContentHash;
  readonly name: string;
  /** What the step gave: plain data, with artifacts by their content hash. */
  readonly outputs: PlainData;
  /** The run that did the work. */
  readonly runId: string | null;
  readonly at: number;
}

/** Steps that were done, by the hash of what went into them: the same key never needs doing again. */
export class Steps {
  readonly #metadata: MetadataStore;
  readonly #clock: Clock;

  constructor(metadata: MetadataStore, clock: Clock) {
    this.#metadata = metadata;
    this.#clock = clock;
  }

  async find(key: ContentHash): Promise<StepRecord | undefined> {
    const row = await this.#metadata.db.selectFrom('steps').selectAll().where('key', '=', key).executeTakeFirst();
    return row && toStep(row);
  }

  /** Every step that is remembered, in the order of being done. */
  async list(): Promise<readonly StepRecord[]> {
    const rows = await this.#metadata.db.selectFrom('steps').selectAll().orderBy('at').orderBy('key').execute();
    return rows.map(toStep);
  }

  /** Remembers a step's outputs; done again, the newer outputs count. */
  async remember(step: { key: ContentHash; name: string; outputs: PlainData; runId?: string | null }): Promise<void> {
    const row = {
      name: step.name,
      outputs: toJson(`outputs of the step '${step.name}'`, step.outputs),
      run_id: step.runId ?? null,
      at: this.#clock.now(),
    };
    await this.#metadata.db
      .insertInto('steps')
      .values({ key: step.key, ...row })
      .onConflict((conflict) => conflict.column('key').doUpdateSet(row))
      .execute();
  }

  /** Forgets a step, so that it is done again; false when it was not known. */
  async forget(key: ContentHash): Promise<boolean> {
    const result = await this.#metadata.db.deleteFrom('steps').where('key', '=', key).executeTakeFirst();
    return result.numDeletedRows > 0n;
  }
}

const toStep = (row: Selectable<StepsTable>): StepRecord => ({
  key: row.key as ContentHash,
  name: row.name,
  outputs: JSON.parse(row.outputs),
  runId: row.run_id,
  at: row.at,
});
