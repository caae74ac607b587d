import type { LabelledScores, MetricFigure, OutcomeMetric } from './outcome-metrics.js';
import { type Judgement, MINIMUM_CLASS_ROWS, MINIMUM_ROWS, short, Z } from './signal-result.js';

/**
 * A metric on joined labels against its bound: fires when the metric is beyond the bound and so is the near end of its one-sided 95 %
 * interval; beyond the bound by no more than chance is insufficient data. A metric without a standard error is judged as it is.
 */
export function judgeQuality(
  name: string,
  metricName: string,
  metric: OutcomeMetric,
  low: number | null,
  high: number | null,
  labelled: LabelledScores,
  binary: boolean,
): Judgement {
  const { rows } = labelled;
  const bound = low ?? high;
  const insufficient = (why: string): Judgement => ({
    name,
    state: 'insufficient',
    figure: null,
    bound,
    rows,
    sentence: `Insufficient data to judge ${metricName}: ${why}.`,
  });
  if (rows < MINIMUM_ROWS) return insufficient(`${rows} labelled rows, ${MINIMUM_ROWS} are needed`);
  if (binary) {
    let positives = 0;
    for (let i = 0; i < rows; i++) if (labelled.labels[i] === 1) positives++;
    const fewest = Math.min(positives, rows - positives);
    if (fewest < MINIMUM_CLASS_ROWS) return insufficient(`${fewest} rows of the rarer class, ${MINIMUM_CLASS_ROWS} are needed`);
  }
  const figure = metric(labelled);
  if (figure === null || !Number.isFinite(figure.value)) return insufficient('these rows do not define it');
  const breach = beyond(figure, low, high);
  const margin = figure.error === null ? '' : ` (±${short(Z * figure.error)})`;
  const told = `${metricName} over ${rows} labelled rows is ${short(figure.value)}${margin}`;
  const judged = (state: Judgement['state'], sentence: string): Judgement => ({
    name,
    state,
    figure: figure.value,
    bound,
    rows,
    sentence,
  });
  if (breach === 'none') return judged('quiet', `${told}, within its bound ${bounds(low, high)}.`);
  if (breach === 'certain') return judged('fired', `${told}, beyond its bound ${bounds(low, high)}.`);
  return judged('insufficient', `Insufficient data: ${told}, beyond its bound ${bounds(low, high)} by no more than chance.`);
}

function beyond({ value, error }: MetricFigure, low: number | null, high: number | null): 'none' | 'chance' | 'certain' {
  const slack = error === null ? 0 : Z * error;
  if (low !== null && value < low) return value + slack < low ? 'certain' : 'chance';
  if (high !== null && value > high) return value - slack > high ? 'certain' : 'chance';
  return 'none';
}

function bounds(low: number | null, high: number | null): string {
  return [low === null ? '' : `at least ${short(low)}`, high === null ? '' : `at most ${short(high)}`]
    .filter(Boolean)
    .join(', ');
}
