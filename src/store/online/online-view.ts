import type { ViewPlan } from '../../define/plan.js';
import { type Column, type ColumnKind, columnFrom, type Scalar, valueAt } from '../../frame/column.js';
import { columnOf, type Frame, frame } from '../../frame/frame.js';
import { type LiveEntity, liveLayout } from '../../frame/windows/live.js';
import { type CompiledView, compileView } from '../../frame/windows/window-view.js';
import type { FeatureStatus } from '../ports.js';
import { EntityIndex } from './entity-index.js';

const numbers = (table: Frame, name: string) => (columnOf(table, name) as { values: Float64Array }).values;

/** The moments of some pushed rows, ms; `sequence` is the number of the first. */
export interface PushedMoments {
  readonly times: Float64Array;
  readonly available: Float64Array;
  readonly sequence: number;
  /** No read earlier than this needs to be fast, and none earlier by the longest window needs to be right. */
  readonly settled: number;
}

/** One feature view online: its entities, each with its windows. */
export class OnlineView {
  readonly plan: ViewPlan;
  readonly features: readonly string[];
  readonly #view: CompiledView;
  readonly #kinds: Readonly<Record<string, ColumnKind>>;
  readonly #entities: EntityIndex;
  /** What is read of an entity without events. */
  readonly #nothing: Float64Array;

  constructor(plan: ViewPlan, kinds: Readonly<Record<string, ColumnKind>>) {
    this.plan = plan;
    this.#kinds = kinds;
    this.#view = compileView(plan, kinds);
    this.features = this.#view.cells.map((cell) => cell.feature);
    this.#entities = new EntityIndex(liveLayout(this.#view), plan.by.length);
    this.#nothing = Float64Array.from(this.#view.cells, ({ aggregate }) => {
      const state = new Float64Array(aggregate.size);
      aggregate.init(state, 0);
      return aggregate.value(state, 0);
    });
  }

  /** Works out what pushed rows give, and changes nothing yet. */
  prepare(rows: Frame): (moments: PushedMoments) => void {
    const channels = this.#view.channels.map((channel) => channel(rows));
    const keys = this.plan.by.map((key) => columnOf(rows, key.column));
    return ({ times, available, sequence, settled }) => {
      const keepFrom = settled - this.#view.longest;
      const key: Scalar[] = keys.map(() => null);
      for (let row = 0; row < rows.rows; row++) {
        let whole = true;
        for (let k = 0; k < keys.length; k++) {
          key[k] = valueAt(keys[k], row);
          whole &&= key[k] !== null;
        }
        if (whole)
          this.#entities.getOrAdd(key).push(times[row], available[row], sequence + row, channels, row, keepFrom, settled);
      }
    };
  }

  read(key: readonly Scalar[], at: number, out: Float64Array, offset: number): FeatureStatus {
    let whole = at === at;
    for (let k = 0; k < key.length; k++) if (key[k] === null || key[k] !== key[k]) whole = false;
    if (!whole) {
      for (let f = 0; f < this.#nothing.length; f++) out[offset + f] = Number.NaN;
      return 'NOT_FOUND';
    }
    const entity: LiveEntity | undefined = this.#entities.get(key);
    if (entity !== undefined) return entity.read(at, out, offset) ? 'PRESENT' : 'NOT_FOUND';
    for (let f = 0; f < this.#nothing.length; f++) out[offset + f] = this.#nothing[f];
    return 'NOT_FOUND';
  }

  /** Number of events kept over all entities. */
  get size(): number {
    let size = 0;
    this.#entities.forEach((_, entity) => {
      size += entity.size;
    });
    return size;
  }

  /** The view's content as two tables: its events, and what was dropped of each entity. */
  toFrames(): { readonly events: Frame; readonly dropped: Frame } {
    const columns = 3 + this.#view.channels.length;
    const events = new Float64Array(this.size * columns);
    const eventKeys: Scalar[][] = this.plan.by.map(() => []);
    const droppedKeys: Scalar[][] = this.plan.by.map(() => []);
    const times: number[] = [];
    const entries: number[] = [];
    let at = 0;
    this.#entities.forEach((key, entity) => {
      entity.forEach((records, from) => {
        events.set(records.subarray(from, from + columns), at);
        at += columns;
        for (let k = 0; k < key.length; k++) eventKeys[k].push(key[k]);
      });
      if (entity.dropped.time === Number.NEGATIVE_INFINITY) return;
      for (let k = 0; k < key.length; k++) droppedKeys[k].push(key[k]);
      times.push(entity.dropped.time);
      entries.push(entity.dropped.entry);
    });
    const rows = at / columns;
    const fields: Record<string, Column> = this.#keyColumns(eventKeys);
    for (let f = 0; f < columns; f++)
      fields[`field${f}`] = { kind: 'number', values: Float64Array.from({ length: rows }, (_, i) => events[i * columns + f]) };
    return {
      events: frame(fields, rows),
      dropped: frame(
        { ...this.#keyColumns(droppedKeys), time: columnFrom('number', times), entry: columnFrom('number', entries) },
        times.length,
      ),
    };
  }

  /** Takes in what `toFrames` gave; the view must be empty. */
  restore(events: Frame, dropped: Frame): void {
    const keysOf = (table: Frame) => this.plan.by.map((_, k) => columnOf(table, `key${k}`));
    const fields = Array.from({ length: 3 + this.#view.channels.length }, (_, f) => numbers(events, `field${f}`));
    const keys = keysOf(events);
    for (let row = 0; row < events.rows; row++)
      this.#entities
        .getOrAdd(keys.map((column) => valueAt(column, row)))
        .push(
          fields[0][row],
          fields[1][row],
          fields[2][row],
          fields.slice(3),
          row,
          Number.NEGATIVE_INFINITY,
          Number.NEGATIVE_INFINITY,
        );
    const droppedKeys = keysOf(dropped);
    for (let row = 0; row < dropped.rows; row++)
      this.#entities
        .getOrAdd(droppedKeys.map((column) => valueAt(column, row)))
        .restoreDropped(numbers(dropped, 'time')[row], numbers(dropped, 'entry')[row]);
  }

  #keyColumns(keys: readonly (readonly Scalar[])[]): Record<string, Column> {
    return Object.fromEntries(keys.map((values, k) => [`key${k}`, columnFrom(this.#kinds[this.plan.by[k].column], values)]));
  }
}
