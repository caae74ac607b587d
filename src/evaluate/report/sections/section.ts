import type { Html } from '../html.js';
import type { ReportData } from '../report-data.js';

/** A part of the report under its heading. */
export interface Section {
  readonly id: string;
  readonly title: string;
  /** Null when there is nothing to show: the section is left out. */
  render(data: ReportData): Html | null | Promise<Html | null>;
}

/** The metrics shown where there is no room for all of them, most telling first. */
export const MAIN_METRICS = {
  binary: ['auc', 'logloss', 'ece'],
  multiclass: ['accuracy', 'f1', 'logloss'],
  regression: ['rmse', 'mae', 'r2'],
} as const;
