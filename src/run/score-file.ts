import { fail } from '../base/error.js';
import type { ColumnPlan, SystemPlan } from '../define/plan.js';
import { featureTable } from '../features/feature-table.js';
import { type Column, columnFrom } from '../frame/column.js';
import { type Frame, frame, selectColumns, withColumns } from '../frame/frame.js';
import { conform, type Misfits } from '../ingest/conform.js';
import { readSource } from '../ingest/read-source.js';
import { writeTable } from '../ingest/write-table.js';
import { loadPipeline } from '../pipeline/make-pipeline.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { ModelVersion } from '../registry/models.js';
import { readSources } from './read-sources.js';
import { baseDirOf, planOf } from './resolve-system.js';
import type { Workspace } from './workspace.js';

export interface ScoreOutcome {
  readonly model: string;
  readonly version: number;
  readonly rows: number;
  /** Lines of the file that are no rows; they are not in the output. */
  readonly rejected: number;
  /** Rows with a value that is not what the model reads: it counts as missing. */
  readonly unreadable: number;
  readonly out: string;
  readonly seconds: number;
}

/**
 * Scores the rows of a file with a registered model and writes them, in order, with what was predicted beside them.
 * @throws MW_REGISTRY_*, MW_INGEST_*, MW_FEATURES_*
 */
export async function scoreFile(reference: string, path: string, out: string, workspace: Workspace): Promise<ScoreOutcome> {
  const { stopwatch, store, models } = workspace;
  const started = stopwatch.now();
  const version = await models.resolve(reference);
  const pipeline = loadPipeline(await store.artifacts.get(version.pipeline));
  const { read, table } = await rowsToScore(version, path, workspace);
  workspace.onProgress?.({ step: 'score', done: 0, total: 1, note: version.id });
  const scored = withColumns(read.frame, predictionColumns(pipeline, pipeline.predict(table)));
  await writeTable(scored, out);
  workspace.onProgress?.({ step: 'score', done: 1, total: 1, note: out });
  return {
    model: version.model,
    version: version.version,
    rows: scored.rows,
    rejected: read.rejected,
    unreadable: read.unreadable,
    out,
    seconds: (stopwatch.now() - started) / 1000,
  };
}

/** The rows of a file and the features that a version takes of them, as they would be served. @throws MW_INGEST_*, MW_FEATURES_* */
export async function rowsToScore(
  version: ModelVersion,
  path: string,
  workspace: Workspace,
): Promise<{ readonly read: ReadRows; readonly table: Frame }> {
  const plan = await planOf(version, workspace);
  workspace.onProgress?.({ step: 'ingest', done: 0, total: 1, note: path });
  const read = await readScored(plan, path);
  workspace.onProgress?.({ step: 'features', done: 0, total: 1, note: `${read.frame.rows} rows` });
  const history = plan.views.length === 0 ? {} : await readSources(plan, baseDirOf(version), workspace);
  const frames = Object.fromEntries(Object.entries(history).map(([name, { frame }]) => [name, frame]));
  const spine = selectColumns(read.features, Object.keys(plan.request.columns));
  const times = plan.request.time === null ? { times: new Float64Array(read.frame.rows).fill(workspace.clock.now()) } : {};
  return { read, table: featureTable(plan, frames, spine, { ...times, asServed: true }) };
}

export interface ReadRows {
  /** The rows as they stand in the file. */
  readonly frame: Frame;
  /** The same rows as the model reads them. */
  readonly features: Frame;
  readonly rejected: number;
  readonly unreadable: number;
}

/** Rows to score, read as the label source is, but for columns that only training needs. */
async function readScored(plan: SystemPlan, path: string): Promise<ReadRows> {
  const source = plan.sources[plan.label.source] as SystemPlan['sources'][string];
  const found = await readSource(
    { from: { kind: 'connector', format: null, path, options: {} }, contract: null },
    { baseDir: '.' },
  );
  const columns = Object.fromEntries(
    Object.keys(found.columns).map((name) => [
      name,
      plan.request.columns[name] ?? source.contract.columns[name] ?? found.columns[name],
    ]),
  ) as typeof found.columns;
  const missing = Object.entries(plan.request.columns).filter(([name]) => !Object.hasOwn(columns, name));
  const needed = missing.filter(([, { nullable }]) => !nullable).map(([name]) => name);
  if (needed.length > 0 || missing.length === Object.keys(plan.request.columns).length)
    fail('MW_RUN_COLUMN_MISSING', {
      what: `${path} lacks ${missing.map(([name]) => `'${name}'`).join(', ')}, which the model reads.`,
      where: { file: path },
    });
  const sameOptions =
    found.connector.format === source.from.format
      ? { ...found.connector.options, missing: source.from.options.missing ?? found.connector.options.missing ?? [] }
      : found.connector.options;
  const from = { ...found.connector, options: sameOptions };
  let read = await readSource({ from, contract: { kind: 'contract', columns, checks: [] } }, { baseDir: '.' });
  let unreadable = 0;
  let features = read.frame;
  if (read.rejected.length > 0) {
    // A row with one value that cannot be read is still a row to score: read as texts, what is no number is missing.
    const texts = Object.fromEntries(
      Object.entries(columns).map(([name, plan]) => [name, { ...plan, type: 'string' as const, categories: null }]),
    );
    read = await readSource({ from, contract: { kind: 'contract', columns: texts, checks: [] } }, { baseDir: '.' });
    const misfits: Misfits = new Map();
    features = frame(
      Object.fromEntries(
        Object.entries(read.frame.columns).map(([name, column]) => [
          name,
          conform(name, column, columns[name] as ColumnPlan, misfits),
        ]),
      ),
      read.frame.rows,
    );
    unreadable = misfits.size;
  }
  const absent: Record<string, Column> = Object.fromEntries(
    missing.map(([name, { type }]) => [
      name,
      columnFrom(
        type === 'boolean'
          ? 'boolean'
          : type === 'timestamp'
            ? 'timestamp'
            : type === 'number' || type === 'integer'
              ? 'number'
              : 'string',
        Array.from({ length: read.frame.rows }, () => null),
      ),
    ]),
  );
  return { frame: read.frame, features: withColumns(features, absent), rejected: read.rejected.length, unreadable };
}

/** `prediction`, and `probability` (binary: of the positive class) or `probability_<class>`. */
export function predictionColumns(pipeline: Pipeline, outputs: Float64Array): Record<string, Column> {
  const { task, classes, threshold } = pipeline;
  if (task === 'regression') return { prediction: { kind: 'number', values: outputs } };
  if (task === 'binary') {
    const codes = Int32Array.from(outputs, (probability) => (probability >= threshold ? 1 : 0));
    return { prediction: { kind: 'string', codes, dictionary: classes }, probability: { kind: 'number', values: outputs } };
  }
  const k = classes.length;
  const rows = outputs.length / k;
  const codes = new Int32Array(rows);
  for (let row = 0; row < rows; row++)
    for (let c = 1; c < k; c++)
      if ((outputs[row * k + c] as number) > (outputs[row * k + (codes[row] as number)] as number)) codes[row] = c;
  const columns: Record<string, Column> = { prediction: { kind: 'string', codes, dictionary: classes } };
  classes.forEach((name, c) => {
    columns[`probability_${name}`] = {
      kind: 'number',
      values: Float64Array.from({ length: rows }, (_, row) => outputs[row * k + c] as number),
    };
  });
  return columns;
}
