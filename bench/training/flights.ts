import { fileURLToPath } from 'node:url';
import { withDatabase } from '../../src/engines/duckdb/database.js';
import { textLiteral } from '../../src/engines/duckdb/quote.js';
import { frameOf } from '../../src/engines/duckdb/to-frame.js';
import type { Frame } from '../../src/frame/frame.js';
import type { TrainingData } from '../../src/models/estimator.js';
import type { Benchmark } from '../benchmark.js';
import { scaled } from '../options.js';
import { fitFigure } from './fit-figure.js';

const FILE = new URL('../../../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url);
const TRAIN_ROWS = 1_000_000;
const TEST_ROWS = 200_000;
const LATE_MINUTES = 15;

/** Flights in the order of their departure: the first to learn from, those after them to judge by. */
async function flights(rows: number, testRows: number): Promise<{ readonly train: TrainingData; readonly test: TrainingData }> {
  const table = textLiteral(fileURLToPath(FILE));
  const frame = await withDatabase((connection) =>
    frameOf(
      connection,
      `SELECT origin, destination, hour(date) AS hour, dayofweek(date) AS weekday, distance, delay FROM ${table}
       ORDER BY date, origin, destination, distance, delay LIMIT ${rows + testRows}`,
    ),
  );
  return { train: part(frame, 0, rows), test: part(frame, rows, rows + testRows) };
}

/** Airports, hour and weekday as categories, distance as a number. */
function part(frame: Frame, from: number, to: number): TrainingData {
  const names = ['origin', 'destination', 'hour', 'weekday', 'distance'];
  const made = names.map((name) => {
    const column = frame.columns[name];
    if (column.kind === 'string')
      return { values: Float64Array.from(column.codes.subarray(from, to)), categories: column.dictionary.length };
    if (column.kind !== 'number') throw new Error(`${name} is neither text nor number`);
    return { values: column.values.slice(from, to), categories: name === 'hour' ? 24 : name === 'weekday' ? 7 : 0 };
  });
  const delay = frame.columns['delay'];
  if (delay.kind !== 'number') throw new Error('delay is no number');
  const features = made.map(({ categories }, j) => ({ name: names[j], categories }));
  return {
    matrix: { rows: to - from, columns: made.map(({ values }) => values), features },
    target: delay.values.slice(from, to).map((minutes) => (minutes >= LATE_MINUTES ? 1 : 0)),
  };
}

const benchmark = (leaves: number): Benchmark => ({
  group: 'training',
  name: `gbdt 1M flights by airport, hour, weekday and distance, 100 trees x ${leaves} leaves`,
  async run(options) {
    const made = await flights(scaled(TRAIN_ROWS, options), scaled(TEST_ROWS, options));
    return fitFigure(() => made, leaves, options.runs);
  },
});

export const benchmarks: readonly Benchmark[] = [benchmark(31), benchmark(255)];
