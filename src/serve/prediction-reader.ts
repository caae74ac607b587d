import { fail } from '../base/error.js';
import { decodeFrame } from '../frame/codec.js';
import { columnOf, type Frame, type Row, rowAt, takeRows } from '../frame/frame.js';
import type { EventLog } from '../store/ports.js';
import { firstRecord } from './first-record.js';
import { timeOfId } from './prediction-id.js';
import { predictionTopic } from './prediction-log.js';

/** `time` is the wall clock of the answer, `at` the moment asked about. */
export interface PredictionRange {
  readonly by: 'time' | 'at';
  readonly from?: number;
  readonly to?: number;
}

/** How far apart batches of several writers of one log may stand out of order, ms. */
const DISORDER = 60_000;

/** Logged predictions of a half-open range [from, to), batch by batch in the order of the log. */
export async function* readPredictions(log: EventLog, model: string, range: PredictionRange): AsyncIterable<Frame> {
  const from = range.from ?? Number.NEGATIVE_INFINITY;
  const to = range.to ?? Number.POSITIVE_INFINITY;
  for await (const { batch } of readBatches(log, model, range.by === 'time' ? from : Number.NEGATIVE_INFINITY)) {
    const moments = timesOf(batch, range.by);
    const chosen: number[] = [];
    let earliest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < moments.length; i++) {
      const moment = moments[i] as number;
      if (moment < earliest) earliest = moment;
      if (moment >= from && moment < to) chosen.push(i);
    }
    if (chosen.length === batch.rows && batch.rows > 0) yield batch;
    else if (chosen.length > 0) yield takeRows(batch, Int32Array.from(chosen));
    if (range.by === 'time' && earliest >= to + DISORDER) return;
  }
}

/** The records of the log from the first on that may hold a prediction made at a moment or later. */
export async function* readBatches(
  log: EventLog,
  model: string,
  from: number,
): AsyncGenerator<{ readonly offset: number; readonly batch: Frame }, void> {
  const topic = predictionTopic(model);
  const latestOf = (record: Uint8Array, offset: number) =>
    timesOf(readBatch(record, model, offset), 'time').reduce((latest, time) => Math.max(latest, time), -Infinity);
  const start = from === Number.NEGATIVE_INFINITY ? 0 : await firstRecord(log, topic, from - DISORDER, latestOf);
  for await (const { offset, record } of log.read(topic, start)) yield { offset, batch: readBatch(record, model, offset) };
}

/**
 * The log record of one prediction by its id.
 * @throws MW_SERVE_PREDICTION_UNKNOWN
 */
export async function findPrediction(log: EventLog, model: string, id: string): Promise<Row> {
  const time = timeOfId(id);
  const near =
    time === undefined
      ? undefined
      : await rowOf(readPredictions(log, model, { by: 'time', from: time - DISORDER, to: time + DISORDER }), id);
  // A replay of the past writes times behind those before it, where bisection may miss what a look at everything finds.
  const found = near ?? (time === undefined ? undefined : await rowOf(readPredictions(log, model, { by: 'time' }), id));
  if (found) return found;
  fail('MW_SERVE_PREDICTION_UNKNOWN', { what: `'${model}' has no logged prediction '${id}'.`, where: { model, id } });
}

async function rowOf(batches: AsyncIterable<Frame>, id: string): Promise<Row | undefined> {
  for await (const batch of batches) {
    const ids = columnOf(batch, 'id');
    if (ids.kind !== 'string') continue;
    const code = ids.dictionary.indexOf(id);
    const row = code < 0 ? -1 : ids.codes.indexOf(code);
    if (row >= 0) return rowAt(batch, row);
  }
  return undefined;
}

function timesOf(batch: Frame, by: 'time' | 'at'): Float64Array {
  const column = columnOf(batch, by);
  return column.kind === 'timestamp' ? column.values : new Float64Array(0);
}

function readBatch(record: Uint8Array, model: string, offset: number): Frame {
  try {
    return decodeFrame(record);
  } catch (cause) {
    fail('MW_SERVE_RECORD_UNREADABLE', {
      what: `Record ${offset} of the prediction log of '${model}' cannot be read.`,
      where: { model, offset },
      cause,
    });
  }
}
