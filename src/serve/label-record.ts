import { decodeFrame } from '../frame/codec.js';
import { type Column, type Scalar, valueAt } from '../frame/column.js';
import { columnOf, type Frame, frame } from '../frame/frame.js';
import type { EventLog } from '../store/ports.js';
import { columnBuilder } from './column-builder.js';
import type { LabelRow } from './ground-truth.js';

export const labelTopic = (model: string): string => `labels.${model}`;

/** Labels as growing columns, as they are logged: values and keys as JSON, so that their types come back. */
export class LabelBatch {
  readonly #columns = {
    id: columnBuilder('string'),
    key: columnBuilder('string'),
    at: columnBuilder('timestamp'),
    label: columnBuilder('string'),
    availableAt: columnBuilder('timestamp'),
  };
  #rows = 0;

  get rows(): number {
    return this.#rows;
  }

  add(label: LabelRow): void {
    this.#rows++;
    const byId = 'id' in label;
    this.#columns.id.push(byId ? label.id : null);
    this.#columns.key.push(byId ? null : JSON.stringify(label.key));
    this.#columns.at.push(byId ? null : label.at);
    this.#columns.label.push(JSON.stringify(label.label));
    this.#columns.availableAt.push(label.availableAt);
  }

  take(): Frame {
    const rows = this.#rows;
    this.#rows = 0;
    const columns: Record<string, Column> = {};
    for (const [name, builder] of Object.entries(this.#columns)) columns[name] = builder.take();
    return frame(columns, rows);
  }
}

/** Logged labels in the order in which they came, batch by batch. */
export async function* readLabels(log: EventLog, model: string): AsyncIterable<LabelRow[]> {
  for await (const { record } of log.read(labelTopic(model))) {
    const table = decodeFrame(record);
    const [id, key, at, label, availableAt] = ['id', 'key', 'at', 'label', 'availableAt'].map((name) => columnOf(table, name));
    yield Array.from({ length: table.rows }, (_, i): LabelRow => {
      const known = {
        label: JSON.parse(String(valueAt(label as Column, i))) as Scalar,
        availableAt: Number(valueAt(availableAt as Column, i)),
      };
      const name = valueAt(id as Column, i);
      if (name !== null) return { ...known, id: String(name) };
      const entity = JSON.parse(String(valueAt(key as Column, i))) as Scalar[];
      return { ...known, key: entity, at: Number(valueAt(at as Column, i)) };
    });
  }
}
