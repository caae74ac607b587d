import type { Kysely } from 'kysely';
import { fail } from '../../base/error.js';
import type { MetadataTables } from './tables.js';

type Migration = (db: Kysely<MetadataTables>) => Promise<void>;

/** The schema's history: entry i makes version i + 1. An entry that was released never changes. */
const MIGRATIONS: readonly Migration[] = [firstSchema];

interface SchemaTable {
  schema_version: { version: number };
}

/**
 * Brings a database to this version's schema, inside one transaction.
 * @throws MW_STORE_NEWER when it is ahead of this version
 */
export async function migrate(transaction: Kysely<MetadataTables>, where: string): Promise<void> {
  const schema = transaction as unknown as Kysely<SchemaTable>;
  await schema.schema
    .createTable('schema_version')
    .ifNotExists()
    .addColumn('version', 'integer', (c) => c.notNull())
    .execute();
  const version = (await schema.selectFrom('schema_version').select('version').executeTakeFirst())?.version;
  checkVersion(version ?? 0, where);
  if (version === MIGRATIONS.length) return;
  for (const step of MIGRATIONS.slice(version ?? 0)) await step(transaction);
  if (version === undefined) await schema.insertInto('schema_version').values({ version: MIGRATIONS.length }).execute();
  else await schema.updateTable('schema_version').set({ version: MIGRATIONS.length }).execute();
}

/** The version of this Millwright's schema. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/** The version of a database's schema; undefined when it has none. @throws MW_STORE_NEWER */
export async function schemaVersion(db: Kysely<MetadataTables>, where: string): Promise<number | undefined> {
  const tables = await db.introspection.getTables();
  if (!tables.some((table) => table.name === 'schema_version')) return undefined;
  const schema = db as unknown as Kysely<SchemaTable>;
  const version = (await schema.selectFrom('schema_version').select('version').executeTakeFirst())?.version;
  checkVersion(version ?? 0, where);
  return version;
}

function checkVersion(version: number, where: string): void {
  if (version > MIGRATIONS.length)
    fail('MW_STORE_NEWER', {
      what: `The metadata has schema version ${version}; this version of Millwright knows up to ${MIGRATIONS.length}.`,
      where: { file: where },
    });
}

async function firstSchema(db: Kysely<MetadataTables>): Promise<void> {
  const table = (name: keyof MetadataTables) => db.schema.createTable(name);
  await table('runs')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('system', 'text', (c) => c.notNull())
    .addColumn('plan_hash', 'text', (c) => c.notNull())
    .addColumn('code_hash', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('started_at', 'bigint', (c) => c.notNull())
    .addColumn('finished_at', 'bigint')
    .addColumn('reason', 'text')
    .addColumn('owner', 'text', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('runs_by_system').on('runs').columns(['system', 'id']).execute();
  await db.schema.createIndex('runs_by_status').on('runs').columns(['status', 'id']).execute();
  await db.schema.createIndex('runs_by_plan').on('runs').columns(['plan_hash', 'id']).execute();
  await table('run_params')
    .addColumn('run_id', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('value', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('run_params_key', ['run_id', 'name'])
    .execute();
  await db.schema.createIndex('run_params_by_value').on('run_params').columns(['name', 'value', 'run_id']).execute();
  await table('run_metrics')
    .addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
    .addColumn('run_id', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('step', 'bigint', (c) => c.notNull())
    .addColumn('value', 'double precision')
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('run_metrics_by_run').on('run_metrics').columns(['run_id', 'name', 'step']).execute();
  await table('run_latest_metrics')
    .addColumn('run_id', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('step', 'bigint', (c) => c.notNull())
    .addColumn('value', 'double precision')
    .addPrimaryKeyConstraint('run_latest_metrics_key', ['run_id', 'name'])
    .execute();
  await db.schema
    .createIndex('run_latest_metrics_by_value')
    .on('run_latest_metrics')
    .columns(['name', 'value', 'run_id'])
    .execute();
  await table('run_artifacts')
    .addColumn('run_id', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('run_artifacts_key', ['run_id', 'name'])
    .execute();
  await table('steps')
    .addColumn('key', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('outputs', 'text', (c) => c.notNull())
    .addColumn('run_id', 'text')
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute();
  await table('snapshots')
    .addColumn('hash', 'text', (c) => c.primaryKey())
    .addColumn('source', 'text', (c) => c.notNull())
    .addColumn('rows', 'bigint', (c) => c.notNull())
    .addColumn('from_time', 'bigint')
    .addColumn('to_time', 'bigint')
    .addColumn('files', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('snapshots_by_source').on('snapshots').columns(['source', 'at']).execute();
  await table('model_versions')
    .addColumn('model', 'text', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('content_hash', 'text', (c) => c.notNull())
    .addColumn('stage', 'text', (c) => c.notNull())
    .addColumn('run_id', 'text', (c) => c.notNull())
    .addColumn('pipeline_hash', 'text', (c) => c.notNull())
    .addColumn('plan_hash', 'text', (c) => c.notNull())
    .addColumn('content', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('model_versions_key', ['model', 'version'])
    .execute();
  await db.schema.createIndex('model_versions_by_content').on('model_versions').columns(['model', 'content_hash']).execute();
  await db.schema.createIndex('model_versions_by_run').on('model_versions').columns(['run_id']).execute();
  await table('aliases')
    .addColumn('model', 'text', (c) => c.notNull())
    .addColumn('alias', 'text', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('aliases_key', ['model', 'alias'])
    .execute();
  await table('alias_moves')
    .addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
    .addColumn('model', 'text', (c) => c.notNull())
    .addColumn('alias', 'text', (c) => c.notNull())
    .addColumn('from_version', 'integer')
    .addColumn('to_version', 'integer')
    .addColumn('actor', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('alias_moves_by_alias').on('alias_moves').columns(['model', 'alias', 'id']).execute();
  await table('audit')
    .addColumn('seq', 'integer', (c) => c.primaryKey())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('actor', 'text', (c) => c.notNull())
    .addColumn('action', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('figures', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('previous', 'text', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('audit_by_subject').on('audit').columns(['subject', 'seq']).execute();
  await db.schema.createIndex('audit_by_action').on('audit').columns(['action', 'seq']).execute();
  await table('series')
    .addColumn('model', 'text', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('bucket', 'bigint', (c) => c.notNull())
    .addColumn('value', 'double precision')
    .addColumn('count', 'bigint', (c) => c.notNull())
    .addColumn('detail', 'text')
    .addPrimaryKeyConstraint('series_key', ['model', 'name', 'bucket', 'version'])
    .execute();
  await table('states')
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('data', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('states_key', ['kind', 'name'])
    .execute();
}
