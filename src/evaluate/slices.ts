import type { StringColumn } from '../frame/column.js';
import { normalCdf } from '../stats/distributions/normal.js';
import { discoveryBound } from '../stats/false-discovery.js';
import { metricOf } from '../stats/metrics/catalogue.js';
import type { MetricInput } from '../stats/metrics/metric.js';
import { RowSample } from '../stats/metrics/rows.js';
import type { Figure, SliceFigure } from './evaluation.js';

const MOST_SLICES = 40;
const FEWEST_ROWS = 100;

export type FigureOf = (input: MetricInput, metric: string) => Figure;

/** A feature to slice by, its values on the evaluated rows, and the metric to compare slices by. */
export interface SliceRequest {
  readonly feature: string;
  readonly metric: string;
  readonly column: StringColumn;
}

/** The largest slices of each feature that have enough rows, worst first. */
export function sliceFigures(input: MetricInput, requests: readonly SliceRequest[], figureOf: FigureOf): SliceFigure[] {
  const found: (Omit<SliceFigure, 'significant'> & { readonly p: number })[] = [];
  for (const { feature, metric, column } of requests) {
    const { better, compute } = metricOf(metric);
    const whole = compute(input);
    if (Number.isNaN(whole)) continue;
    for (const { code, rows } of largest(column)) {
      const figure = figureOf(new RowSample(input, rows.length).take(rows), metric);
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
        p: drop === 0 ? 0.5 : normalCdf(-drop / error),
      });
    }
  }
  const bound = discoveryBound(found.map(({ p }) => p));
  return found.map(({ p, ...slice }) => ({ ...slice, significant: p <= bound })).sort((a, b) => b.drop - a.drop);
}

function largest(column: StringColumn): { readonly code: number; readonly rows: Int32Array }[] {
  const counts = new Int32Array(column.dictionary.length);
  for (const code of column.codes) if (code >= 0) counts[code]++;
  const codes = [...counts.keys()]
    .filter((code) => counts[code] >= FEWEST_ROWS)
    .sort((a, b) => counts[b] - counts[a] || a - b)
    .slice(0, MOST_SLICES);
  const slices = codes.map((code) => ({ code, rows: new Int32Array(counts[code]) }));
  const sliceOf = new Int32Array(column.dictionary.length).fill(-1);
  codes.forEach((code, slice) => {
    sliceOf[code] = slice;
  });
  const filled = new Int32Array(codes.length);
  for (let row = 0; row < column.codes.length; row++) {
    const code = column.codes[row];
    if (code < 0) continue;
    const slice = sliceOf[code];
    if (slice >= 0) slices[slice].rows[filled[slice]++] = row;
  }
  return slices;
}
