import { fail } from '../../base/error.js';
import { didYouMean } from '../../base/nearest.js';
import { accuracy } from './accuracy.js';
import { auc } from './auc.js';
import { brier } from './brier.js';
import { ece } from './ece.js';
import { f1 } from './f1.js';
import { logloss } from './logloss.js';
import { mae } from './mae.js';
import { mape } from './mape.js';
import type { Metric, MetricInput, MetricTask } from './metric.js';
import { prauc } from './prauc.js';
import { precision } from './precision.js';
import { r2 } from './r2.js';
import { recall } from './recall.js';
import { rmse } from './rmse.js';
import { soundRows } from './rows.js';

/** Every metric, in the order of reports. */
export const METRICS: readonly Metric[] = Object.freeze(
  [auc, prauc, logloss, brier, ece, accuracy, precision, recall, f1, rmse, mae, mape, r2].map(checked),
);

/** Metrics of a kind of problem. */
export const metricsFor = (task: MetricTask): readonly Metric[] => METRICS.filter((metric) => metric.tasks.includes(task));

const sound = (input: MetricInput): boolean => soundRows(input) && input.target.length > 0;

/** The metric that checks its input: no figure of rows that are no numbers, and no estimate without a figure. */
function checked(metric: Metric): Metric {
  return Object.freeze({
    ...metric,
    compute: (input: MetricInput) => (sound(input) ? metric.compute(input) : Number.NaN),
    estimate: (input: MetricInput, value: number) =>
      sound(input) && Number.isFinite(value) ? metric.estimate(input, value) : { value: Number.NaN, error: Number.NaN },
  });
}

/** The metric of a name; undefined when there is none. */
export const metricNamed = (name: string): Metric | undefined => METRICS.find((metric) => metric.name === name);

/** @throws MW_METRIC_UNKNOWN */
export function metricOf(name: string): Metric {
  const names = METRICS.map((metric) => metric.name);
  return (
    metricNamed(name) ??
    fail('MW_METRIC_UNKNOWN', {
      what: `There is no metric '${name}'.${didYouMean(name, names)}`,
      fix: `Metrics: ${names.join(', ')}.`,
    })
  );
}

/** Every metric of the problem by name. */
export function computeMetrics(input: MetricInput): Record<string, number> {
  return Object.fromEntries(metricsFor(input.task).map((metric) => [metric.name, metric.compute(input)]));
}
