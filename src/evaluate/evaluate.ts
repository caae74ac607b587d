import { random } from '../base/random.js';
import type { Task, ValuePlan } from '../define/plan.js';
import { bootstrapInterval, type Interval } from '../stats/bootstrap.js';
import { metricOf, metricsFor } from '../stats/metrics/catalogue.js';
import type { MetricInput } from '../stats/metrics/metric.js';
import { confusionCounts } from '../stats/metrics/rows.js';
import { binaryCurves } from './curves.js';
import type { Evaluation, Figure, ValueFigures } from './evaluation.js';
import { residualFigures } from './residuals.js';
import { inputRows, type SliceRequest, sliceFigures } from './slices.js';
import { mean, payOffs, valueByThreshold } from './value.js';

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
  readonly seed: number;
}

const RESAMPLES = 100;
const SLICE_RESAMPLES = 40;

/** The metric that slices are compared by unless a gate names one. */
export const sliceMetric = (task: Task): string => (task === 'binary' ? 'auc' : task === 'multiclass' ? 'accuracy' : 'rmse');

/** Judges predictions against the truth, with intervals, curves, slices and money. Seeded: the same rows give the same figures. */
export function evaluate(input: EvaluateInput): Evaluation {
  const { task, target, predictions, threshold, classes, value, seed } = input;
  const rows = target.length;
  const outputs = task === 'multiclass' ? classes.length : 1;
  const scored: MetricInput = { task, outputs, predictions, target, threshold };
  const source = random(seed).fork('evaluate');
  const interval = (of: MetricInput, name: string, label: string, resamples: number): Figure => {
    const metric = metricOf(name);
    const whole = of.target.length === 0 ? Number.NaN : metric.compute(of);
    const sample = (drawn: Uint32Array) => metric.compute(inputRows(of, drawn));
    return figure(whole, bootstrapInterval(of.target.length, whole, sample, source.fork(label), { resamples }));
  };
  return {
    kind: 'evaluation',
    task,
    rows,
    classes,
    threshold,
    baseRate: task === 'binary' && rows > 0 ? mean(target) : null,
    metrics: Object.fromEntries(metricsFor(task).map(({ name }) => [name, interval(scored, name, name, RESAMPLES)])),
    confusion: task === 'regression' ? null : confusion(scored),
    curves: task === 'binary' && rows > 0 ? binaryCurves(scored) : null,
    value: task === 'binary' && value !== null && rows > 0 ? valueFigures(input, value) : null,
    slices: sliceFigures(scored, input.slices, (of, name, label) => interval(of, name, label, SLICE_RESAMPLES)),
    residuals: task === 'regression' && rows > 0 ? residualFigures(target, predictions) : null,
  };
}

function figure(value: number, interval: Interval | null): Figure {
  return { value: Number.isNaN(value) ? null : value, low: interval?.low ?? null, high: interval?.high ?? null };
}

function confusion(input: MetricInput): number[][] {
  const { classes, counts } = confusionCounts(input);
  return Array.from({ length: classes }, (_, truth) => [...counts.subarray(truth * classes, (truth + 1) * classes)]);
}

function valueFigures({ target, predictions, threshold, seed }: EvaluateInput, value: ValuePlan): ValueFigures {
  const paid = payOffs(value, target, predictions, threshold);
  const perRow = mean(paid);
  const meanOf = (rows: Uint32Array) => {
    let sum = 0;
    for (const row of rows) sum += paid[row] as number;
    return sum / rows.length;
  };
  let acted = 0;
  for (const probability of predictions) if (probability >= threshold) acted++;
  return {
    currency: value.currency,
    perRow: figure(
      perRow,
      bootstrapInterval(target.length, perRow, meanOf, random(seed).fork('value'), { resamples: RESAMPLES }),
    ),
    none: mean(payOffs(value, target, predictions, Number.POSITIVE_INFINITY)),
    all: mean(payOffs(value, target, predictions, Number.NEGATIVE_INFINITY)),
    total: perRow * target.length,
    share: acted / target.length,
    byThreshold: valueByThreshold(value, target, predictions),
  };
}
