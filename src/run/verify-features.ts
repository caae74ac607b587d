import { random, shuffle } from '../base/random.js';
import type { SystemPlan } from '../define/plan.js';
import { type DuckDBConnection, withDatabase } from '../engines/duckdb/database.js';
import { registerFrame } from '../engines/duckdb/from-frame.js';
import { frameOf } from '../engines/duckdb/to-frame.js';
import { duckdb } from '../engines/sql/duckdb.js';
import { type ConsistencyReport, compareOnlineOffline } from '../features/consistency.js';
import { featureSql } from '../features/feature-sql.js';
import { featureTable, spineOfLabels } from '../features/feature-table.js';
import { type Column, MISSING_BOOLEAN } from '../frame/column.js';
import { columnOf, type Frame, frame, withColumns } from '../frame/frame.js';
import { writeTable } from '../ingest/write-table.js';
import { readSources } from './read-sources.js';
import type { Workspace } from './workspace.js';

/** Largest relative difference of two numbers that counts as equal: sums are rounded in another order in SQL. */
export const TOLERANCE = 1e-9;

/** Features of random rows of the label source. */
export interface SampledFeatures {
  readonly table: Frame;
  /** The rows drawn, ascending. */
  readonly rows: Int32Array;
  readonly spine: Frame;
  readonly times: Float64Array;
  readonly frames: Readonly<Record<string, Frame>>;
}

/**
 * The feature table of rows drawn at random from the label source, each as of its own moment.
 * @throws MW_INGEST_*, MW_VALIDATE_*, MW_FEATURES_*
 */
export async function sampleFeatures(
  plan: SystemPlan,
  baseDir: string,
  given: { readonly rows: number; readonly seed: number },
  workspace: Workspace,
): Promise<SampledFeatures> {
  const sources = await readSources(plan, baseDir, workspace);
  const frames = Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, source.frame]));
  const source = frames[plan.label.source] as Frame;
  const order = shuffle(
    Int32Array.from({ length: source.rows }, (_, row) => row),
    random(given.seed).fork('sample of features'),
  );
  const rows = order.slice(0, given.rows).sort();
  const spine = spineOfLabels(plan, frames, rows);
  const times = momentsOf(plan, source, rows);
  workspace.onProgress?.({ step: 'features', done: 0, total: 1, note: `${rows.length} rows` });
  const table = featureTable(plan, frames, spine, plan.request.time === null ? { times } : {});
  return { table, rows, spine, times, frames };
}

/** Writes the features of random rows; gives their number. @throws as `sampleFeatures`, MW_INGEST_WRITE_FORMAT, MW_INGEST_UNWRITABLE */
export async function writeFeatures(
  plan: SystemPlan,
  baseDir: string,
  given: { readonly rows: number; readonly seed: number },
  out: string,
  workspace: Workspace,
): Promise<number> {
  const { table } = await sampleFeatures(plan, baseDir, given, workspace);
  await writeTable(table, out);
  return table.rows;
}

/**
 * Computes the features of random rows twice, by the engine and in SQL, and compares them row by row.
 * @throws as `sampleFeatures`
 */
export async function verifyFeatures(
  plan: SystemPlan,
  baseDir: string,
  given: { readonly rows: number; readonly seed: number },
  workspace: Workspace,
): Promise<ConsistencyReport> {
  const sampled = await sampleFeatures(plan, baseDir, given, workspace);
  workspace.onProgress?.({ step: 'sql', done: 0, total: 1, note: `${sampled.rows.length} rows` });
  const bySql = await withDatabase((connection) => computeInSql(plan, sampled, connection));
  return compareOnlineOffline(sampled.table, inKindsOf(sampled.table, bySql), TOLERANCE);
}

async function computeInSql(plan: SystemPlan, sampled: SampledFeatures, connection: DuckDBConnection): Promise<Frame> {
  const sql = featureSql(plan);
  const needed = new Set(plan.views.map(({ source }) => source));
  for (const name of needed) await makeTable(connection, name, sampled.frames[name] as Frame);
  const { spine, at } = sql;
  const asked =
    at === null || Object.hasOwn(sampled.spine.columns, at)
      ? sampled.spine
      : withColumns(sampled.spine, { [at]: { kind: 'timestamp', values: sampled.times } });
  await makeTable(connection, spine, asked);
  for (const { table, query } of sql.windows) await connection.run(`CREATE TEMP TABLE ${duckdb.quoteName(table)} AS ${query}`);
  return frameOf(connection, sql.query);
}

/** A real table, because the SQL tells rows apart by their place in it. */
async function makeTable(connection: DuckDBConnection, name: string, table: Frame): Promise<void> {
  const staged = `staged ${name}`;
  await registerFrame(connection, staged, table);
  const columns = Object.keys(table.columns).map(duckdb.quoteName);
  await connection.run(
    `CREATE TEMP TABLE ${duckdb.quoteName(name)} AS SELECT ${columns.join(', ') || 'row_id'} FROM ${duckdb.quoteName(staged)} ORDER BY row_id`,
  );
}

/** SQL has one form for numbers and truth values of features that the engine keeps as numbers. */
function inKindsOf(like: Frame, table: Frame): Frame {
  const columns = Object.entries(table.columns).map(([name, column]): [string, Column] => {
    const { kind } = columnOf(like, name);
    if (kind === 'number' && column.kind === 'boolean')
      return [
        name,
        { kind, values: Float64Array.from(column.values, (value) => (value === MISSING_BOOLEAN ? Number.NaN : value)) },
      ];
    return [name, column];
  });
  return frame(Object.fromEntries(columns), table.rows);
}

function momentsOf(plan: SystemPlan, source: Frame, rows: Int32Array): Float64Array {
  const { time } = plan.sources[plan.label.source] as SystemPlan['sources'][string];
  const column = time === null ? null : columnOf(source, time);
  return Float64Array.from(rows, (row) => (column?.kind === 'timestamp' ? (column.values[row] as number) : 0));
}
