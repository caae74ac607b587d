import { type EntityCodes, groupRows } from './entity-codes.js';
import { type EventOrder, orderBy } from './event-order.js';

/** Events and spine rows by entity. Places are positions in order of (entity, event time). */
export interface Lanes {
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

/** Brings events and spine rows together by entity, each in its orders. */
export function bringTogether(order: EventOrder, codes: EntityCodes, spineTimes: Float64Array): Lanes {
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

/** Values in the order of rows. */
export function gather(values: Float64Array, rows: Int32Array): Float64Array {
  const out = new Float64Array(rows.length);
  for (let i = 0; i < out.length; i++) out[i] = values[rows[i]];
  return out;
}
