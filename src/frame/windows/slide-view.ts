import { CandidateQueue } from '../aggregates/candidate-queue.js';
import type { Frame } from '../frame.js';
import type { EntityCodes } from './entity-codes.js';
import type { EventOrder } from './event-order.js';
import { bringTogether, gather, type Lanes } from './lanes.js';
import { isExactlySummable, slideMoments } from './slide-moments.js';
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
  const taken = view.channels.map((channel) => gather(channel(source), lanes.rows));
  const exact = taken.map(isExactlySummable);
  const out = view.cells.map(() => new Float64Array(spineTimes.length).fill(Number.NaN));
  const byMoments = [...view.cells.keys()].filter((c) => view.cells[c].aggregate.fromMoments && exact[view.cells[c].channel]);
  slideMoments(
    lanes,
    byMoments.map((c) => view.cells[c]),
    taken,
    byMoments.map((c) => out[c]),
  );
  for (const [c, cell] of view.cells.entries()) {
    if (byMoments.includes(c)) continue;
    if (cell.aggregate.leaving.kind === 'inverse') slideInverse(lanes, cell, taken[cell.channel], out[c]);
    else slideQueue(lanes, cell, taken[cell.channel], order, out[c]);
  }
  return out;
}

function slideInverse(lanes: Lanes, cell: WindowCell, values: Float64Array, out: Float64Array): void {
  const { starts, times, entries, entryPlaces, entryRanks, spineStarts, spineRows, spineTimes } = lanes;
  const { aggregate, span } = cell;
  if (aggregate.leaving.kind !== 'inverse') return;
  const { remove, isStale } = aggregate.leaving;
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
      const before = left;
      while (left < end && times[left] < from) {
        const x = values[left];
        // What enters after it left was never taken in.
        if (entryRanks[left] < entered && x === x) remove(state, 0, x);
        left++;
      }
      if (left > before && isStale(state, 0)) {
        aggregate.init(state, 0);
        // No event is known before its time.
        for (let place = left; place < end && times[place] <= at; place++)
          if (entryRanks[place] < entered && values[place] === values[place]) add(state, 0, values[place], times[place]);
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
