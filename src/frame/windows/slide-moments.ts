import type { Lanes } from './lanes.js';
import type { WindowCell } from './window-view.js';

const SCALE = 1024;

/**
 * Plain sums of these values are exact in any order: all are multiples of 1/1024, and even the sum of their magnitudes needs no
 * more than 53 bits. Then they equal the double-double sums that other data needs, to the bit.
 */
export function isExactlySummable(values: Float64Array): boolean {
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value !== value) continue;
    const scaled = value * SCALE;
    if (Math.floor(scaled) !== scaled) return false;
    total += Math.abs(scaled);
  }
  return total <= Number.MAX_SAFE_INTEGER;
}

/**
 * All aggregates of exactly summable channels that follow from count and sum, over all windows in one pass. Each event is a row of
 * `width` moments (whether it has a value, and the value), added to each window that it enters and taken from each that it leaves.
 */
export function slideMoments(
  lanes: Lanes,
  cells: readonly WindowCell[],
  channels: readonly Float64Array[],
  out: readonly Float64Array[],
): void {
  if (cells.length === 0) return;
  const { starts, times, entries, entryPlaces, entryRanks, spineStarts, spineRows, spineTimes } = lanes;
  const spans = Float64Array.from(new Set(cells.map((cell) => cell.span)));
  const { moments, width, places } = momentsOf(cells, channels, lanes.rows.length);
  const results = cells.map((cell) => cell.aggregate.fromMoments as (count: number, sum: number) => number);
  const counts = cells.map((cell) => spans.indexOf(cell.span) * width + places[cell.channel].count);
  const sums = cells.map((cell) => spans.indexOf(cell.span) * width + places[cell.channel].sum);
  const windows = spans.length;
  const left = new Int32Array(windows);
  const state = new Float64Array(windows * width);
  for (let entity = 0; entity < lanes.entities; entity++) {
    const end = starts[entity + 1];
    let entered = starts[entity];
    left.fill(entered);
    state.fill(0);
    for (let s = spineStarts[entity]; s < spineStarts[entity + 1]; s++) {
      const at = spineTimes[s];
      for (let w = 0; w < windows; w++) {
        const from = at - spans[w];
        const base = w * width;
        let place = left[w];
        while (place < end && times[place] < from) {
          // What enters after it left was never taken in.
          if (entryRanks[place] < entered) for (let m = 0; m < width; m++) state[base + m] -= moments[place * width + m];
          place++;
        }
        left[w] = place;
      }
      while (entered < end && entries[entered] <= at) {
        const place = entryPlaces[entered++];
        for (let w = 0; w < windows; w++) {
          if (place < left[w]) continue;
          const base = w * width;
          for (let m = 0; m < width; m++) state[base + m] += moments[place * width + m];
        }
      }
      const row = spineRows[s];
      for (let c = 0; c < results.length; c++) out[c][row] = results[c](state[counts[c]], state[sums[c]]);
    }
  }
}

/** The rows of moments; channels that have a value for every event share one count, and need no sum when all their values are 1. */
function momentsOf(cells: readonly WindowCell[], channels: readonly Float64Array[], events: number) {
  const columns: Float64Array[] = [];
  let always = -1;
  const places: { count: number; sum: number }[] = [];
  for (const channel of new Set(cells.map((cell) => cell.channel))) {
    const values = channels[channel];
    let missing = false;
    let ones = true;
    for (let i = 0; i < events; i++) {
      if (values[i] !== values[i]) missing = true;
      else if (values[i] !== 1) ones = false;
    }
    let count = always;
    if (missing || count < 0) {
      count = columns.push(values.map((value) => (value === value ? 1 : 0))) - 1;
      if (!missing) always = count;
    }
    const sum = ones ? count : columns.push(missing ? values.map((value) => (value === value ? value : 0)) : values) - 1;
    places[channel] = { count, sum };
  }
  const width = columns.length;
  const moments = new Float64Array(events * width);
  for (let m = 0; m < width; m++) for (let i = 0; i < events; i++) moments[i * width + m] = columns[m][i];
  return { moments, width, places };
}
