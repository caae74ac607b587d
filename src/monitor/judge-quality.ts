import type { Task } from '../define/plan.js';
import type { LabelledScores, OutcomeMetric } from './outcome-metrics.js';
import { type Judgement, MINIMUM_CLASS_ROWS, MINIMUM_ROWS, QUALITY_Z, short } from './signal-result.js';

/** What is to be judged: a metric by name, against the bounds of its signal. */
export interface QualityBounds {
  readonly name: string;
  readonly metric: string;
  readonly below: number | null;
  readonly above: number | null;
}

/**
 * A metric on joined labels against its bound: fires when the metric, as an estimate of what it is on all rows like these, is beyond the
 * bound and so is the near end of its one-sided 96 % interval; beyond the bound by no more than chance is insufficient data. Every metric
 * of the catalogue says how far chance moves it, and the calibration error is judged after what chance alone adds to it was taken off.
 */
export function judgeQuality(bounds: QualityBounds, metric: OutcomeMetric, labelled: LabelledScores, task: Task): Judgement {
  const { name, below, above } = bounds;
  const { rows } = labelled;
  const bound = below ?? above;
  const insufficient = (why: string): Judgement => ({
    name,
    state: 'insufficient',
    figure: null,
    bound,
    rows,
    sentence: `Insufficient data to judge ${bounds.metric}: ${why}.`,
  });
  if (rows < MINIMUM_ROWS) return insufficient(`${rows} labelled rows, ${MINIMUM_ROWS} are needed`);
  const fewest = rarestClass(labelled, metric, task);
  if (fewest < MINIMUM_CLASS_ROWS) return insufficient(`${fewest} rows of the rarest class, ${MINIMUM_CLASS_ROWS} are needed`);
  const value = metric.value(labelled);
  const estimate = metric.estimate(labelled, value);
  if (!Number.isFinite(value) || !Number.isFinite(estimate.error)) return insufficient('these rows do not define it');
  const low = metric.end(estimate, -QUALITY_Z);
  const high = metric.end(estimate, QUALITY_Z);
  const by = (end: 'figure' | 'interval'): boolean =>
    (below !== null && (end === 'figure' ? estimate.value : high) < below) ||
    (above !== null && (end === 'figure' ? estimate.value : low) > above);
  const interval = `of all rows like these it is between ${short(low)} and ${short(high)}`;
  const told =
    short(estimate.value) === short(value)
      ? `${bounds.metric} over ${rows} labelled rows is ${short(value)} (${interval})`
      : `${bounds.metric} over ${rows} labelled rows is ${short(value)}, ${short(estimate.value)} without what chance adds on so few rows (${interval})`;
  const judged = (state: Judgement['state'], sentence: string): Judgement => ({
    name,
    state,
    figure: estimate.value,
    bound,
    rows,
    sentence,
  });
  if (!by('figure')) return judged('quiet', `${told}, within its bound ${boundsText(below, above)}.`);
  if (by('interval')) return judged('fired', `${told}, beyond its bound ${boundsText(below, above)}.`);
  return judged(
    'insufficient',
    `Insufficient data: ${told}, beyond its bound ${boundsText(below, above)} by no more than chance.`,
  );
}

/** Rows of the rarest class that occurs (both, of a binary problem), where they decide how certain a metric is. */
function rarestClass({ rows, outputs, labels }: LabelledScores, { overClasses }: OutcomeMetric, task: Task): number {
  if (task === 'regression' || (task === 'multiclass' && !overClasses)) return rows;
  const counts = new Float64Array(task === 'binary' ? 2 : outputs);
  for (let i = 0; i < rows; i++) counts[labels[i]]++;
  return counts.reduce((least, count) => (task === 'multiclass' && count === 0 ? least : Math.min(least, count)), rows);
}

function boundsText(below: number | null, above: number | null): string {
  return [below === null ? '' : `at least ${short(below)}`, above === null ? '' : `at most ${short(above)}`]
    .filter(Boolean)
    .join(', ');
}
