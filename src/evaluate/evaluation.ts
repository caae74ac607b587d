import type { Task } from '../define/plan.js';

/** A figure with its 95 % interval; null where the rows do not define it. */
export interface Figure {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Why a figure has no interval: fewer than 20 rows of a class, or in all. */
  readonly note?: 'insufficient data';
}

/** How well predictions met the truth: plain data, stored with the model version and drawn by the report. */
export interface Evaluation {
  readonly kind: 'evaluation';
  readonly task: Task;
  readonly rows: number;
  readonly classes: readonly string[];
  readonly threshold: number;
  /** Share of rows of the positive class; null unless binary. */
  readonly baseRate: number | null;
  readonly metrics: Readonly<Record<string, Figure>>;
  /** Rows by true class and decided class; null for a regression. */
  readonly confusion: readonly (readonly number[])[] | null;
  readonly curves: BinaryCurves | null;
  readonly value: ValueFigures | null;
  readonly slices: readonly SliceFigure[];
  readonly residuals: Residuals | null;
}

/** Points of the curves of a binary problem, thinned out for drawing. */
export interface BinaryCurves {
  readonly roc: readonly { readonly falsePositiveRate: number; readonly truePositiveRate: number }[];
  readonly precisionRecall: readonly { readonly recall: number; readonly precision: number }[];
  readonly calibration: readonly { readonly predicted: number; readonly observed: number; readonly rows: number }[];
  readonly scores: readonly { readonly from: number; readonly positives: number; readonly negatives: number }[];
}

/** Money, in the currency of the plan. */
export interface ValueFigures {
  readonly currency: string;
  /** Mean pay-off a row when acting at the model's threshold, on no row, and on every row. */
  readonly perRow: Figure;
  readonly none: number;
  readonly all: number;
  readonly total: number;
  /** Share of rows acted on. */
  readonly share: number;
  readonly byThreshold: readonly { readonly threshold: number; readonly perRow: number; readonly share: number }[];
}

/** One slice: the rows that share a value of a feature, beside all rows. */
export interface SliceFigure {
  readonly feature: string;
  readonly slice: string;
  readonly rows: number;
  readonly metric: string;
  readonly figure: Figure;
  /** How much worse than on all rows, in the metric's unit; negative is better. */
  readonly drop: number;
  /** Worse beyond chance at a false discovery rate of 5 % over all slices (Benjamini and Hochberg, 1995). */
  readonly significant: boolean;
}

export interface Residuals {
  /** Prediction minus truth at the 1, 5, 25, 50, 75, 95 and 99 % quantiles. */
  readonly quantiles: readonly { readonly share: number; readonly residual: number }[];
  /** Mean prediction and mean truth by tenth of the predictions. */
  readonly tenths: readonly { readonly predicted: number; readonly observed: number; readonly rows: number }[];
}
