import type { Task } from '../define/plan.js';
import { metricOf } from '../stats/metrics/catalogue.js';
import { type Estimate, endOfEstimate } from '../stats/metrics/estimate.js';
import { asDecided } from '../stats/metrics/rows.js';

/** Labelled predictions as columns; `scores` row-major with `outputs` a row, `labels` class indices or numbers. */
export interface LabelledScores {
  readonly rows: number;
  readonly outputs: number;
  readonly scores: Float64Array;
  readonly labels: Float64Array;
  /** Decided class indices; -1 for a regression. */
  readonly decided: Int32Array;
}

/** A metric of the catalogue on labelled live predictions. */
export interface OutcomeMetric {
  /** Whether rows of a rare class count as much as all others together, so that there must be some of each class. */
  readonly overClasses: boolean;
  /** The figure; NaN when the rows do not define it. */
  value(rows: LabelledScores): number;
  estimate(rows: LabelledScores, value: number): Estimate;
  /** The estimate moved by `z` of its standard errors. */
  end(estimate: Estimate, z: number): number;
}

/** @throws MW_METRIC_UNKNOWN */
export function outcomeMetric(name: string, task: Task): OutcomeMetric {
  const metric = metricOf(name);
  const input = ({ outputs, scores, labels, decided }: LabelledScores) => {
    const given = { task, outputs, predictions: scores, target: labels };
    return task === 'binary' && metric.ofDecisions ? asDecided(given, decided) : { ...given, threshold: 0.5 };
  };
  return {
    overClasses: metric.overClasses,
    value: (rows) => metric.compute(input(rows)),
    estimate: (rows, value) => metric.estimate(input(rows), value),
    end: (estimate, z) => endOfEstimate(estimate, metric.scale, z),
  };
}
