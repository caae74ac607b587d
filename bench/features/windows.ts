import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { SqlView } from '../../src/engines/sql/emit-view.js';
import { type Column, columnFrom, type Scalar, takeColumn } from '../../src/frame/column.js';
import { compileRows, kindsOf } from '../../src/frame/compile-expression.js';
import { call, column, literal } from '../../src/frame/expression.js';
import { columnOf, type Frame, frame } from '../../src/frame/frame.js';
import { entityCodes } from '../../src/frame/windows/entity-codes.js';
import { orderEvents } from '../../src/frame/windows/event-order.js';
import { slideView } from '../../src/frame/windows/slide-view.js';
import { compileView } from '../../src/frame/windows/window-view.js';
import type { Benchmark } from '../benchmark.js';

const HOUR = 3_600_000;
const SPANS = [1, 3, 24, 7 * 24, 28 * 24];
const KEYS = [['origin'], ['destination'], ['origin', 'destination'], []] as const;

const late = call('gte', column('delay'), literal(15));
/** A delay is known on landing: some 8 miles a minute. */
const landing = call(
  'plus',
  column('date'),
  call('times', call('plus', call('div', column('distance'), literal(8)), column('delay')), literal(60_000)),
);
const view = (keys: readonly string[]): SqlView => ({
  name: keys.join(' ') || 'network',
  by: keys.map((key) => ({ column: key, request: key })),
  aggregates: (
    [
      ['departures', 'count', null],
      ['lateRate', 'mean', late],
      ['meanDelay', 'mean', column('delay')],
    ] as const
  ).map(([name, op, value]) => ({
    name,
    op,
    value,
    where: null,
    windows: SPANS.map((hours) => ({ span: hours * HOUR, feature: `${name}_${hours}h` })),
  })),
});

/** The package exports its main file only; the data lie beside its folder. */
const path = () => {
  const main = createRequire(import.meta.url).resolve('vega-datasets');
  return join(dirname(main), '..', 'data', 'flights-3m.parquet');
};

async function flights(): Promise<Frame> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const result = await connection.runAndReadAll(
    `SELECT CAST(epoch_ms(date) AS DOUBLE), CAST(delay AS DOUBLE), CAST(distance AS DOUBLE), origin, destination FROM '${path()}'`,
  );
  const values = result.getColumns() as Scalar[][];
  const kinds = ['timestamp', 'number', 'number', 'string', 'string'] as const;
  const columns: Record<string, Column> = {};
  for (const [i, name] of ['date', 'delay', 'distance', 'origin', 'destination'].entries())
    columns[name] = columnFrom(kinds[i], values[i]);
  connection.closeSync();
  return frame(columns);
}

const moments = (table: Frame, name: string): Float64Array => {
  const found = columnOf(table, name);
  if (found.kind !== 'timestamp') throw new TypeError(name);
  return found.values;
};

/** Seconds to compute every window feature of some views at every `every`th flight. */
function slide(events: Frame, views: readonly (readonly string[])[], every: number): number {
  const start = performance.now();
  const rows = Int32Array.from({ length: Math.floor(events.rows / every) }, (_, i) => i * every);
  const at = Float64Array.from(rows, (row) => moments(events, 'date')[row]);
  const available = compileRows(landing)(events);
  if (available.kind !== 'timestamp') throw new TypeError('landing');
  const order = orderEvents(moments(events, 'date'), available.values);
  for (const keys of views) {
    const columns = keys.map((key) => columnOf(events, key));
    const spineKeys = columns.map((key) => takeColumn(key, rows));
    const codes = entityCodes(columns, events.rows, spineKeys, rows.length);
    const { by: _, ...windows } = view(keys);
    slideView(compileView(windows, kindsOf(events)), events, order, codes, at);
  }
  return (performance.now() - start) / 1000;
}

/**
 * Seconds of the same windows of one view as RANGE frames in DuckDB: the usual way in SQL. Frames know event time only: what a flight in
 * the air would tell is not left out, so the peer has the easier task.
 */
async function rangeFrames(keys: readonly string[]): Promise<number> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(`CREATE TABLE flights AS SELECT * FROM '${path()}'`);
  const frames = SPANS.map(
    (hours) =>
      `w${hours} AS (${keys.length ? `PARTITION BY ${keys.join(', ')} ` : ''}ORDER BY date RANGE BETWEEN INTERVAL ${hours} HOUR PRECEDING AND INTERVAL 1 MILLISECOND PRECEDING)`,
  );
  const features = SPANS.map(
    (hours) => `count(*) OVER w${hours}, avg(CAST(delay >= 15 AS INT)) OVER w${hours}, avg(delay) OVER w${hours}`,
  );
  const columns = SPANS.map((hours) => `c${hours}, l${hours}, d${hours}`).join(', ');
  const start = performance.now();
  await connection.run(
    `CREATE TABLE result AS SELECT * FROM (SELECT ${features.join(', ')} FROM flights WINDOW ${frames.join(', ')}) AS t(${columns})`,
  );
  const seconds = (performance.now() - start) / 1000;
  connection.closeSync();
  return seconds;
}

export const benchmarks: readonly Benchmark[] = [
  {
    group: 'features',
    name: '60 point-in-time windows of 3M flights at 1M moments',
    run: async () => ({ value: slide(await flights(), KEYS, 3), unit: 's', must: { of: 'value', atMost: 20 } }),
  },
  {
    group: 'features',
    name: '15 windows by origin at every flight, against RANGE frames',
    run: async () => ({
      value: slide(await flights(), [['origin']], 1),
      unit: 's',
      peer: 'DuckDB RANGE frames (event time only)',
      peerValue: await rangeFrames(['origin']),
      must: { of: 'ratio', atMost: 0.5 },
      note: 'sliding runs on one core, DuckDB on all',
    }),
  },
];
