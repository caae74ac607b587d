import { fail, MillwrightError } from '../base/error.js';
import type { OptionSpec } from '../base/options.js';
import { type Frame, takeRows } from '../frame/frame.js';
import { loadPipeline } from '../pipeline/make-pipeline.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { ModelVersion } from '../registry/models.js';
import { EXPORT_FORMATS } from './export/catalogue.js';
import type { ExportedFile, ExportFormat, RowsToJudge } from './export/format.js';
import { knownRows } from './export/known-rows.js';
import { planOf } from './resolve-system.js';
import { rowsToScore } from './score-file.js';
import type { TrainingTable } from './training-table.js';
import type { Workspace } from './workspace.js';

/** How far a file is from the model, on rows. */
export interface ExportLoss {
  readonly rows: number;
  /** Largest absolute difference of an output; infinite when one of the two is no number. */
  readonly largest: number;
  /** Rows in which an output differs by more than a hundred thousandth, of one where outputs are larger. */
  readonly apart: number;
}

export interface Exported extends Omit<ExportedFile, 'predict'> {
  readonly model: string;
  readonly version: number;
  /** Null when there are no rows to measure it on, and then `unmeasured` says why. */
  readonly loss: ExportLoss | null;
  readonly unmeasured: string | null;
}

export interface ExportOptions {
  /** Name of the format. */
  readonly to: string;
  /** A file of rows to measure the loss on; the version's own training and test rows when null. */
  readonly rows: string | null;
  /** Options of the formats; those of other formats must be at their defaults. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Rows that the loss is measured on at most, evenly spaced. */
const MOST_ROWS = 20_000;
/** What the width of numbers alone makes of a difference, relative to outputs above one. */
const NEAR = 1e-5;

/**
 * A registered model as a file of another format, and how far its predictions are from the model's.
 * @throws MW_REGISTRY_*, MW_EXCHANGE_UNSUPPORTED, MW_OPTION_INVALID, MW_OPTION_UNKNOWN, MW_INGEST_*
 */
export async function exportModel(reference: string, given: ExportOptions, workspace: Workspace): Promise<Exported> {
  const format = EXPORT_FORMATS.find(({ name }) => name === given.to);
  if (!format)
    return fail('MW_OPTION_INVALID', {
      what: `There is no format '${given.to}'.`,
      fix: `Use one of ${EXPORT_FORMATS.map(({ name }) => name).join(', ')}.`,
    });
  const version = await workspace.models.resolve(reference);
  const pipeline = loadPipeline(await workspace.store.artifacts.get(version.pipeline));
  const plan = await planOf(version, workspace);
  let read: Promise<RowsToJudge> | null = null;
  const rows = () => {
    read ??= rowsFor(version, given.rows, workspace);
    return read;
  };
  const { predict, ...file } = await format.write({ version, pipeline, plan, rows }, ownOptions(format, given.options));
  const { table, unmeasured } = await rows();
  const loss = table === null ? null : lossOf(pipeline, predict, table);
  return { model: version.model, version: version.version, ...file, loss, unmeasured };
}

/** The options of a format; one that belongs to another must not be given. */
function ownOptions(format: ExportFormat, given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const foreign = EXPORT_FORMATS.filter((other) => other !== format).flatMap((other): [string, OptionSpec][] =>
    Object.entries(other.options),
  );
  for (const [name, spec] of foreign)
    if (!Object.hasOwn(format.options, name) && given[name] !== undefined && given[name] !== spec.default)
      fail('MW_OPTION_UNKNOWN', {
        what: `The format ${format.name} has no option '${name}'.`,
        fix: `Its options: ${Object.keys(format.options).join(', ') || 'none'}.`,
      });
  return Object.fromEntries(Object.entries(format.options).map(([name, spec]) => [name, given[name] ?? spec.default]));
}

async function rowsFor(version: ModelVersion, file: string | null, workspace: Workspace): Promise<RowsToJudge> {
  if (file !== null)
    return { table: evenly((await rowsToScore(version, file, workspace)).table), unmeasured: null, labelled: null };
  if (version.snapshots.length === 0) return { table: null, unmeasured: 'the store has no rows of this model', labelled: null };
  try {
    const known = await knownRows(version, workspace);
    return { table: evenly(known.table), unmeasured: null, labelled: labelledOf(known) };
  } catch (thrown) {
    if (!(thrown instanceof MillwrightError) || thrown.code === 'MW_INTERRUPTED') throw thrown;
    return { table: null, unmeasured: thrown.message, labelled: null };
  }
}

function labelledOf({ table, target, split }: TrainingTable): RowsToJudge['labelled'] {
  const rows = split.test.length > 0 ? split.test : split.fit;
  return {
    name: split.test.length > 0 ? 'test' : 'training',
    table: takeRows(table, rows),
    target: Float64Array.from(rows, (row) => target.values[row] as number),
  };
}

function evenly(table: Frame): Frame {
  if (table.rows <= MOST_ROWS) return table;
  return takeRows(
    table,
    Int32Array.from({ length: MOST_ROWS }, (_, k) => Math.floor((k * table.rows) / MOST_ROWS)),
  );
}

function lossOf(pipeline: Pipeline, predict: (table: Frame) => Float64Array, table: Frame): ExportLoss {
  const expected = pipeline.predict(table);
  const found = predict(table);
  const { outputs } = pipeline.model;
  let largest = 0;
  let apart = 0;
  for (let row = 0; row < table.rows; row++) {
    let differs = false;
    for (let i = row * outputs; i < (row + 1) * outputs; i++) {
      const away = Math.abs((expected[i] as number) - (found[i] as number));
      largest = away >= 0 ? Math.max(largest, away) : Infinity;
      if (!(away <= NEAR * Math.max(1, Math.abs(expected[i] as number)))) differs = true;
    }
    if (differs) apart += 1;
  }
  return { rows: table.rows, largest, apart };
}
