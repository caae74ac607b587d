import type { StringColumn } from '../frame/column.js';
import { metricOf } from '../stats/metrics/catalogue.js';
import type { MetricInput } from '../stats/metrics/metric.js';
import type { Figure, SliceFigure } from './evaluation.js';

const MOST_SLICES = 40;
const FEWEST_ROWS = 100;

export type IntervalOf = (input: MetricInput, metric: string, label: string) => Figure;

/** The rows of predictions that are named, as predictions of their own. */
export function inputRows(input: MetricInput, rows: Int32Array | Uint32Array): MetricInput {
  const { outputs } = input;
  const target = new Float64Array(rows.length);
  const predictions = new Float64Array(rows.length * outputs);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number;
    target[i] = input.target[row] as number;
    for (let c = 0; c < outputs; c++) predictions[i * outputs + c] = input.predictions[row * outputs + c] as number;
  }
  return { ...input, target, predictions };
}

/** A feature to slice by, its values on the evaluated rows, and the metric to compare slices by. */
export interface SliceRequest {
  readonly feature: string;
  readonly metric: string;
  readonly column: StringColumn;
}

/** The largest slices of each feature that have enough rows, worst first. */
export function sliceFigures(input: MetricInput, requests: readonly SliceRequest[], interval: IntervalOf): SliceFigure[] {
  const found: (Omit<SliceFigure, 'significant'> & { readonly p: number })[] = [];
  for (const { feature, metric, column } of requests) {
    const { better, compute } = metricOf(metric);
    const whole = compute(input);
    if (Number.isNaN(whole)) continue;
    for (const { code, rows } of largest(column)) {
      const figure = interval(inputRows(input, rows), metric, `${feature} ${metric} ${code}`);
      if (figure.value === null) continue;
      const drop = better === 'higher' ? whole - figure.value : figure.value - whole;
      const error = figure.low === null || figure.high === null ? Number.POSITIVE_INFINITY : (figure.high - figure.low) / 3.92;
      found.push({
        feature,
        slice: column.dictionary[code] as string,
        rows: rows.length,
        metric,
        figure,
        drop,
        p: upperTail(drop / error),
      });
    }
  }
  const bound = discoveryBound(found.map(({ p }) => p));
  return found.map(({ p, ...slice }) => ({ ...slice, significant: p <= bound })).sort((a, b) => b.drop - a.drop);
}

function largest(column: StringColumn): { readonly code: number; readonly rows: Int32Array }[] {
  const counts = new Int32Array(column.dictionary.length);
  for (const code of column.codes) if (code >= 0) counts[code] = (counts[code] as number) + 1;
  const codes = [...counts.keys()]
    .filter((code) => (counts[code] as number) >= FEWEST_ROWS)
    .sort((a, b) => (counts[b] as number) - (counts[a] as number) || a - b)
    .slice(0, MOST_SLICES);
  const rows = new Map(codes.map((code) => [code, new Int32Array(counts[code] as number)]));
  const filled = new Int32Array(column.dictionary.length);
  for (let row = 0; row < column.codes.length; row++) {
    const code = column.codes[row] as number;
    const list = rows.get(code);
    if (!list) continue;
    list[filled[code] as number] = row;
    filled[code] = (filled[code] as number) + 1;
  }
  return codes.map((code) => ({ code, rows: rows.get(code) as Int32Array }));
}

/** The largest p that still counts at a false discovery rate of 5 %; -1 for none. */
function discoveryBound(ps: readonly number[]): number {
  const sorted = [...ps].sort((a, b) => a - b);
  let bound = -1;
  sorted.forEach((p, i) => {
    if (p <= (0.05 * (i + 1)) / sorted.length) bound = p;
  });
  return bound;
}

/** Upper tail of the standard normal (Abramowitz and Stegun 26.2.17, error below 7.5e-8). */
function upperTail(z: number): number {
  if (Number.isNaN(z)) return 1;
  if (z < 0) return 1 - upperTail(-z);
  const t = 1 / (1 + 0.2316419 * z);
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
}
