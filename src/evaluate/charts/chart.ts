import type { Evaluation } from '../evaluation.js';

/** A Vega-Lite specification as plain data. */
export type ChartSpec = Readonly<Record<string, unknown>>;

/** What charts are drawn from; a list that is empty has no chart. */
export interface ChartData {
  readonly evaluation: Evaluation;
  /** Largest first. */
  readonly importances: readonly { readonly feature: string; readonly drop: number; readonly deviation: number }[];
  /** The trials of the search; null where there was none. */
  readonly search: SearchTrials | null;
  /** Null where it was not measured. */
  readonly learning: LearningFigures | null;
  /** Days as epoch milliseconds; null where there was too little data. */
  readonly daily: readonly { readonly day: number; readonly metric: string; readonly value: number | null }[];
  readonly drift: readonly { readonly day: number; readonly feature: string; readonly psi: number | null }[];
}

export interface SearchTrials {
  /** The metric that the search went by. */
  readonly by: string;
  /** Trials counted from 1, in their order. */
  readonly trials: readonly {
    readonly number: number;
    readonly estimator: string;
    readonly params: Readonly<Record<string, unknown>>;
    /** Not finite where there is none. */
    readonly score: number;
    /** Share of the rounds or rows that it was given. */
    readonly share: number;
    readonly chosen: boolean;
  }[];
}

/** Scores by the number of training rows. */
export interface LearningFigures {
  readonly by: string;
  readonly points: readonly { readonly rows: number; readonly score: number }[];
}

/** A chart of a report: what it shows and how it is drawn. */
export interface Chart {
  readonly name: string;
  readonly title: string;
  /** How to read it, one sentence. */
  readonly doc: string;
  /** Null when there is nothing to show. */
  spec(data: ChartData): ChartSpec | null;
}

/** Colours as they stand in specifications; in a page each gives way to the theme's CSS variable of the same name. */
export const COLOURS = {
  ink: '#1b2430',
  muted: '#667085',
  grid: '#e3e7ee',
  accent: '#3559c7',
  second: '#d5691b',
  third: '#2f8f6b',
  fourth: '#8b5cc7',
  fifth: '#b8485c',
  sixth: '#5b7f95',
} as const;

/** A dimension with its title and number format. */
export const quantitative = (field: string, title: string, format: string, domain?: readonly [number, number]) => ({
  field,
  type: 'quantitative',
  axis: { title, format },
  ...(domain ? { scale: { domain, nice: false } } : {}),
});

/** The dashed line of equal values through a square of two dimensions. */
export const diagonal = (low: number, high: number) => ({
  data: {
    values: [
      { x: low, y: low },
      { x: high, y: high },
    ],
  },
  mark: { type: 'line', color: COLOURS.muted, strokeDash: [4, 4], strokeWidth: 1 },
  encoding: { x: { field: 'x', type: 'quantitative' }, y: { field: 'y', type: 'quantitative' } },
});

/** Whether a metric is defined on the evaluated rows; a curve whose area is not defined has nothing to say. */
export const isDefined = ({ metrics }: Evaluation, name: string): boolean =>
  Object.hasOwn(metrics, name) && metrics[name].value !== null;
