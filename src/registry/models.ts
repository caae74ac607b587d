import type { Kysely, Selectable, Transaction } from 'kysely';
import type { Clock } from '../base/clock.js';
import { fail } from '../base/error.js';
import { type ContentHash, hashData } from '../base/hash.js';
import { didYouMean } from '../base/nearest.js';
import type { MetadataTables, ModelVersionsTable } from '../store/metadata/tables.js';
import type { ArtifactStore, MetadataStore } from '../store/ports.js';
import type { AuditLog } from './audit.js';
import { checkName, checkText } from './check-input.js';
import { parseModelReference } from './model-reference.js';
import { type PlainData, sayable, toJson } from './plain-data.js';

/** What is registered as a version of a model: everything needed to serve it, judge it and make it again. */
export interface Registration {
  readonly model: string;
  /** The serialized pipeline (encoder and model). */
  readonly pipeline: ContentHash;
  readonly runId: string;
  readonly planHash: ContentHash;
  /** The plan's canonical JSON. */
  readonly plan: ContentHash;
  readonly snapshots: readonly ContentHash[];
  readonly codeHash: ContentHash;
  readonly seed: number;
  readonly estimator: string;
  readonly params: Readonly<Record<string, PlainData>>;
  /** By slice of the data ('validation', 'test'), then by metric. */
  readonly metrics: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly evaluation: ContentHash | null;
  readonly report: ContentHash | null;
  /** Profile of the training data that drift is measured against. */
  readonly reference: ContentHash | null;
}

export type Stage = 'active' | 'archived';

export interface ModelVersion extends Registration {
  readonly version: number;
  /** `<model>:<version>` */
  readonly id: string;
  readonly stage: Stage;
  /** Hash of what makes it this model: pipeline, plan, data, code, seed, estimator and parameters. */
  readonly hash: ContentHash;
  readonly createdAt: number;
  readonly aliases: readonly string[];
}

export interface ModelSummary {
  readonly name: string;
  readonly versions: number;
  readonly latest: number;
  readonly aliases: Readonly<Record<string, number>>;
}

export interface AliasMove {
  readonly alias: string;
  readonly from: number | null;
  readonly to: number | null;
  readonly actor: string;
  readonly reason: string;
  readonly at: number;
}

/** Who does something, and why; `figures` are what the decision rests on. */
export interface Act {
  readonly actor: string;
  readonly reason: string;
  readonly figures?: Readonly<Record<string, unknown>>;
}

type Db = Kysely<MetadataTables>;
type Inside = Transaction<MetadataTables>;

/** The versions of each model, and the aliases (champion, challenger, any other) that point to them. */
export class Models {
  readonly #metadata: MetadataStore;
  readonly #artifacts: ArtifactStore;
  readonly #audit: AuditLog;
  readonly #clock: Clock;

  constructor(metadata: MetadataStore, artifacts: ArtifactStore, audit: AuditLog, clock: Clock) {
    this.#metadata = metadata;
    this.#artifacts = artifacts;
    this.#audit = audit;
    this.#clock = clock;
  }

  /**
   * Registers a version; the same pipeline of the same plan, data, code, seed and parameters is the version that it already was
   * (`isNew` is false then). Artifacts must be in the store first, so that a version never points to nothing.
   * @throws MW_ARTIFACT_MISSING, MW_REGISTRY_INVALID
   */
  async register(given: Registration, act: Act): Promise<{ readonly version: ModelVersion; readonly isNew: boolean }> {
    checkName('model', given.model);
    const { model, runId, metrics, evaluation, report, reference, ...identity } = given;
    for (const hash of [given.pipeline, given.plan, evaluation, report, reference])
      if (hash !== null) await this.#artifacts.pathOf(hash);
    const content = toJson('registration', { ...identity, evaluation, report, reference, metrics: sayable(metrics) });
    const hash = hashData(identity);
    const { number, isNew } = await this.#metadata.transaction(async (inside) => {
      const rows = inside.selectFrom('model_versions').where('model', '=', model);
      const same = await rows
        .select('version')
        .where('content_hash', '=', hash)
        .where('stage', '!=', 'deleted')
        .executeTakeFirst();
      if (same) return { number: same.version, isNew: false };
      const last = await rows.select('version').orderBy('version', 'desc').limit(1).executeTakeFirst();
      const next = (last?.version ?? 0) + 1;
      await inside
        .insertInto('model_versions')
        .values({
          model,
          version: next,
          content_hash: hash,
          stage: 'active',
          run_id: runId,
          pipeline_hash: given.pipeline,
          plan_hash: given.planHash,
          content,
          created_at: this.#clock.now(),
        })
        .execute();
      const figures = { ...act.figures, pipeline: given.pipeline, run: runId, metrics };
      await this.#audit.recordWithin(inside, { ...act, action: 'model.register', subject: `${model}:${next}`, figures });
      return { number: next, isNew: true };
    });
    return { version: await this.get(model, number), isNew };
  }

  /** @throws MW_REGISTRY_MODEL_UNKNOWN, MW_REGISTRY_VERSION_UNKNOWN */
  async get(model: string, version: number): Promise<ModelVersion> {
    const row = await versionRow(this.#metadata.db, model, version);
    const aliases = await aliasesOf(this.#metadata.db, model);
    return toVersion(row, aliases);
  }

  /**
   * The version that 'name:3', 'name@alias' or 'name' speaks of; a bare name is the champion, and before there is one the latest active
   * version.
   * @throws MW_REGISTRY_REFERENCE_INVALID, MW_REGISTRY_MODEL_UNKNOWN, MW_REGISTRY_VERSION_UNKNOWN, MW_REGISTRY_ALIAS_UNKNOWN
   */
  async resolve(text: string): Promise<ModelVersion> {
    const reference = parseModelReference(text);
    const { model } = reference;
    if (reference.kind === 'version') return this.get(model, reference.version);
    const versions = await this.versions(model);
    const aliases = await aliasesOf(this.#metadata.db, model);
    const alias = reference.kind === 'alias' ? reference.alias : 'champion';
    const number = aliases.get(alias);
    const found =
      number !== undefined
        ? versions.find(({ version }) => version === number)
        : reference.kind === 'default'
          ? versions.findLast(({ stage }) => stage === 'active')
          : undefined;
    if (found) return found;
    if (reference.kind === 'default')
      fail('MW_REGISTRY_VERSION_UNKNOWN', { what: `The model '${model}' has no active version.`, where: { model } });
    return fail('MW_REGISTRY_ALIAS_UNKNOWN', {
      what: `The model '${model}' has no alias '${alias}'.${didYouMean(alias, aliases.keys())}`,
      where: { model, alias },
      fix: aliases.size > 0 ? `Aliases: ${[...aliases.keys()].join(', ')}.` : `Set one, or use a version such as '${model}:1'.`,
    });
  }

  async list(): Promise<readonly ModelSummary[]> {
    const rows = await this.#metadata.db
      .selectFrom('model_versions')
      .select((e) => ['model', e.fn.countAll<number>().as('versions'), e.fn.max('version').as('latest')])
      .where('stage', '!=', 'deleted')
      .groupBy('model')
      .orderBy('model')
      .execute();
    const aliases = await this.#metadata.db.selectFrom('aliases').selectAll().orderBy('alias').execute();
    return rows.map(({ model, versions, latest }) => ({
      name: model,
      versions: Number(versions),
      latest: Number(latest),
      aliases: Object.fromEntries(aliases.filter((row) => row.model === model).map(({ alias, version }) => [alias, version])),
    }));
  }

  /** All versions of a model, oldest first. @throws MW_REGISTRY_MODEL_UNKNOWN */
  async versions(model: string): Promise<readonly ModelVersion[]> {
    const rows = await this.#metadata.db
      .selectFrom('model_versions')
      .selectAll()
      .where('model', '=', model)
      .where('stage', '!=', 'deleted')
      .orderBy('version')
      .execute();
    if (rows.length === 0) await failModelUnknown(this.#metadata.db, model);
    const aliases = await aliasesOf(this.#metadata.db, model);
    return rows.map((row) => toVersion(row, aliases));
  }

  /** Points an alias to a version, or takes it away (null). */
  async setAlias(model: string, alias: string, version: number | null, act: Act): Promise<void> {
    await this.moveAliases(model, { [alias]: version }, act);
  }

  /**
   * Moves several aliases of a model at once (a promotion: the challenger becomes champion and is challenger no more). Each move goes to
   * its history and to the audit log, together with the change.
   * @throws MW_REGISTRY_VERSION_UNKNOWN, MW_REGISTRY_ARCHIVED, MW_REGISTRY_ALIAS_UNKNOWN when taking away what is not there
   */
  async moveAliases(model: string, moves: Readonly<Record<string, number | null>>, act: Act): Promise<void> {
    for (const alias of Object.keys(moves)) parseModelReference(`${model}@${alias}`);
    checkText('reason', act.reason);
    await this.#metadata.transaction(async (inside) => {
      const aliases = await aliasesOf(inside, model);
      for (const [alias, to] of Object.entries(moves)) {
        const from = aliases.get(alias) ?? null;
        if (from === to && to !== null) continue;
        if (to !== null) {
          const row = await versionRow(inside, model, to);
          if (row.stage === 'archived')
            fail('MW_REGISTRY_ARCHIVED', {
              what: `'${model}:${to}' is archived and cannot become '${alias}'.`,
              where: { model },
            });
          await inside
            .insertInto('aliases')
            .values({ model, alias, version: to })
            .onConflict((conflict) => conflict.columns(['model', 'alias']).doUpdateSet({ version: to }))
            .execute();
        } else {
          if (from === null)
            fail('MW_REGISTRY_ALIAS_UNKNOWN', {
              what: `The model '${model}' has no alias '${alias}'.`,
              where: { model, alias },
            });
          await inside.deleteFrom('aliases').where('model', '=', model).where('alias', '=', alias).execute();
        }
        const { actor, reason } = act;
        await inside
          .insertInto('alias_moves')
          .values({ model, alias, from_version: from, to_version: to, actor, reason, at: this.#clock.now() })
          .execute();
        const figures = { ...act.figures, from, to };
        await this.#audit.recordWithin(inside, { actor, reason, action: 'alias.move', subject: `${model}@${alias}`, figures });
      }
    });
  }

  /** Moves of a model's aliases, or of one of them, oldest first. */
  async aliasHistory(model: string, alias?: string): Promise<readonly AliasMove[]> {
    let query = this.#metadata.db.selectFrom('alias_moves').selectAll().where('model', '=', model).orderBy('id');
    if (alias !== undefined) query = query.where('alias', '=', alias);
    return (await query.execute()).map((row) => ({
      alias: row.alias,
      from: row.from_version,
      to: row.to_version,
      actor: row.actor,
      reason: row.reason,
      at: row.at,
    }));
  }

  /** @throws MW_REGISTRY_ALIASED when an aliased version is to be archived */
  async setStage(model: string, version: number, stage: Stage, act: Act): Promise<void> {
    const action = stage === 'archived' ? 'model.archive' : 'model.activate';
    await this.#retire(model, version, stage, action, act);
  }

  /**
   * Takes a version out of the registry; its number is not given again, and what it was stays on record for lineage.
   * @throws MW_REGISTRY_ALIASED
   */
  async delete(model: string, version: number, act: Act): Promise<void> {
    await this.#retire(model, version, 'deleted', 'model.delete', act);
  }

  async #retire(model: string, version: number, stage: ModelVersionsTable['stage'], action: string, act: Act): Promise<void> {
    await this.#metadata.transaction(async (inside) => {
      const row = await versionRow(inside, model, version);
      const held = [...(await aliasesOf(inside, model))].filter(([, number]) => number === version).map(([alias]) => alias);
      if (stage !== 'active' && held.length > 0)
        fail('MW_REGISTRY_ALIASED', {
          what: `'${model}:${version}' is ${held.map((alias) => `'${alias}'`).join(' and ')}.`,
          where: { model, version },
        });
      if (row.stage === stage) return;
      await inside
        .updateTable('model_versions')
        .set({ stage })
        .where('model', '=', model)
        .where('version', '=', version)
        .execute();
      await this.#audit.recordWithin(inside, { ...act, action, subject: `${model}:${version}` });
    });
  }
}

async function aliasesOf(db: Db | Inside, model: string): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('aliases')
    .select(['alias', 'version'])
    .where('model', '=', model)
    .orderBy('alias')
    .execute();
  return new Map(rows.map(({ alias, version }) => [alias, version]));
}

async function versionRow(db: Db | Inside, model: string, version: number): Promise<Selectable<ModelVersionsTable>> {
  const row = await db
    .selectFrom('model_versions')
    .selectAll()
    .where('model', '=', model)
    .where('version', '=', version)
    .where('stage', '!=', 'deleted')
    .executeTakeFirst();
  if (row) return row;
  const rows = await db
    .selectFrom('model_versions')
    .select(['version', 'stage'])
    .where('model', '=', model)
    .orderBy('version')
    .execute();
  const alive = rows.filter(({ stage }) => stage !== 'deleted').map((each) => each.version);
  if (alive.length === 0) await failModelUnknown(db, model);
  const deleted = rows.length > alive.length && rows.some((each) => each.version === version);
  return fail('MW_REGISTRY_VERSION_UNKNOWN', {
    what: deleted ? `Version ${version} of '${model}' was deleted.` : `The model '${model}' has no version ${version}.`,
    where: { model, version },
    fix: `Versions: ${alive.length > 10 ? `${alive[0]} to ${alive.at(-1)}` : alive.join(', ')}.`,
  });
}

async function failModelUnknown(db: Db | Inside, model: string): Promise<never> {
  const rows = await db.selectFrom('model_versions').select('model').distinct().where('stage', '!=', 'deleted').execute();
  const names = rows.map((row) => row.model);
  return fail('MW_REGISTRY_MODEL_UNKNOWN', {
    what: `There is no model '${model}'.${didYouMean(model, names)}`,
    where: { model },
    fix: names.length > 0 ? `Models: ${names.slice(0, 10).join(', ')}${names.length > 10 ? ', ...' : ''}.` : 'Train one first.',
  });
}

function toVersion(row: Selectable<ModelVersionsTable>, aliases: ReadonlyMap<string, number>): ModelVersion {
  const content = JSON.parse(row.content) as Omit<Registration, 'model' | 'runId'>;
  return {
    ...content,
    // A metric that JSON cannot say is kept as its text.
    metrics: numbers(content.metrics),
    model: row.model,
    runId: row.run_id,
    version: row.version,
    id: `${row.model}:${row.version}`,
    stage: row.stage === 'archived' ? 'archived' : 'active',
    hash: row.content_hash as ContentHash,
    createdAt: row.created_at,
    aliases: [...aliases].filter(([, version]) => version === row.version).map(([alias]) => alias),
  };
}

function numbers(metrics: Registration['metrics']): Registration['metrics'] {
  return Object.fromEntries(
    Object.entries(metrics).map(([slice, values]) => [
      slice,
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value)])),
    ]),
  );
}
