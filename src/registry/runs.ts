import type { Selectable, Transaction } from 'kysely';
import type { Clock } from '../base/clock.js';
import { fail } from '../base/error.js';
import type { ContentHash } from '../base/hash.js';
import type { Random } from '../base/random.js';
import type { MetadataTables, RunsTable } from '../store/metadata/tables.js';
import type { MetadataStore } from '../store/ports.js';
import { currentProcess, isAlive, readIdentity } from '../store/process-identity.js';
import { checkName, checkWhole } from './check-input.js';
import { type PlainData, toJson } from './plain-data.js';
import { newRunId } from './run-id.js';
import { type RunSearch, searchRuns } from './run-search.js';

/** 'interrupted' is a run whose process died before it could say how it ended. */
export type RunStatus = 'running' | 'finished' | 'failed' | 'cancelled' | 'interrupted';

export interface Run {
  readonly id: string;
  readonly system: string;
  readonly planHash: ContentHash;
  readonly codeHash: ContentHash;
  readonly status: RunStatus;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  /** Why it failed, when it did. */
  readonly reason: string | null;
  readonly params: Readonly<Record<string, PlainData>>;
  /** The last logged value of each metric; NaN where that was not a number. */
  readonly metrics: Readonly<Record<string, number>>;
}

export interface RunStart {
  readonly system: string;
  readonly planHash: ContentHash;
  readonly codeHash: ContentHash;
  readonly params?: Readonly<Record<string, PlainData>>;
}

export interface MetricPoint {
  readonly step: number;
  readonly value: number;
  readonly at: number;
}

type Inside = Transaction<MetadataTables>;

/** Runs of systems: what went in, what was measured, what came out. */
export class Runs {
  readonly #metadata: MetadataStore;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(metadata: MetadataStore, clock: Clock, random: Random) {
    this.#metadata = metadata;
    this.#clock = clock;
    this.#random = random;
  }

  /** Begins a run of this process; returns its id. */
  async start(run: RunStart): Promise<string> {
    checkName('system', run.system);
    const params = paramRows(run.params ?? {});
    return this.#metadata.transaction(async (inside) => {
      let id = newRunId(this.#clock, this.#random);
      while (await inside.selectFrom('runs').select('id').where('id', '=', id).executeTakeFirst())
        id = newRunId(this.#clock, this.#random);
      await inside
        .insertInto('runs')
        .values({
          id,
          system: run.system,
          plan_hash: run.planHash,
          code_hash: run.codeHash,
          status: 'running',
          started_at: this.#clock.now(),
          finished_at: null,
          reason: null,
          owner: JSON.stringify(currentProcess()),
        })
        .execute();
      await writeParams(inside, id, params);
      return id;
    });
  }

  async logParams(id: string, params: Readonly<Record<string, PlainData>>): Promise<void> {
    const rows = paramRows(params);
    await this.#change(id, (inside) => writeParams(inside, id, rows));
  }

  /** Logs metrics of one step. Every value is kept; the one of the highest step (the latest of them) stands for the run. */
  async logMetrics(id: string, metrics: Readonly<Record<string, number>>, step = 0): Promise<void> {
    checkWhole('step', step);
    const at = this.#clock.now();
    const rows = Object.entries(metrics).map(([name, value]) => {
      if (typeof value !== 'number')
        fail('MW_REGISTRY_INVALID', { what: `The metric '${name}' must be a number, not ${JSON.stringify(value)}.` });
      return { run_id: id, name, step, value: Number.isNaN(value) ? null : value };
    });
    if (rows.length === 0) return;
    await this.#change(id, async (inside) => {
      await inside
        .insertInto('run_metrics')
        .values(rows.map((row) => ({ ...row, at })))
        .execute();
      await inside
        .insertInto('run_latest_metrics')
        .values(rows)
        .onConflict((conflict) =>
          conflict
            .columns(['run_id', 'name'])
            .doUpdateSet((e) => ({ step: e.ref('excluded.step'), value: e.ref('excluded.value') }))
            .whereRef('excluded.step', '>=', 'run_latest_metrics.step'),
        )
        .execute();
    });
  }

  /** Names an artifact of the run; the same name again means the newer one. */
  async logArtifact(id: string, name: string, hash: ContentHash): Promise<void> {
    const at = this.#clock.now();
    await this.#change(id, async (inside) => {
      await inside
        .insertInto('run_artifacts')
        .values({ run_id: id, name, hash, at })
        .onConflict((conflict) => conflict.columns(['run_id', 'name']).doUpdateSet({ hash, at }))
        .execute();
    });
  }

  /** @throws MW_RUN_UNKNOWN, MW_RUN_ENDED */
  async finish(id: string, status: 'finished' | 'failed' | 'cancelled', reason: string | null = null): Promise<void> {
    const finished_at = this.#clock.now();
    await this.#change(id, async (inside) => {
      await inside.updateTable('runs').set({ status, reason, finished_at }).where('id', '=', id).execute();
    });
  }

  /** @throws MW_RUN_UNKNOWN */
  async get(id: string): Promise<Run> {
    const row = await this.#metadata.db.selectFrom('runs').selectAll().where('id', '=', id).executeTakeFirst();
    return (await this.#complete(row ? [row] : failUnknown(id)))[0] as Run;
  }

  /** Runs that match, newest first unless ordered by a metric. */
  async search(search: RunSearch = {}): Promise<readonly Run[]> {
    return this.#complete(await searchRuns(this.#metadata.db, search, statusOf));
  }

  async artifacts(id: string): Promise<Readonly<Record<string, ContentHash>>> {
    const rows = await this.#metadata.db
      .selectFrom('run_artifacts')
      .select(['name', 'hash'])
      .where('run_id', '=', id)
      .execute();
    return Object.fromEntries(rows.map(({ name, hash }) => [name, hash as ContentHash]));
  }

  /** All values of a metric, by step, then in the order they were logged. */
  async metricHistory(id: string, name: string): Promise<readonly MetricPoint[]> {
    const rows = await this.#metadata.db
      .selectFrom('run_metrics')
      .select(['step', 'value', 'at'])
      .where('run_id', '=', id)
      .where('name', '=', name)
      .orderBy('step')
      .orderBy('id')
      .execute();
    return rows.map((row) => ({ step: row.step, value: row.value ?? Number.NaN, at: row.at }));
  }

  /** A change to a run that has not ended. */
  async #change(id: string, work: (inside: Inside) => Promise<void>): Promise<void> {
    await this.#metadata.transaction(async (inside) => {
      const run = await inside.selectFrom('runs').select('status').where('id', '=', id).executeTakeFirst();
      if (!run) failUnknown(id);
      if (run.status !== 'running')
        fail('MW_RUN_ENDED', { what: `The run ${id} has ended (${run.status}).`, where: { run: id } });
      await work(inside);
    });
  }

  async #complete(rows: readonly Selectable<RunsTable>[]): Promise<readonly Run[]> {
    if (rows.length === 0) return [];
    const ids = rows.map((row) => row.id);
    const params = new Map<string, Record<string, PlainData>>(ids.map((id) => [id, {}]));
    const metrics = new Map<string, Record<string, number>>(ids.map((id) => [id, {}]));
    const db = this.#metadata.db;
    for (let i = 0; i < ids.length; i += 500) {
      const some = ids.slice(i, i + 500);
      for (const row of await db.selectFrom('run_params').selectAll().where('run_id', 'in', some).execute())
        (params.get(row.run_id) as Record<string, PlainData>)[row.name] = JSON.parse(row.value);
      for (const row of await db.selectFrom('run_latest_metrics').selectAll().where('run_id', 'in', some).execute())
        (metrics.get(row.run_id) as Record<string, number>)[row.name] = row.value ?? Number.NaN;
    }
    return rows.map((row) => ({
      id: row.id,
      system: row.system,
      planHash: row.plan_hash as ContentHash,
      codeHash: row.code_hash as ContentHash,
      status: statusOf(row),
      startedAt: row.started_at,
      finishedAt: row.finished_at,
      reason: row.reason,
      params: params.get(row.id) ?? {},
      metrics: metrics.get(row.id) ?? {},
    }));
  }
}

function statusOf(row: Pick<Selectable<RunsTable>, 'status' | 'owner'>): RunStatus {
  if (row.status !== 'running') return row.status;
  const owner = readIdentity(JSON.parse(row.owner));
  return owner && isAlive(owner) ? 'running' : 'interrupted';
}

const paramRows = (params: Readonly<Record<string, PlainData>>) =>
  Object.entries(params).map(([name, value]) => ({ name, value: toJson(`parameter '${name}'`, value) }));

async function writeParams(inside: Inside, id: string, rows: readonly { name: string; value: string }[]): Promise<void> {
  for (const { name, value } of rows)
    await inside
      .insertInto('run_params')
      .values({ run_id: id, name, value })
      .onConflict((conflict) => conflict.columns(['run_id', 'name']).doUpdateSet({ value }))
      .execute();
}

function failUnknown(id: string): never {
  fail('MW_RUN_UNKNOWN', { what: `There is no run '${id}'.`, where: { run: id } });
}
