import type { Task, ValuePlan } from '../define/plan.js';
import type { Interval } from '../stats/bootstrap.js';
import { hasEnoughRows } from '../stats/intervals/enough-rows.js';
import { meanInterval } from '../stats/intervals/mean-interval.js';
import { metricInterval } from '../stats/intervals/metric-interval.js';
import { metricOf, metricsFor } from '../stats/metrics/catalogue.js';
import type { Metric, MetricInput } from '../stats/metrics/metric.js';
import { confusionCounts, soundRows } from '../stats/metrics/rows.js';
import { meanPayOff, payOff } from '../stats/pay-off.js';
import { binaryCurves } from './curves.js';
import type { Evaluation, Figure, ValueFigures } from './evaluation.js';
import { residualFigures } from './residuals.js';
import { type SliceRequest, sliceFigures } from './slices.js';
import { valueByThreshold } from './value.js';

export interface EvaluateInput {
  readonly task: Task;
  /** Class labels in output order; empty for a regression. */
  readonly classes: readonly string[];
  /** 0/1, class index or number a row; never missing. */
  readonly target: Float64Array;
  /** Row-major, as `Model.predict` gives them. */
  readonly predictions: Float64Array;
  readonly threshold: number;
  readonly value: ValuePlan | null;
  /** Columns whose values part the rows into slices, and the metric to compare these by. */
  readonly slices: readonly SliceRequest[];
}

/** The metric that slices are compared by unless a gate names one. */
export const sliceMetric = (task: Task): string => (task === 'binary' ? 'auc' : task === 'multiclass' ? 'accuracy' : 'rmse');

/** Judges predictions against the truth, with intervals, curves, slices and money. The same rows give the same figures. */
export function evaluate(input: EvaluateInput): Evaluation {
  const { task, target, predictions, threshold, classes, value } = input;
  const rows = target.length;
  const outputs = task === 'multiclass' ? classes.length : 1;
  const scored: MetricInput = { task, outputs, predictions, target, threshold };
  const numbers = soundRows(scored);
  return {
    kind: 'evaluation',
    task,
    rows,
    classes,
    threshold,
    baseRate: task === 'binary' && rows > 0 ? target.reduce((sum, truth) => sum + truth, 0) / rows : null,
    metrics: Object.fromEntries(metricsFor(task).map((metric) => [metric.name, figureOf(scored, metric)])),
    confusion: task === 'regression' ? null : confusion(scored),
    curves: task === 'binary' && rows > 0 && numbers ? binaryCurves(scored) : null,
    value: task === 'binary' && value !== null && rows > 0 && numbers ? valueFigures(scored, value) : null,
    slices: sliceFigures(scored, input.slices, (of, name) => figureOf(of, metricOf(name))),
    residuals: task === 'regression' && rows > 0 ? residualFigures(target, predictions) : null,
  };
}

function figureOf(of: MetricInput, metric: Metric): Figure {
  const value = metric.compute(of);
  return Number.isNaN(value) ? NOT_DEFINED : withInterval(of, value, () => metricInterval(metric, of, value));
}

const NOT_DEFINED: Figure = { value: null, low: null, high: null };

/** A figure with its interval where the rows can bear one. */
function withInterval(of: MetricInput, value: number, interval: () => Interval | null): Figure {
  const found = hasEnoughRows(of) ? interval() : null;
  return found ? { value, low: found.low, high: found.high } : { value, low: null, high: null, note: 'insufficient data' };
}

function confusion(input: MetricInput): number[][] {
  const { classes, counts } = confusionCounts(input);
  return Array.from({ length: classes }, (_, truth) => [...counts.subarray(truth * classes, (truth + 1) * classes)]);
}

function valueFigures(scored: MetricInput, value: ValuePlan): ValueFigures {
  const { target, predictions, threshold } = scored;
  const at = (from: number) => meanPayOff(value, target, predictions, from);
  const perRow = withInterval(scored, at(threshold), () =>
    meanInterval(predictions.map((probability, i) => payOff(value, target[i], probability >= threshold))),
  );
  let acted = 0;
  for (const probability of predictions) if (probability >= threshold) acted++;
  return {
    currency: value.currency,
    perRow,
    none: at(Number.POSITIVE_INFINITY),
    all: at(Number.NEGATIVE_INFINITY),
    total: at(threshold) * target.length,
    share: acted / target.length,
    byThreshold: valueByThreshold(value, target, predictions),
  };
}
