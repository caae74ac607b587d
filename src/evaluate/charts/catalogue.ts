import { fail } from '../../base/error.js';
import { didYouMean } from '../../base/nearest.js';
import { calibration } from './calibration.js';
import type { Chart } from './chart.js';
import { confusion } from './confusion.js';
import { daily } from './daily.js';
import { drift } from './drift.js';
import { importances } from './importances.js';
import { learningCurve } from './learning-curve.js';
import { parameters } from './parameters.js';
import { pr } from './pr.js';
import { residuals } from './residuals.js';
import { roc } from './roc.js';
import { scores } from './scores.js';
import { slices } from './slices.js';
import { tenths } from './tenths.js';
import { trials } from './trials.js';
import { value } from './value.js';

/** Every chart, in the order of reports. */
export const CHARTS: readonly Chart[] = Object.freeze([
  roc,
  pr,
  calibration,
  scores,
  value,
  confusion,
  residuals,
  tenths,
  slices,
  importances,
  trials,
  parameters,
  learningCurve,
  daily,
  drift,
]);

/** @throws MW_CHART_UNKNOWN */
export function chartOf(name: string): Chart {
  const names = CHARTS.map((chart) => chart.name);
  return (
    CHARTS.find((chart) => chart.name === name) ??
    fail('MW_CHART_UNKNOWN', {
      what: `There is no chart '${name}'.${didYouMean(name, names)}`,
      fix: `Charts: ${names.join(', ')}.`,
    })
  );
}
