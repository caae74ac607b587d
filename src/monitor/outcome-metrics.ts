import type { Task } from '../define/plan.js';

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

/** Metrics of live quality, by the kind of problem. */
export const OUTCOME_METRICS: Readonly<Record<Task, Readonly<Record<string, OutcomeMetric>>>> = Object.freeze({
  binary: { auc, logloss, brier, ece, accuracy },
  multiclass: { logloss, accuracy },
  regression: { rmse, mae },
});

const TINY = 1e-15;
const ECE_BINS = 10;

/** Area under the ROC curve with ties at half; error by Hanley and McNeil (1982). */
function auc({ rows, scores, labels }: LabelledScores): MetricFigure | null {
  const order = Array.from({ length: rows }, (_, i) => i).sort((a, b) => (scores[a] as number) - (scores[b] as number));
  let positives = 0;
  let rankSum = 0;
  for (let start = 0; start < rows; ) {
    const score = scores[order[start] as number] as number;
    let end = start;
    let tied = 0;
    while (end < rows && scores[order[end] as number] === score) tied += labels[order[end++] as number] === 1 ? 1 : 0;
    rankSum += (tied * (start + 1 + end)) / 2;
    positives += tied;
    start = end;
  }
  const negatives = rows - positives;
  if (positives === 0 || negatives === 0) return null;
  const value = (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
  const q1 = value / (2 - value);
  const q2 = (2 * value * value) / (1 + value);
  const variance =
    (value * (1 - value) + (positives - 1) * (q1 - value * value) + (negatives - 1) * (q2 - value * value)) /
    (positives * negatives);
  return { value, error: Math.sqrt(Math.max(0, variance)) };
}

function logloss(rows: LabelledScores): MetricFigure | null {
  return mean(rows, (i) => -Math.log(Math.max(TINY, probabilityOf(rows, i))));
}

function brier(rows: LabelledScores): MetricFigure | null {
  return mean(rows, (i) => ((rows.scores[i] as number) - (rows.labels[i] as number)) ** 2);
}

function accuracy(rows: LabelledScores): MetricFigure | null {
  return mean(rows, (i) => (rows.decided[i] === rows.labels[i] ? 1 : 0));
}

function mae(rows: LabelledScores): MetricFigure | null {
  return mean(rows, (i) => Math.abs((rows.scores[i] as number) - (rows.labels[i] as number)));
}

/** Error by the delta method. */
function rmse(rows: LabelledScores): MetricFigure | null {
  const squared = mean(rows, (i) => ((rows.scores[i] as number) - (rows.labels[i] as number)) ** 2);
  if (!squared) return null;
  const value = Math.sqrt(squared.value);
  return { value, error: squared.error === null || value === 0 ? null : squared.error / (2 * value) };
}

/** Expected calibration error over ten bins of equal width. */
function ece({ rows, scores, labels }: LabelledScores): MetricFigure | null {
  if (rows === 0) return null;
  const gap = new Float64Array(ECE_BINS);
  for (let i = 0; i < rows; i++) {
    const score = scores[i] as number;
    const bin = Math.min(ECE_BINS - 1, Math.floor(score * ECE_BINS));
    gap[bin] = (gap[bin] as number) + score - (labels[i] as number);
  }
  return { value: gap.reduce((total, part) => total + Math.abs(part), 0) / rows, error: null };
}

function probabilityOf({ outputs, scores, labels }: LabelledScores, i: number): number {
  if (outputs > 1) return scores[i * outputs + (labels[i] as number)] as number;
  return labels[i] === 1 ? (scores[i] as number) : 1 - (scores[i] as number);
}

/** Mean over the rows with its standard error (Welford). */
function mean({ rows }: LabelledScores, of: (row: number) => number): MetricFigure | null {
  if (rows === 0) return null;
  let average = 0;
  let squares = 0;
  for (let i = 0; i < rows; i++) {
    const x = of(i);
    const delta = x - average;
    average += delta / (i + 1);
    squares += delta * (x - average);
  }
  return { value: average, error: rows > 1 ? Math.sqrt(squares / (rows - 1) / rows) : null };
}
