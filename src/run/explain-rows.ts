import { type Column, type Scalar, valueAt } from '../frame/column.js';
import { columnOf, type Frame, withColumns } from '../frame/frame.js';
import { writeTable } from '../ingest/write-table.js';
import { pause } from '../models/data.js';
import type { MarginUnit } from '../models/explainer.js';
import { type Contribution, type Explanation, type Interaction, PipelineExplainer, topReasons } from '../pipeline/explain.js';
import { loadPipeline } from '../pipeline/make-pipeline.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { predictionColumns, rowsToScore, spread } from './score-file.js';
import type { Workspace } from './workspace.js';

export interface ExplainOptions {
  /** Rows to tell the reasons of, from the first on. */
  readonly rows: number;
  /** Reasons a row. */
  readonly reasons: number;
  /** Interacting pairs a row. */
  readonly interactions: number;
  /** File to write every row with its contributions to; null for none. */
  readonly out: string | null;
}

export interface ExplainedRow {
  /** Place in the file, from 0. */
  readonly row: number;
  readonly prediction: string | number;
  /** The class that base, margin and reasons speak for; null for a regression. */
  readonly of: string | null;
  readonly base: number;
  readonly margin: number;
  readonly reasons: readonly Contribution[];
  readonly interactions: readonly Interaction[];
}

export interface ExplainOutcome {
  readonly model: string;
  readonly version: number;
  /** Scale of base, margin and contributions. */
  readonly unit: MarginUnit;
  /** Rows that a request would be taken for. */
  readonly rows: number;
  /** Rows that one would be refused for; they have no prediction to explain. */
  readonly refused: number;
  readonly explained: readonly ExplainedRow[];
  /** Mean size of each feature's contribution, summed over classes; largest first. */
  readonly importance: readonly { readonly feature: string; readonly mean: number }[];
  /** Rows that the importance was taken over, evenly spaced. */
  readonly importanceRows: number;
  readonly out: string | null;
}

/** Most rows that the importance is taken over when not every row is written. */
const IMPORTANCE_ROWS = 10_000;
const PAUSE_EVERY = 500;

/**
 * Tells which features moved the predictions of a file's rows, and by how much: exact Shapley values on the margin scale.
 * @throws MW_REGISTRY_*, MW_INGEST_*, MW_FEATURES_*, MW_MODEL_NOT_EXPLAINED
 */
export async function explainRows(
  reference: string,
  path: string,
  options: ExplainOptions,
  workspace: Workspace,
): Promise<ExplainOutcome> {
  const version = await workspace.models.resolve(reference);
  const pipeline = loadPipeline(await workspace.store.artifacts.get(version.pipeline));
  const explainer = new PipelineExplainer(pipeline);
  const { read, table, rows } = await rowsToScore(version, path, workspace);
  const outputs = pipeline.predict(table);
  const predictions = predictionColumns(pipeline, outputs);
  const rowOf = rowReader(pipeline, table);
  const explained: ExplainedRow[] = [];
  for (let row = 0; row < Math.min(options.rows, table.rows); row++) {
    const explanation = explainer.explainRow(rowOf(row));
    explained.push({
      row: rows[row] as number,
      prediction: valueAt(predictions['prediction'] as Column, row) as string | number,
      of: explanation.of,
      base: explanation.base,
      margin: explanation.output,
      reasons: topReasons(explanation, options.reasons),
      interactions: options.interactions === 0 ? [] : explainer.interactions(explanation.index).slice(0, options.interactions),
    });
  }
  const features = pipeline.features.length;
  const sizes = new Float64Array(features);
  const step = options.out === null ? Math.max(1, Math.ceil(table.rows / IMPORTANCE_ROWS)) : 1;
  const written = options.out === null ? null : new ContributionColumns(pipeline, table.rows);
  let importanceRows = 0;
  for (let row = 0; row < table.rows; row += step) {
    if (importanceRows % PAUSE_EVERY === 0) {
      await pause(workspace.signal);
      workspace.onProgress?.({ step: 'explain', done: row, total: table.rows, note: version.id });
    }
    const explanation = explainer.explainRow(rowOf(row));
    const { contributions } = explainer;
    for (let at = 0, j = 0; at < contributions.length; at++, j = j + 1 === features ? 0 : j + 1)
      sizes[j] = (sizes[j] as number) + Math.abs(contributions[at] as number);
    written?.put(row, explanation);
    importanceRows++;
  }
  if (options.out !== null && written !== null)
    await writeTable(
      withColumns(read.frame, placed({ ...predictions, ...written.columns }, rows, read.frame.rows)),
      options.out,
    );
  return {
    model: version.model,
    version: version.version,
    unit: explainer.unit,
    rows: table.rows,
    refused: read.frame.rows - table.rows,
    explained,
    importance: pipeline.features
      .map(({ name }, j) => ({ feature: name, mean: importanceRows === 0 ? 0 : (sizes[j] as number) / importanceRows }))
      .sort((a, b) => b.mean - a.mean),
    importanceRows,
    out: options.out,
  };
}

const placed = (columns: Readonly<Record<string, Column>>, rows: Int32Array, all: number): Record<string, Column> =>
  Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, spread(column, rows, all)]));

/** Reads the feature values of a row into one array, the same at each call. */
function rowReader({ features }: Pipeline, table: Frame): (row: number) => readonly Scalar[] {
  const columns = features.map(({ name }) => columnOf(table, name));
  const values: Scalar[] = features.map(() => null);
  return (row) => {
    for (let j = 0; j < columns.length; j++) values[j] = valueAt(columns[j] as Column, row);
    return values;
  };
}

/** Every row's base, margin and contributions as columns. */
class ContributionColumns {
  readonly columns: Readonly<Record<string, Column>>;
  readonly #values: readonly Float64Array[];

  constructor({ features }: Pipeline, rows: number) {
    const names = ['base', 'margin', ...features.map(({ name }) => `contribution.${name}`)];
    this.#values = names.map(() => new Float64Array(rows));
    this.columns = Object.fromEntries(
      names.map((name, c) => [name, { kind: 'number', values: this.#values[c] as Float64Array }]),
    );
  }

  put(row: number, { base, output, contributions }: Explanation): void {
    const [bases, margins, ...rest] = this.#values as [Float64Array, Float64Array, ...Float64Array[]];
    bases[row] = base;
    margins[row] = output;
    rest.forEach((column, j) => {
      column[row] = (contributions[j] as Contribution).contribution;
    });
  }
}
