import type { Task } from '../define/plan.js';
import { metricOf } from '../stats/metrics/catalogue.js';
import { lossOfRow } from '../stats/metrics/logloss.js';
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

/** A metric with its standard error where theory gives one; null when the rows do not define it. */
export interface MetricFigure {
  readonly value: number;
  readonly error: number | null;
}
export type OutcomeMetric = (rows: LabelledScores) => MetricFigure | null;

/**
 * A metric of the catalogue on labelled live predictions.
 * @throws MW_METRIC_UNKNOWN
 */
export function outcomeMetric(name: string, task: Task): OutcomeMetric {
  const metric = metricOf(name);
  return (rows) => {
    if (rows.rows === 0) return null;
    const input = { task, outputs: rows.outputs, predictions: rows.scores, target: rows.labels };
    const ofDecisions = task === 'binary' && metric.ofDecisions;
    const value = metric.compute(ofDecisions ? asDecided(input, rows.decided) : { ...input, threshold: 0.5 });
    return Number.isFinite(value) ? { value, error: standardError(name, task, rows, value) } : null;
  };
}

/** Standard error by theory, null for metrics that have no simple one. */
function standardError(name: string, task: Task, rows: LabelledScores, value: number): number | null {
  const { outputs, scores, labels, decided } = rows;
  const miss = (i: number) => scores[i] - labels[i];
  if (name === 'auc') return task === 'binary' ? aucError(labels, value) : null;
  if (name === 'accuracy') return meanError(rows, (i) => (decided[i] === labels[i] ? 1 : 0));
  if (name === 'mae') return meanError(rows, (i) => Math.abs(miss(i)));
  if (name === 'brier') return task === 'binary' ? meanError(rows, (i) => miss(i) ** 2) : null;
  if (name === 'rmse') {
    const squared = meanError(rows, (i) => miss(i) ** 2);
    return squared === null || value === 0 ? null : squared / (2 * value);
  }
  if (name !== 'logloss') return null;
  const input = { task, outputs, predictions: scores, target: labels };
  return meanError(rows, (i) => lossOfRow(input, i));
}

/** Hanley and McNeil (1982). */
function aucError(labels: Float64Array, auc: number): number {
  let positives = 0;
  for (const label of labels) positives += label;
  const negatives = labels.length - positives;
  const square = auc * auc;
  const ofPositives = (positives - 1) * (auc / (2 - auc) - square);
  const ofNegatives = (negatives - 1) * ((2 * square) / (1 + auc) - square);
  return Math.sqrt(Math.max(0, auc * (1 - auc) + ofPositives + ofNegatives) / (positives * negatives));
}

/** Standard error of a mean over the rows (Welford). */
function meanError({ rows }: LabelledScores, of: (row: number) => number): number | null {
  let average = 0;
  let squares = 0;
  for (let i = 0; i < rows; i++) {
    const x = of(i);
    const delta = x - average;
    average += delta / (i + 1);
    squares += delta * (x - average);
  }
  return rows > 1 ? Math.sqrt(squares / (rows - 1) / rows) : null;
}
