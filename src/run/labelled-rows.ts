import { fail } from '../base/error.js';
import type { SystemPlan } from '../define/plan.js';
import { featureTable } from '../features/feature-table.js';
import { compileRows } from '../frame/compile-expression.js';
import { columnOf, type Frame, selectColumns, takeRows } from '../frame/frame.js';
import { codeFurther } from '../train/target.js';

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
  const { values: all, unknown } = codeFurther(
    { task: plan.problem.task, classes },
    compileRows(plan.label.expression)(source),
  );
  if (unknown.length > 0)
    fail('MW_RUN_LABEL_UNKNOWN', {
      what: `The rows have labels that are no class of the model: ${unknown
        .slice(0, 5)
        .map((name) => `'${name}'`)
        .join(', ')}; it knows ${classes.map((name) => `'${name}'`).join(', ')}.`,
    });
  const rows = Int32Array.from({ length: source.rows }, (_, row) => row).filter((row) => !Number.isNaN(all[row]));
  if (rows.length === 0) fail('MW_RUN_NO_LABELS', { what: `None of the ${source.rows} rows has a label.` });
  const spine = takeRows(selectColumns(source, Object.keys(plan.request.columns)), rows);
  const { time } = plan.sources[plan.label.source] as SystemPlan['sources'][string];
  const moments = time === null ? null : columnOf(source, time);
  const times = Float64Array.from(rows, (row) => (moments?.kind === 'timestamp' ? (moments.values[row] as number) : 0));
  return {
    table: featureTable(plan, history, spine, { asServed: true, ...(plan.request.time === null ? { times } : {}) }),
    target: Float64Array.from(rows, (row) => all[row] as number),
    rows,
    unlabelled: source.rows - rows.length,
  };
}
