import type { ColumnType, Generated } from 'kysely';

/**
 * The tables of the metadata database. Moments are epoch milliseconds UTC; columns that hold JSON are text and say so; a metric that is
 * not a number is stored as null. Only types that SQLite and Postgres share.
 */
export interface MetadataTables {
  runs: RunsTable;
  run_params: RunParamsTable;
  run_metrics: RunMetricsTable;
  run_latest_metrics: RunLatestMetricsTable;
  run_artifacts: RunArtifactsTable;
  steps: StepsTable;
  snapshots: SnapshotsTable;
  model_versions: ModelVersionsTable;
  aliases: AliasesTable;
  alias_moves: AliasMovesTable;
  audit: AuditTable;
  series: SeriesTable;
  states: StatesTable;
}

/** A column that is written once. */
type Fixed<T> = ColumnType<T, T, never>;

export interface RunsTable {
  id: Fixed<string>;
  system: Fixed<string>;
  plan_hash: Fixed<string>;
  code_hash: Fixed<string>;
  status: 'running' | 'finished' | 'failed' | 'cancelled';
  started_at: Fixed<number>;
  finished_at: number | null;
  /** Why it failed, in one sentence. */
  reason: string | null;
  /** JSON of the process that runs it. */
  owner: Fixed<string>;
}

export interface RunParamsTable {
  run_id: Fixed<string>;
  name: Fixed<string>;
  /** JSON. */
  value: string;
}

export interface RunMetricsTable {
  id: Generated<number>;
  run_id: Fixed<string>;
  name: Fixed<string>;
  step: Fixed<number>;
  value: Fixed<number | null>;
  at: Fixed<number>;
}

export interface RunLatestMetricsTable {
  run_id: Fixed<string>;
  name: Fixed<string>;
  step: number;
  value: number | null;
}

export interface RunArtifactsTable {
  run_id: Fixed<string>;
  name: Fixed<string>;
  hash: string;
  at: number;
}

export interface StepsTable {
  key: Fixed<string>;
  name: string;
  /** JSON. */
  outputs: string;
  run_id: string | null;
  at: number;
}

export interface SnapshotsTable {
  hash: Fixed<string>;
  source: Fixed<string>;
  rows: Fixed<number>;
  from_time: Fixed<number | null>;
  to_time: Fixed<number | null>;
  /** JSON: path, hash and bytes of each file. */
  files: Fixed<string>;
  at: Fixed<number>;
}

export interface ModelVersionsTable {
  model: Fixed<string>;
  version: Fixed<number>;
  content_hash: Fixed<string>;
  stage: 'active' | 'archived' | 'deleted';
  run_id: Fixed<string>;
  pipeline_hash: Fixed<string>;
  plan_hash: Fixed<string>;
  /** JSON: the rest of what was registered. */
  content: Fixed<string>;
  created_at: Fixed<number>;
}

export interface AliasesTable {
  model: Fixed<string>;
  alias: Fixed<string>;
  version: number;
}

export interface AliasMovesTable {
  id: Generated<number>;
  model: Fixed<string>;
  alias: Fixed<string>;
  from_version: Fixed<number | null>;
  to_version: Fixed<number | null>;
  actor: Fixed<string>;
  reason: Fixed<string>;
  at: Fixed<number>;
}

export interface AuditTable {
  seq: Fixed<number>;
  at: Fixed<number>;
  actor: Fixed<string>;
  action: Fixed<string>;
  subject: Fixed<string>;
  /** JSON. */
  figures: Fixed<string>;
  reason: Fixed<string>;
  previous: Fixed<string>;
  hash: Fixed<string>;
}

export interface SeriesTable {
  model: Fixed<string>;
  version: Fixed<number>;
  name: Fixed<string>;
  bucket: Fixed<number>;
  value: number | null;
  /** Rows behind the value. */
  count: number;
  /** JSON, or null. */
  detail: string | null;
}

export interface StatesTable {
  kind: Fixed<string>;
  name: Fixed<string>;
  /** JSON. */
  data: string;
  at: number;
}
