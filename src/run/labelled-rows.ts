import { fail } from '../base/error.js';
import type { SystemPlan } from '../define/plan.js';
import { featureTable } from '../features/feature-table.js';
import type { Column } from '../frame/column.js';
import { valueAt } from '../frame/column.js';
import { compileRows } from '../frame/compile-expression.js';
import { columnOf, type Frame, selectColumns, takeRows } from '../frame/frame.js';

/** Rows with features and known labels, coded as a model's classes. */
export interface LabelledRows {
  readonly table: Frame;
  readonly target: Float64Array;
  /** The rows in the frame they come from. */
  readonly rows: Int32Array;
  readonly unlabelled: number;
}

/**
 * Features and labels of rows of the label source, coded for a model that is already there.
 * @param history rows of every source that windows look back on
 * @throws MW_RUN_LABEL_UNKNOWN for a class that the model does not have, MW_RUN_NO_LABELS, MW_FEATURES_*
 */
export function labelledRows(
  plan: SystemPlan,
  source: Frame,
  classes: readonly string[],
  history: Readonly<Record<string, Frame>>,
): LabelledRows {
  const all = codeLabels(compileRows(plan.label.expression)(source), classes);
  const rows = Int32Array.from({ length: source.rows }, (_, row) => row).filter((row) => !Number.isNaN(all[row]));
  if (rows.length === 0) fail('MW_RUN_NO_LABELS', { what: `None of the ${source.rows} rows has a label.` });
  const spine = takeRows(selectColumns(source, Object.keys(plan.request.columns)), rows);
  const { time } = plan.sources[plan.label.source] as SystemPlan['sources'][string];
  const moments = time === null ? null : columnOf(source, time);
  const times = Float64Array.from(rows, (row) => (moments?.kind === 'timestamp' ? (moments.values[row] as number) : 0));
  return {
    table: featureTable(plan, history, spine, plan.request.time === null ? { times } : {}),
    target: Float64Array.from(rows, (row) => all[row] as number),
    rows,
    unlabelled: source.rows - rows.length,
  };
}

/** Class indexes (or numbers, without classes) of a label column; NaN where it is missing. */
export function codeLabels(label: Column, classes: readonly string[]): Float64Array {
  const n = label.kind === 'string' ? label.codes.length : label.values.length;
  if (classes.length === 0)
    return Float64Array.from({ length: n }, (_, row) => {
      const value = valueAt(label, row);
      return value === null || value === '' ? Number.NaN : Number(value);
    });
  const index = new Map(classes.map((name, code) => [name, code]));
  const codeOf = (value: ReturnType<typeof valueAt>) => {
    if (value === null) return Number.NaN;
    return (
      index.get(String(value)) ??
      fail('MW_RUN_LABEL_UNKNOWN', {
        what: `The label '${value}' is no class of the model, which knows ${classes.map((name) => `'${name}'`).join(', ')}.`,
      })
    );
  };
  if (label.kind === 'string') {
    const codes = new Map<number, number>();
    return Float64Array.from(label.codes, (code) => {
      if (code < 0) return Number.NaN;
      let found = codes.get(code);
      if (found === undefined) {
        found = codeOf(label.dictionary[code] as string);
        codes.set(code, found);
      }
      return found;
    });
  }
  return Float64Array.from({ length: n }, (_, row) => codeOf(valueAt(label, row)));
}
