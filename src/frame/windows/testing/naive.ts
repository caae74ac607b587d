import { isAggregable } from '../../aggregates/aggregate.js';
import { type Column, type Scalar, valueAt } from '../../column.js';
import { compileRows } from '../../compile-expression.js';
import { columnOf, type Frame } from '../../frame.js';
import type { WindowView } from '../window-view.js';

/**
 * Window features by their definition, event by event for every spine row: slow, and written without the engine's parts, as the
 * reference that the sliding engine and the online store are tested against. `at` names the spine's moments; a row whose key is missing gets NaN.
 */
export function naiveWindows(
  view: WindowView,
  keys: readonly string[],
  events: Frame,
  spine: Frame,
  names = { time: 'time', available: 'available', at: 'at' },
): Float64Array[] {
  return view.aggregates.flatMap(({ op, value, where, windows }) => {
    const values: Column | null = value === null ? null : compileRows(value)(events);
    const passes = where === null ? null : compileRows(where)(events);
    return windows.map(({ span }) =>
      Float64Array.from({ length: spine.rows }, (_, s) => {
        const key: Scalar[] = keys.map((name) => valueAt(columnOf(spine, name), s));
        if (key.includes(null)) return Number.NaN;
        const t = at(spine, names.at, s);
        const counted: { value: number; time: number; available: number; row: number }[] = [];
        for (let row = 0; row < events.rows; row++) {
          const time = at(events, names.time, row);
          const available = at(events, names.available, row);
          if (!(t - span <= time && time < t && available <= t)) continue;
          if (keys.some((name, k) => valueAt(columnOf(events, name), row) !== key[k])) continue;
          if (passes && valueAt(passes, row) !== true) continue;
          const given = values === null ? 1 : valueAt(values, row);
          if (given === null || (op !== 'count' && !isAggregable(Number(given)))) continue;
          counted.push({ value: Number(given), time, available, row });
        }
        return reduce(op, counted);
      }),
    );
  });
}

const at = (table: Frame, name: string, row: number) => (valueAt(columnOf(table, name), row) as number | null) ?? Number.NaN;

function reduce(op: string, events: { value: number; time: number; available: number; row: number }[]): number {
  const values = events.map((event) => event.value);
  const sum = values.reduce((total, value) => total + value, 0);
  const mean = sum / values.length;
  switch (op) {
    case 'count':
      return values.length;
    case 'sum':
      return sum;
    case 'mean':
      return mean;
    case 'variance':
      return values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length;
    case 'min':
      return values.length ? Math.min(...values) : Number.NaN;
    case 'max':
      return values.length ? Math.max(...values) : Number.NaN;
    default: {
      events.sort((a, b) => a.time - b.time || a.available - b.available || a.row - b.row);
      return events.at(-1)?.value ?? Number.NaN;
    }
  }
}
