import type { ValuePlan } from '../define/plan.js';
import type { Task } from '../models/estimator.js';
import { metricOf, metricsFor } from '../stats/metrics/catalogue.js';
import { type ChosenThreshold, chooseThreshold } from '../stats/threshold.js';

export interface Scored {
  /** The metric that the search goes by. */
  readonly score: number;
  /** Every metric of the problem that the rows define; those of decisions at `threshold`. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly threshold: number;
}

/**
 * Scores validation predictions; binary decisions are taken at the threshold that is best for the given pay-offs, or for F1.
 * @throws MW_METRIC_UNKNOWN
 */
export function scoreRows(
  by: string,
  task: Task,
  target: Float64Array,
  predictions: Float64Array,
  value: ValuePlan | null,
): Scored {
  const chosen: ChosenThreshold | null =
    task === 'binary' ? chooseThreshold(predictions, target, value === null ? { by: 'f1' } : { by: 'value', value }) : null;
  const threshold = chosen?.threshold ?? 0.5;
  const input = { task, outputs: predictions.length / target.length, predictions, target, threshold };
  const metrics: Record<string, number> = {};
  for (const { name, compute } of metricsFor(task)) {
    const figure = compute(input);
    if (Number.isFinite(figure)) metrics[name] = figure;
  }
  if (chosen && value !== null) metrics['value'] = chosen.score;
  const score = by === 'value' ? (metrics['value'] ?? Number.NaN) : metricOf(by).compute(input);
  return { score, metrics, threshold };
}

/** Whether a score is better than another by the metric's own direction; an undefined score never is. */
export function isBetter(by: string, score: number, than: number): boolean {
  if (Number.isNaN(score)) return false;
  if (Number.isNaN(than)) return true;
  return by !== 'value' && metricOf(by).better === 'lower' ? score < than : score > than;
}
