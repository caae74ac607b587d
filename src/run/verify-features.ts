import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../base/clock.js';
import { random, shuffle } from '../base/random.js';
import type { SystemPlan } from '../define/plan.js';
import { type DuckDBConnection, withDatabase } from '../engines/duckdb/database.js';
import { registerFrame } from '../engines/duckdb/from-frame.js';
import { frameOf } from '../engines/duckdb/to-frame.js';
import { duckdb } from '../engines/sql/duckdb.js';
import { type ConsistencyReport, compareOnlineOffline } from '../features/consistency.js';
import { compileFeatureRow } from '../features/feature-row.js';
import { featureSql } from '../features/feature-sql.js';
import { featureTable, spineOfLabels } from '../features/feature-table.js';
import { fedSources, historyRows } from '../features/history-rows.js';
import { type Column, MISSING_BOOLEAN, type Scalar } from '../frame/column.js';
import { columnOf, type Frame, frame, rowAt, takeRows, withColumns } from '../frame/frame.js';
import { writeTable } from '../ingest/write-table.js';
import { type ColumnBuilder, columnBuilder } from '../serve/column-builder.js';
import { openOnlineStore } from '../store/online/durable.js';
import type { OnlineStore } from '../store/ports.js';
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

/** How the ways to compute the features of some rows agree with the feature table: SQL, and the online store as it is and opened again. */
export interface VerifiedFeatures extends ConsistencyReport {
  readonly online: ConsistencyReport;
  readonly restarted: ConsistencyReport;
}

/**
 * Computes the features of random rows in every way that there is, and compares them row by row: by the engine, in SQL, and by an online store
 * fed with the same history, before and after it is closed and opened again.
 * @throws as `sampleFeatures`
 */
export async function verifyFeatures(
  plan: SystemPlan,
  baseDir: string,
  given: { readonly rows: number; readonly seed: number },
  workspace: Workspace,
): Promise<VerifiedFeatures> {
  const sampled = await sampleFeatures(plan, baseDir, given, workspace);
  workspace.onProgress?.({ step: 'sql', done: 0, total: 1, note: `${sampled.rows.length} rows` });
  const bySql = await withDatabase((connection) => computeInSql(plan, sampled, connection));
  const sql = compareOnlineOffline(sampled.table, inKindsOf(sampled.table, bySql), TOLERANCE);
  workspace.onProgress?.({ step: 'online', done: 0, total: 1, note: `${sampled.rows.length} rows` });
  const { online, restarted } = await compareOnline(plan, sampled);
  return { ...sql, consistent: sql.consistent && online.consistent && restarted.consistent, online, restarted };
}

/** Features as an online store serves them that was told of all history, in a folder of its own. */
async function compareOnline(
  plan: SystemPlan,
  { spine, times: given, frames }: SampledFeatures,
): Promise<{ readonly online: ConsistencyReport; readonly restarted: ConsistencyReport }> {
  const asked = plan.request.time === null ? null : columnOf(spine, plan.request.time);
  const times = asked?.kind === 'timestamp' ? asked.values : given;
  const offline = featureTable(plan, frames, spine, { asServed: true, ...(asked === null ? { times } : {}) });
  const directory = await mkdtemp(join(tmpdir(), 'millwright-verify-'));
  // Everything is kept, however long ago it was asked about.
  const open = () => openOnlineStore(plan, { clock: systemClock, directory, keep: Number.MAX_SAFE_INTEGER });
  const compare = (online: OnlineStore) => compareOnlineOffline(servedFeatures(plan, online, spine, times, offline), offline);
  try {
    const first = await open();
    const [earliest, latest] = times.reduce(([a, b], time) => [Math.min(a, time), Math.max(b, time)], [Infinity, -Infinity]);
    for (const source of fedSources(plan)) {
      const table = frames[source] as Frame;
      // The same span as if history had been fed at the first of the moments, up to what is known at the last.
      const { from } = historyRows(plan, source, table, { since: -Infinity, until: earliest as number });
      const { rows } = historyRows(plan, source, table, { since: -Infinity, until: latest as number, from });
      await first.push(source, takeRows(table, rows));
    }
    const online = compare(first);
    await first.close();
    const again = await open();
    const restarted = compare(again);
    await again.close();
    return { online, restarted };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The features of request rows as they are served, in columns of the kinds that the feature table has. */
function servedFeatures(plan: SystemPlan, online: OnlineStore, spine: Frame, times: Float64Array, like: Frame): Frame {
  const featureRow = compileFeatureRow(plan, online);
  const names = plan.features.map(({ name }) => name);
  const columns = names.map((name) => columnBuilder(columnOf(like, name).kind));
  const out: Scalar[] = names.map(() => null);
  for (let row = 0; row < spine.rows; row++) {
    featureRow(rowAt(spine, row), times[row] as number, out);
    for (let j = 0; j < columns.length; j++) (columns[j] as ColumnBuilder).push(out[j]);
  }
  return frame(Object.fromEntries(names.map((name, j) => [name, (columns[j] as ColumnBuilder).take()])), spine.rows);
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
