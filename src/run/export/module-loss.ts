import { fail } from '../../base/error.js';
import type { ScriptLoss } from '../../models/module/model-script.js';
import { scriptPredictor } from '../../pipeline/module/compile-script.js';
import { computeMetrics } from '../../stats/metrics/catalogue.js';
import { meanPayOff } from '../../stats/pay-off.js';
import type { ExportSubject } from './format.js';

/** What a lossy module costs, on rows, by running it on them. */
export interface MeasuredLoss extends ScriptLoss {
  /** The rows: test rows of the version, those it was fitted to, or those of a file. */
  readonly on: 'test' | 'training' | 'file';
  readonly rows: number;
  /** Largest absolute difference of an output from the model's. */
  readonly largest: number;
  /** Root of the mean square of the differences. */
  readonly rms: number;
  /** The metric that the version was chosen by, where the rows have labels. */
  readonly metric: string | null;
  readonly before: Readonly<Record<string, number>> | null;
  readonly after: Readonly<Record<string, number>> | null;
}

/** Runs the script on rows beside the model. @throws MW_EXCHANGE_UNMEASURED when there are no rows */
export async function measureLoss({ plan, pipeline, rows }: ExportSubject, loss: ScriptLoss): Promise<MeasuredLoss> {
  const { table, labelled, unmeasured } = await rows();
  const on = labelled?.table ?? table;
  if (on === null || on.rows === 0)
    fail('MW_EXCHANGE_UNMEASURED', { what: `The loss cannot be measured: ${unmeasured ?? 'there are no rows'}.` });
  const exact = pipeline.predict(on);
  const found = scriptPredictor(pipeline, loss)(on);
  let largest = 0;
  let squares = 0;
  for (let i = 0; i < exact.length; i++) {
    const away = Math.abs((exact[i] as number) - (found[i] as number));
    largest = Math.max(largest, away);
    squares += away * away;
  }
  const { task, value } = plan.problem;
  const figures = (predictions: Float64Array): Record<string, number> | null => {
    if (labelled === null) return null;
    const { target } = labelled;
    const { threshold } = pipeline;
    const metrics = computeMetrics({ task, outputs: pipeline.model.outputs, predictions, target, threshold });
    return {
      ...metrics,
      ...(task === 'binary' && value ? { value: meanPayOff(value, target, predictions, threshold) } : {}),
    };
  };
  const before = figures(exact);
  const { by } = plan.train.search;
  const metric = before === null ? null : Object.hasOwn(before, by) ? by : (Object.keys(before)[0] ?? null);
  return {
    ...loss,
    on: labelled?.name ?? 'file',
    rows: on.rows,
    largest,
    rms: Math.sqrt(squares / exact.length),
    metric,
    before,
    after: figures(found),
  };
}

/** The loss in a sentence. */
export function lossText({ prune, leafBits, on, rows, largest, metric, before, after }: MeasuredLoss): string {
  const figures =
    metric !== null && before !== null && after !== null
      ? `${metric} ${shown(before[metric])} before, ${shown(after[metric])} after; `
      : '';
  const where = { test: 'test rows', training: 'rows it was fitted to', file: 'rows of the file' }[on];
  return `Given up for size: ${givenUp({ prune, leafBits })}. On ${rows} ${where}: ${figures}outputs differ by at most ${largest.toPrecision(3)}.`;
}

export const givenUp = ({ prune, leafBits }: ScriptLoss): string =>
  [
    ...(leafBits < 64 ? [`leaves rounded to ${leafBits} bits`] : []),
    ...(prune > 0 ? [`${shown(100 * prune)} % of the leaves pruned`] : []),
  ].join(' and ') || 'nothing';

const shown = (value: number | undefined): string => String(Number((value ?? Number.NaN).toPrecision(6)));
