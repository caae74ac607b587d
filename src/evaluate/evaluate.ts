import { type Random, random } from '../base/random.js';
import type { Task, ValuePlan } from '../define/plan.js';
import { bootstrapDistributions, percentileInterval, resampleSize } from '../stats/bootstrap.js';
import { metricOf, metricsFor } from '../stats/metrics/catalogue.js';
import type { MetricInput } from '../stats/metrics/metric.js';
import { confusionCounts, RowSample, rarerRows, soundRows } from '../stats/metrics/rows.js';
import { meanPayOff } from '../stats/pay-off.js';
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
  const numbers = soundRows(scored);
  return {
    kind: 'evaluation',
    task,
    rows,
    classes,
    threshold,
    baseRate: task === 'binary' && rows > 0 ? target.reduce((sum, truth) => sum + truth, 0) / rows : null,
    metrics: allFigures(scored, source.fork('metrics')),
    confusion: task === 'regression' ? null : confusion(scored),
    curves: task === 'binary' && rows > 0 && numbers ? binaryCurves(scored) : null,
    value:
      task === 'binary' && value !== null && rows > 0 && numbers ? valueFigures(scored, value, source.fork('value')) : null,
    slices: sliceFigures(scored, input.slices, (of, name, label) => {
      const [found] = figures(of, [metricOf(name).compute], source.fork(label), SLICE_RESAMPLES);
      return found;
    }),
    residuals: task === 'regression' && rows > 0 ? residualFigures(target, predictions) : null,
  };
}

/** Figures of the rows with their intervals, all from the same resamples. */
function figures(
  of: MetricInput,
  measures: readonly ((rows: MetricInput) => number)[],
  source: Random,
  resamples: number,
): Figure[] {
  const rows = of.target.length;
  const wholes = measures.map((measure) => measure(of));
  const size = resampleSize(rows, rarerRows(of));
  const sample = new RowSample(of, size);
  const resample = (drawn: Uint32Array) => {
    const taken = sample.take(drawn);
    return measures.map((measure) => measure(taken));
  };
  return bootstrapDistributions(rows, wholes, resample, source, { resamples, size }).map((sorted, m) => {
    const value = Number.isNaN(wholes[m]) ? null : wholes[m];
    return sorted === null ? { value, low: null, high: null } : { value, ...percentileInterval(sorted) };
  });
}

function allFigures(scored: MetricInput, source: Random): Record<string, Figure> {
  const metrics = metricsFor(scored.task);
  const found = figures(
    scored,
    metrics.map(({ compute }) => compute),
    source,
    RESAMPLES,
  );
  return Object.fromEntries(metrics.map(({ name }, m) => [name, found[m]]));
}

function confusion(input: MetricInput): number[][] {
  const { classes, counts } = confusionCounts(input);
  return Array.from({ length: classes }, (_, truth) => [...counts.subarray(truth * classes, (truth + 1) * classes)]);
}

function valueFigures(scored: MetricInput, value: ValuePlan, source: Random): ValueFigures {
  const { target, predictions, threshold } = scored;
  const at = (from: number) => meanPayOff(value, target, predictions, from);
  const measure = (of: MetricInput) => meanPayOff(value, of.target, of.predictions, threshold);
  const [perRow] = figures(scored, [measure], source, RESAMPLES);
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
