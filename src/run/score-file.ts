import { fail } from '../base/error.js';
import type { SystemPlan } from '../define/plan.js';
import { featureTable } from '../features/feature-table.js';
import { type Column, columnFrom } from '../frame/column.js';
import { type Frame, selectColumns, withColumns } from '../frame/frame.js';
import { readSource } from '../ingest/read-source.js';
import { writeTable } from '../ingest/write-table.js';
import { loadPipeline } from '../pipeline/make-pipeline.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { readSources } from './read-sources.js';
import { baseDirOf, planOf } from './resolve-system.js';
import type { Workspace } from './workspace.js';

export interface ScoreOutcome {
  readonly model: string;
  readonly version: number;
  readonly rows: number;
  /** Rows of the file that could not be read; they are not in the output. */
  readonly rejected: number;
  readonly out: string;
  readonly seconds: number;
}

/**
 * Scores the rows of a file with a registered model and writes them, in order, with what was predicted beside them.
 * @throws MW_REGISTRY_*, MW_INGEST_*, MW_FEATURES_*
 */
export async function scoreFile(reference: string, path: string, out: string, workspace: Workspace): Promise<ScoreOutcome> {
  const { clock, stopwatch, store, models } = workspace;
  const started = stopwatch.now();
  const version = await models.resolve(reference);
  const plan = await planOf(version, workspace);
  const pipeline = loadPipeline(await store.artifacts.get(version.pipeline));
  workspace.onProgress?.({ step: 'ingest', done: 0, total: 1, note: path });
  const read = await readScored(plan, path);
  workspace.onProgress?.({ step: 'features', done: 0, total: 1, note: `${read.frame.rows} rows` });
  const history = plan.views.length === 0 ? {} : await readSources(plan, baseDirOf(version), workspace);
  const frames = Object.fromEntries(Object.entries(history).map(([name, { frame }]) => [name, frame]));
  const spine = selectColumns(read.frame, Object.keys(plan.request.columns));
  const times = plan.request.time === null ? { times: new Float64Array(read.frame.rows).fill(clock.now()) } : {};
  const table = featureTable(plan, frames, spine, { ...times, asServed: true });
  workspace.onProgress?.({ step: 'score', done: 0, total: 1, note: version.id });
  const scored = withColumns(read.frame, predictionColumns(pipeline, pipeline.predict(table)));
  await writeTable(scored, out);
  workspace.onProgress?.({ step: 'score', done: 1, total: 1, note: out });
  return {
    model: version.model,
    version: version.version,
    rows: scored.rows,
    rejected: read.rejected,
    out,
    seconds: (stopwatch.now() - started) / 1000,
  };
}

/** Rows to score, read as the label source is, but for columns that only training needs. */
async function readScored(plan: SystemPlan, path: string): Promise<{ readonly frame: Frame; readonly rejected: number }> {
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
  const read = await readSource(
    { from: { ...found.connector, options: sameOptions }, contract: { kind: 'contract', columns, checks: [] } },
    { baseDir: '.' },
  );
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
  return { frame: withColumns(read.frame, absent), rejected: read.rejected.length };
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
