import { emptyRecord } from '../base/record.js';
import { decodeFrame } from '../frame/codec.js';
import { type Column, columnFrom, type Scalar, valueAt } from '../frame/column.js';
import { columnOf, type Frame, frame, withColumns } from '../frame/frame.js';
import type { EventLog } from '../store/ports.js';
import { columnBuilder, NumberBuilder } from './column-builder.js';
import { firstRecord } from './first-record.js';
import type { LabelRow } from './ground-truth.js';

export const labelTopic = (model: string): string => `labels.${model}`;

/** A place in the prediction log: before row `row` of record `record`. */
export interface LogPlace {
  readonly record: number;
  readonly row: number;
}

/** A label as it was logged: when it came, and which predictions had been made before it. */
export interface LoggedLabel {
  readonly label: LabelRow;
  readonly arrived: number;
  readonly after: LogPlace;
}

/** A record of the label log. */
export interface LabelRecord {
  readonly offset: number;
  readonly labels: readonly LoggedLabel[];
}

/**
 * Labels as growing columns, as they are logged: values and keys as JSON, so that their types come back; `time` when they came, and
 * `afterRecord` and `afterRow`, the place in the prediction log of what is predicted next.
 */
export class LabelBatch {
  readonly #columns = {
    id: columnBuilder('string'),
    key: columnBuilder('string'),
    at: columnBuilder('timestamp'),
    label: columnBuilder('string'),
    availableAt: columnBuilder('timestamp'),
    time: columnBuilder('timestamp'),
    afterRow: new NumberBuilder('number'),
  };
  readonly #afterRecord = new NumberBuilder('number');
  #rows = 0;

  get rows(): number {
    return this.#rows;
  }

  add(label: LabelRow, arrived: number, after: LogPlace): void {
    this.#rows++;
    const byId = 'id' in label;
    this.#columns.id.push(byId ? label.id : null);
    this.#columns.key.push(byId ? null : JSON.stringify(label.key));
    this.#columns.at.push(byId ? null : label.at);
    this.#columns.label.push(JSON.stringify(label.label));
    this.#columns.availableAt.push(label.availableAt);
    this.#columns.time.push(arrived);
    this.#columns.afterRow.push(after.row);
    this.#afterRecord.push(after.record);
  }

  /** The labels so far, as a function of the offset that the places' records count from; the batch starts again empty. */
  take(): (first: number) => Frame {
    const rows = this.#rows;
    this.#rows = 0;
    const columns = emptyRecord<Column>();
    for (const [name, builder] of Object.entries(this.#columns)) columns[name] = builder.take();
    const records = this.#afterRecord.take() as Extract<Column, { kind: 'number' }>;
    return (first) =>
      withColumns(frame(columns, rows), {
        afterRecord: { kind: 'number', values: records.values.map((record) => first + record) },
      });
  }
}

/** Logged labels that came at a moment or later, in the order in which they came, record by record. */
export async function* readLabels(
  log: EventLog,
  model: string,
  from = Number.NEGATIVE_INFINITY,
): AsyncGenerator<LabelRecord, void> {
  const topic = labelTopic(model);
  const start = from === Number.NEGATIVE_INFINITY ? 0 : await firstRecord(log, topic, from, latestOf);
  for await (const { offset, record } of log.read(topic, start)) {
    const table = complete(decodeFrame(record));
    const at = (name: string, row: number): Scalar => valueAt(columnOf(table, name), row);
    const labels: LoggedLabel[] = [];
    for (let i = 0; i < table.rows; i++) {
      const arrived = Number(at('time', i));
      if (arrived < from) continue;
      const known = { label: JSON.parse(String(at('label', i))) as Scalar, availableAt: Number(at('availableAt', i)) };
      const id = at('id', i);
      labels.push({
        label:
          id === null
            ? { ...known, key: JSON.parse(String(at('key', i))) as Scalar[], at: Number(at('at', i)) }
            : { ...known, id: String(id) },
        arrived,
        after: { record: Number(at('afterRecord', i)), row: Number(at('afterRow', i)) },
      });
    }
    yield { offset, labels };
  }
}

function latestOf(record: Uint8Array): number {
  const times = columnOf(complete(decodeFrame(record)), 'time');
  return times.kind === 'timestamp' ? times.values.reduce((latest, time) => Math.max(latest, time), -Infinity) : -Infinity;
}

/** Labels used to be logged without when they came: they are taken to have come when they became available, after all predictions. */
function complete(table: Frame): Frame {
  if (Object.hasOwn(table.columns, 'time')) return table;
  const never = columnFrom(
    'number',
    Array.from({ length: table.rows }, () => Number.MAX_SAFE_INTEGER),
  );
  return withColumns(table, { time: columnOf(table, 'availableAt'), afterRecord: never, afterRow: never });
}
