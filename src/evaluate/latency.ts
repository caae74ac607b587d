import type { Scalar } from '../frame/column.js';
import { valueAt } from '../frame/column.js';
import { columnOf, type Frame } from '../frame/frame.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { quantileSorted } from '../stats/quantile.js';

/** Time of one prediction in this process, milliseconds. */
export interface Latency {
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
}

/** Times `calls` single-row predictions over the rows of a table in turn, after a warm-up. `timer` gives ms with fractions. */
export function measureLatency(pipeline: Pipeline, table: Frame, timer: () => number, calls = 2000): Latency {
  const rows = Array.from({ length: Math.min(table.rows, 500) }, (_, row): Scalar[] =>
    pipeline.features.map(({ name }) => valueAt(columnOf(table, name), row)),
  );
  const out = new Float64Array(pipeline.model.outputs);
  const times = new Float64Array(calls);
  for (let call = -500; call < calls; call++) {
    const start = timer();
    pipeline.predictRow(rows[(call + 500) % rows.length] as Scalar[], out);
    if (call >= 0) times[call] = timer() - start;
  }
  const sum = times.reduce((total, time) => total + time, 0);
  times.sort();
  return { mean: sum / calls, p50: quantileSorted(times, 0.5), p99: quantileSorted(times, 0.99) };
}
