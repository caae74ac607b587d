import { CandidateQueue } from '../aggregates/candidate-queue.js';
import type { Frame } from '../frame.js';
import { type EntityCodes, groupRows } from './entity-codes.js';
import type { EventOrder } from './event-order.js';
import { orderBy } from './event-order.js';
import type { CompiledView, WindowCell } from './window-view.js';

/**
 * Every window feature of a view at every spine row: one Float64Array a feature, in plan order. An event counts at t when
 * t - span <= event time < t and it was available at t. Events and spine rows are brought together by entity once; then each window is one
 * pass with two pointers, one in order of entry and one in order of event time. Rows whose key is missing get NaN.
 */
export function slideView(
  view: CompiledView,
  source: Frame,
  order: EventOrder,
  codes: EntityCodes,
  spineTimes: Float64Array,
): Float64Array[] {
  const lanes = bringTogether(order, codes, spineTimes);
  const taken = new Map<number, Float64Array>();
  return view.cells.map((cell) => {
    let values = taken.get(cell.channel);
    if (!values) {
      values = gather(view.channels[cell.channel](source), lanes.rows);
      taken.set(cell.channel, values);
    }
    const out = new Float64Array(spineTimes.length).fill(Number.NaN);
    if (cell.aggregate.leaving.kind === 'inverse') slideInverse(lanes, cell, values, out);
    else slideQueue(lanes, cell, values, order, out);
    return out;
  });
}

/** Events and spine rows by entity. Places are positions in order of (entity, event time). */
interface Lanes {
  readonly entities: number;
  readonly starts: Int32Array;
  readonly rows: Int32Array;
  readonly times: Float64Array;
  /** In order of (entity, entry): the moment and the place. */
  readonly entries: Float64Array;
  readonly entryPlaces: Int32Array;
  /** Rank among the entries, by place. */
  readonly entryRanks: Int32Array;
  readonly spineStarts: Int32Array;
  readonly spineRows: Int32Array;
  readonly spineTimes: Float64Array;
}

function bringTogether(order: EventOrder, codes: EntityCodes, spineTimes: Float64Array): Lanes {
  const { starts, rows } = groupRows(codes.events, codes.entities, order.byTime);
  const entered = groupRows(codes.events, codes.entities, order.byEntry).rows;
  const spine = groupRows(codes.spine, codes.entities, orderBy(spineTimes));
  const placeOf = new Int32Array(order.times.length);
  for (let place = 0; place < rows.length; place++) placeOf[rows[place]] = place;
  const entryPlaces = new Int32Array(rows.length);
  const entryRanks = new Int32Array(rows.length);
  for (let rank = 0; rank < rows.length; rank++) {
    const place = placeOf[entered[rank]];
    entryPlaces[rank] = place;
    entryRanks[place] = rank;
  }
  return {
    entities: codes.entities,
    starts,
    rows,
    times: gather(order.times, rows),
    entries: gather(order.entries, entered),
    entryPlaces,
    entryRanks,
    spineStarts: spine.starts,
    spineRows: spine.rows,
    spineTimes: gather(spineTimes, spine.rows),
  };
}

function gather(values: Float64Array, rows: Int32Array): Float64Array {
  const out = new Float64Array(rows.length);
  for (let i = 0; i < out.length; i++) out[i] = values[rows[i]];
  return out;
}

function slideInverse(lanes: Lanes, cell: WindowCell, values: Float64Array, out: Float64Array): void {
  const { starts, times, entries, entryPlaces, entryRanks, spineStarts, spineRows, spineTimes } = lanes;
  const { aggregate, span } = cell;
  if (aggregate.leaving.kind !== 'inverse') return;
  const { remove } = aggregate.leaving;
  const { add, value } = aggregate;
  const state = new Float64Array(aggregate.size);
  for (let entity = 0; entity < lanes.entities; entity++) {
    const end = starts[entity + 1];
    let left = starts[entity];
    let entered = left;
    aggregate.init(state, 0);
    for (let s = spineStarts[entity]; s < spineStarts[entity + 1]; s++) {
      const at = spineTimes[s];
      const from = at - span;
      while (left < end && times[left] < from) {
        const x = values[left];
        // What enters after it left was never taken in.
        if (entryRanks[left] < entered && x === x) remove(state, 0, x);
        left++;
      }
      while (entered < end && entries[entered] <= at) {
        const place = entryPlaces[entered++];
        const x = values[place];
        if (place >= left && x === x) add(state, 0, x, times[place]);
      }
      out[spineRows[s]] = value(state, 0);
    }
  }
}

function slideQueue(lanes: Lanes, cell: WindowCell, values: Float64Array, order: EventOrder, out: Float64Array): void {
  const { starts, rows, times, entries, entryPlaces, spineStarts, spineRows, spineTimes } = lanes;
  if (cell.aggregate.leaving.kind !== 'queue') return;
  const queue = new CandidateQueue(cell.aggregate.leaving.dominates);
  for (let entity = 0; entity < lanes.entities; entity++) {
    const end = starts[entity + 1];
    let entered = starts[entity];
    queue.clear();
    for (let s = spineStarts[entity]; s < spineStarts[entity + 1]; s++) {
      const at = spineTimes[s];
      const from = at - cell.span;
      queue.leaveBefore(from);
      while (entered < end && entries[entered] <= at) {
        const place = entryPlaces[entered++];
        const x = values[place];
        // A row's number is its stable order.
        if (times[place] >= from && x === x) queue.add(x, times[place], order.available[rows[place]], rows[place]);
      }
      out[spineRows[s]] = queue.value();
    }
  }
}
