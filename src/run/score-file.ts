import { fail } from '../base/error.js';
import { checkRows, isRefusal, type RowsToCheck } from '../contract/check-rows.js';
import { requestCheck } from '../contract/request-check.js';
import type { RowProblem } from '../contract/row-check.js';
import type { SystemPlan } from '../define/plan.js';
import { featureTable } from '../features/feature-table.js';
import { type Column, columnFrom, MISSING_BOOLEAN, valueAt } from '../frame/column.js';
import { columnOf, type Frame, selectColumns, takeRows, withColumns } from '../frame/frame.js';
import { readSource, type Unreadable } from '../ingest/read-source.js';
import { writeTable } from '../ingest/write-table.js';
import { loadPipeline } from '../pipeline/make-pipeline.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { ModelVersion } from '../registry/models.js';
import { kindOfType } from '../types/catalogue.js';
import { type FileReading, fileSource } from './file-reading.js';
import { readSources } from './read-sources.js';
import { baseDirOf, planOf } from './resolve-system.js';
import type { Workspace } from './workspace.js';

export interface ScoreOutcome {
  readonly model: string;
  readonly version: number;
  readonly rows: number;
  /** Lines of the file that are no rows; they are not in the output. */
  readonly rejected: number;
  /** What is to be said of how the file was read. */
  readonly notes: readonly string[];
  /** Rows that a request would be refused for: they have no prediction, and say why in `rejected`. */
  readonly refused: number;
  /** Rows that were scored with a word of warning, in `warnings`. */
  readonly warned: number;
  readonly out: string;
  readonly seconds: number;
}

/**
 * Scores the rows of a file with a registered model and writes them, in order, with what was predicted beside them. Each row is held to
 * what a request is held to: one that would be refused has no prediction but the codes and columns in `rejected`; what is odd about a
 * row that was taken stands in `warnings`.
 * @throws MW_REGISTRY_*, MW_INGEST_*, MW_FEATURES_*
 */
export async function scoreFile(
  reference: string,
  path: string,
  out: string,
  workspace: Workspace,
  reading: FileReading = {},
): Promise<ScoreOutcome> {
  const { stopwatch, store, models } = workspace;
  const started = stopwatch.now();
  const version = await models.resolve(reference);
  const pipeline = loadPipeline(await store.artifacts.get(version.pipeline));
  const { read, table, rows, problems } = await rowsToScore(version, path, workspace, reading);
  workspace.onProgress?.({ step: 'score', done: 0, total: 1, note: version.id });
  const predicted = predictionColumns(pipeline, pipeline.predict(table));
  const { rows: all } = read.frame;
  const placed = Object.entries(predicted).map(([name, column]) => [name, spread(column, rows, all)] as const);
  await writeTable(withColumns(read.frame, { ...Object.fromEntries(placed), ...problemColumns(problems, all) }), out);
  workspace.onProgress?.({ step: 'score', done: 1, total: 1, note: out });
  const refused = all - rows.length;
  return {
    model: version.model,
    version: version.version,
    rows: all,
    rejected: read.rejected,
    notes: read.notes,
    refused,
    warned: problems.size - refused,
    out,
    seconds: (stopwatch.now() - started) / 1000,
  };
}

export interface RowsToScore {
  readonly read: ReadRows;
  /** Rows of the file that are scored, ascending. */
  readonly rows: Int32Array;
  /** Their features, as they would be served. */
  readonly table: Frame;
  /** What a request of each row of the file would be told, where that is anything. */
  readonly problems: ReadonlyMap<number, readonly RowProblem[]>;
}

/** The rows of a file and the features that a version takes of them, as they would be served. @throws MW_INGEST_*, MW_FEATURES_* */
export async function rowsToScore(
  version: ModelVersion,
  path: string,
  workspace: Workspace,
  reading: FileReading = {},
): Promise<RowsToScore> {
  const plan = await planOf(version, workspace);
  workspace.onProgress?.({ step: 'ingest', done: 0, total: 1, note: path });
  const read = await readScored(plan, path, reading);
  const problems = checkRows(requestCheck(plan), read);
  const rows = Int32Array.from({ length: read.table.rows }, (_, row) => row).filter((row) => {
    const found = problems.get(row);
    return found === undefined || !isRefusal(found);
  });
  const spine = rows.length === read.table.rows ? read.table : takeRows(read.table, rows);
  workspace.onProgress?.({ step: 'features', done: 0, total: 1, note: `${rows.length} rows` });
  const history = plan.views.length === 0 ? {} : await readSources(plan, baseDirOf(version), workspace);
  const frames = Object.fromEntries(Object.entries(history).map(([name, { frame }]) => [name, frame]));
  const times = timesOf(plan, spine, workspace.clock.now());
  return { read, rows, table: featureTable(plan, frames, spine, { times, asServed: true }), problems };
}

/** The moment that each row asks about; now where it says none, as of a request. */
function timesOf({ request }: SystemPlan, { columns, rows }: Frame, now: number): Float64Array {
  const asked = request.time === null ? undefined : columns[request.time];
  if (asked?.kind !== 'timestamp') return new Float64Array(rows).fill(now);
  return asked.values.map((at) => (at === at ? at : now));
}

export interface ReadRows extends RowsToCheck {
  /** The rows as they stand in the file. */
  readonly frame: Frame;
  readonly rejected: number;
  /** What is to be said of how the file was read. */
  readonly notes: readonly string[];
}

/** Rows to score, read as the label source is, but for columns that only training needs. */
async function readScored(plan: SystemPlan, path: string, reading: FileReading): Promise<ReadRows> {
  const source = plan.sources[plan.label.source] as SystemPlan['sources'][string];
  const asked = plan.request.columns;
  const known = { ...source.contract.columns, ...asked };
  const {
    frame: table,
    rejected,
    unreadable,
    warnings: notes,
  } = await readSource({ ...fileSource(path, reading), known }, { baseDir: '.', keep: true });
  const missing = Object.entries(asked).filter(([name]) => !Object.hasOwn(table.columns, name));
  const needed = missing.filter(([, { nullable }]) => !nullable).map(([name]) => name);
  if (needed.length > 0 || missing.length === Object.keys(asked).length)
    fail('MW_RUN_COLUMN_MISSING', {
      what: `${path} lacks ${missing.map(([name]) => `'${name}'`).join(', ')}, which the model reads.`,
      where: { file: path },
    });
  const nothing = Array.from({ length: table.rows }, () => null);
  const absent = missing.map(([name, { type }]): [string, Column] => [name, columnFrom(kindOfType(type), nothing)]);
  const others = Object.entries(table.columns).filter(([name]) => !Object.hasOwn(asked, name));
  return {
    frame: asTheyStand(table, unreadable),
    table: selectColumns(withColumns(table, Object.fromEntries(absent)), Object.keys(asked)),
    unreadable,
    others: Object.fromEntries(others),
    rejected: rejected.length,
    notes,
  };
}

/** The rows with what cannot be read in its place again; a column with such values is one of texts. */
function asTheyStand(table: Frame, unreadable: Unreadable): Frame {
  const shown = [...unreadable].map(([name, values]): [string, Column] => {
    const texts = textsOf(columnOf(table, name));
    return [
      name,
      columnFrom(
        'string',
        Array.from({ length: table.rows }, (_, row) => textAt(values, row) ?? texts(row)),
      ),
    ];
  });
  return withColumns(table, Object.fromEntries(shown));
}

const textAt = (values: ReadonlyMap<number, unknown>, row: number): string | undefined =>
  values.has(row) ? String(values.get(row)) : undefined;

const textsOf =
  (column: Column) =>
  (row: number): string | null => {
    const value = valueAt(column, row);
    if (value === null) return null;
    return column.kind === 'timestamp' ? new Date(Number(value)).toISOString() : String(value);
  };

/** A column of some rows of a table as one of all its rows; the others are missing. */
export function spread(column: Column, rows: Int32Array, all: number): Column {
  if (rows.length === all) return column;
  const from = new Int32Array(all).fill(-1);
  rows.forEach((row, at) => {
    from[row] = at;
  });
  if (column.kind === 'string')
    return {
      kind: 'string',
      codes: from.map((at) => (at < 0 ? -1 : (column.codes[at] as number))),
      dictionary: column.dictionary,
    };
  if (column.kind === 'boolean')
    return {
      kind: 'boolean',
      values: Uint8Array.from(from, (at) => (at < 0 ? MISSING_BOOLEAN : (column.values[at] as number))),
    };
  return { kind: column.kind, values: Float64Array.from(from, (at) => (at < 0 ? Number.NaN : (column.values[at] as number))) };
}

/** `rejected` and `warnings` as codes with their columns, each only where some row has any. */
function problemColumns(problems: RowsToScore['problems'], rows: number): Record<string, Column> {
  const columns: Record<string, Column> = {};
  for (const [name, refusing] of [
    ['rejected', true],
    ['warnings', false],
  ] as const) {
    const texts: (string | null)[] = Array.from({ length: rows }, () => null);
    let any = false;
    for (const [row, found] of problems) {
      if (isRefusal(found) !== refusing) continue;
      const told = refusing ? found.filter(({ severity }) => severity === 'error') : found;
      texts[row] = told.map(({ code, column }) => (column === null ? code : `${code} ${column}`)).join('; ');
      any = true;
    }
    if (any) columns[name] = columnFrom('string', texts);
  }
  return columns;
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
