import type { SplitPlan, SystemPlan } from '../define/plan.js';
import { availability } from '../features/availability.js';
import { featureTable, spineOfLabels } from '../features/feature-table.js';
import { type Column, columnLength } from '../frame/column.js';
import { compileRows } from '../frame/compile-expression.js';
import { columnOf, type Frame } from '../frame/frame.js';
import { type RowSplit, splitRows } from '../train/split-rows.js';
import { type CodedTarget, codeTarget } from '../train/target.js';
import { selectRows } from './select-rows.js';

/** What training looks at: the features, labels and parts of the chosen rows. */
export interface TrainingTable {
  readonly table: Frame;
  /** The request columns of the same rows, which need not be features. */
  readonly spine: Frame;
  readonly target: CodedTarget;
  readonly split: RowSplit;
  /** When each row happened, epoch ms; null where the label source has no time. */
  readonly moments: Float64Array | null;
  /** Rows of the label source that the table is about, in its order. */
  readonly rows: Int32Array;
  /** Labelled rows there are in all. */
  readonly labelled: number;
}

/**
 * Labels, parts and features as of a moment: a row whose label was not known by then is not there.
 * @param asOf epoch ms; infinity for all that is known now
 * @throws MW_TRAIN_*, MW_FEATURES_*
 */
export function trainingTable(plan: SystemPlan, frames: Readonly<Record<string, Frame>>, asOf: number): TrainingTable {
  const { target, split } = labelParts(plan, frames, asOf);
  const { seed } = plan.train.search;
  const selected = selectRows(split, plan.train.sample, seed);
  const spine = spineOfLabels(plan, frames, selected.rows);
  // As served: what a missing feature becomes for a request, it becomes here too.
  const table = featureTable(plan, frames, spine, {
    asServed: true,
    ...(plan.request.time === null ? { times: labelTimes(plan, frames, selected.rows) } : {}),
  });
  const values = Float64Array.from(selected.rows, (row) => target.values[row] as number);
  return {
    table,
    spine,
    target: { ...target, values, missing: 0 },
    moments: plan.sources[plan.label.source].time === null ? null : labelTimes(plan, frames, selected.rows),
    split: selected.split,
    rows: selected.rows,
    labelled: target.values.length - target.missing,
  };
}

/** The label of each row of the label source, and how the rows are parted. */
export function labelParts(
  plan: SystemPlan,
  frames: Readonly<Record<string, Frame>>,
  asOf: number,
): { readonly target: CodedTarget; readonly split: RowSplit } {
  const source = frames[plan.label.source] as Frame;
  const label = known(plan, source, compileRows(plan.label.expression)(source), asOf);
  const target = codeTarget(label, plan.problem.task, plan.label.positive);
  return { target, split: splitRows(plan.train.split, target, splitTimes(plan.train.split, source), plan.train.search.seed) };
}

function splitTimes(split: SplitPlan, source: Frame): Float64Array | null {
  const name = split.kind === 'randomSplit' ? null : split.column;
  if (name === null) return null;
  const column = columnOf(source, name);
  return column.kind === 'timestamp' ? column.values : null;
}

function known(plan: SystemPlan, source: Frame, label: Column, asOf: number): Column {
  const at = asOf === Number.POSITIVE_INFINITY ? null : availability(plan, plan.label.source, source);
  if (at === null) return label;
  const unknown = (row: number) => !((at[row] as number) <= asOf);
  const n = columnLength(label);
  if (label.kind === 'string')
    return { ...label, codes: Int32Array.from({ length: n }, (_, row) => (unknown(row) ? -1 : (label.codes[row] as number))) };
  if (label.kind === 'boolean')
    return {
      ...label,
      values: Uint8Array.from({ length: n }, (_, row) => (unknown(row) ? 255 : (label.values[row] as number))),
    };
  return {
    ...label,
    values: Float64Array.from({ length: n }, (_, row) => (unknown(row) ? Number.NaN : (label.values[row] as number))),
  };
}

/** Moments of label rows for a request that carries none: their event times, or now-less zeros where there are no windows to look back. */
function labelTimes(plan: SystemPlan, frames: Readonly<Record<string, Frame>>, rows: Int32Array): Float64Array {
  const source = frames[plan.label.source] as Frame;
  const { time } = plan.sources[plan.label.source] as SystemPlan['sources'][string];
  if (time === null) return new Float64Array(rows.length);
  const column = columnOf(source, time);
  return Float64Array.from(rows, (row) => (column.kind === 'timestamp' ? (column.values[row] as number) : Number.NaN));
}
