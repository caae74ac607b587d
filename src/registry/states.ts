import type { Clock } from '../base/clock.js';
import { fail } from '../base/error.js';
import type { MetadataStore } from '../store/ports.js';
import { type PlainData, toJson } from './plain-data.js';

/** Whose state it is: a signal (when it last fired), a job (how far it is), a trigger, a rollout. */
export type StateKind = 'signal' | 'job' | 'trigger' | 'rollout';

export interface State {
  readonly name: string;
  readonly data: PlainData;
  readonly at: number;
}

/** Small things to remember between looks: the newest state of each name. */
export class States {
  readonly #metadata: MetadataStore;
  readonly #clock: Clock;

  constructor(metadata: MetadataStore, clock: Clock) {
    this.#metadata = metadata;
    this.#clock = clock;
  }

  async set(kind: StateKind, name: string, data: PlainData): Promise<void> {
    const row = { data: toJson(`state of '${name}'`, data), at: this.#clock.now() };
    await this.#metadata.db
      .insertInto('states')
      .values({ kind, name, ...row })
      .onConflict((conflict) => conflict.columns(['kind', 'name']).doUpdateSet(row))
      .execute();
  }

  async find(kind: StateKind, name: string): Promise<State | undefined> {
    return (await this.#select(kind, name))[0];
  }

  async list(kind: StateKind): Promise<readonly State[]> {
    return this.#select(kind);
  }

  /** Changes a state from what it is to what `next` makes of it, with nobody else in between; returns the new one. */
  async update(kind: StateKind, name: string, next: (now: PlainData | undefined) => PlainData): Promise<PlainData> {
    return this.#metadata.transaction(async (inside) => {
      const row = await inside
        .selectFrom('states')
        .select('data')
        .where('kind', '=', kind)
        .where('name', '=', name)
        .executeTakeFirst();
      const data = next(row ? (JSON.parse(row.data) as PlainData) : undefined);
      if (data === undefined) fail('MW_REGISTRY_INVALID', { what: `The state of '${name}' is undefined.` });
      const values = { data: toJson(`state of '${name}'`, data), at: this.#clock.now() };
      await inside
        .insertInto('states')
        .values({ kind, name, ...values })
        .onConflict((conflict) => conflict.columns(['kind', 'name']).doUpdateSet(values))
        .execute();
      return data;
    });
  }

  async #select(kind: StateKind, name?: string): Promise<readonly State[]> {
    let query = this.#metadata.db.selectFrom('states').select(['name', 'data', 'at']).where('kind', '=', kind).orderBy('name');
    if (name !== undefined) query = query.where('name', '=', name);
    return (await query.execute()).map((row) => ({ name: row.name, data: JSON.parse(row.data) as PlainData, at: row.at }));
  }
}
