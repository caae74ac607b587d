import type { Evaluation } from '../evaluation.js';

/** A Vega-Lite specification as plain data. */
export type ChartSpec = Readonly<Record<string, unknown>>;

/** What charts are drawn from; a list that is empty has no chart. */
export interface ChartData {
  readonly evaluation: Evaluation;
  /** Largest first. */
  readonly importances: readonly { readonly feature: string; readonly drop: number }[];
  /** Days as epoch milliseconds; null where there was too little data. */
  readonly daily: readonly { readonly day: number; readonly metric: string; readonly value: number | null }[];
  readonly drift: readonly { readonly day: number; readonly feature: string; readonly psi: number | null }[];
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

/** Colours as they stand in specifications; in a page each gives way to the theme's CSS variable. */
export const COLOURS = {
  ink: '#1b2430',
  muted: '#667085',
  grid: '#e3e7ee',
  accent: '#3559c7',
  second: '#d5691b',
} as const;

/** A dimension with its title and number format. */
export const quantitative = (field: string, title: string, format: string, domain?: readonly [number, number]) => ({
  field,
  type: 'quantitative',
  axis: { title, format },
  ...(domain ? { scale: { domain, nice: false } } : {}),
});
