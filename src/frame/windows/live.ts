import { CandidateQueue } from '../aggregates/candidate-queue.js';
import { entryOf } from './event-order.js';
import type { CompiledView } from './window-view.js';

/** What all entities of a view share: where each window feature keeps its state. */
export interface LiveLayout {
  readonly view: CompiledView;
  /** Numbers a record takes: time, available, sequence, one a channel, and the entry. */
  readonly stride: number;
  /** Place of each cell's state; -1 for cells that keep a queue. */
  readonly stateAt: Int32Array;
  readonly stateSize: number;
  /** Distinct spans, ms, and which of them each cell looks over. */
  readonly spans: Float64Array;
  readonly spanOf: Int32Array;
  /** Cells with a queue, and the other cells of each window. */
  readonly queued: Int32Array;
  readonly inverseOf: readonly Int32Array[];
}

export function liveLayout(view: CompiledView): LiveLayout {
  const stateAt = new Int32Array(view.cells.length).fill(-1);
  let stateSize = 0;
  const queued: number[] = [];
  for (const [c, { aggregate }] of view.cells.entries()) {
    if (aggregate.leaving.kind === 'queue') queued.push(c);
    else {
      stateAt[c] = stateSize;
      stateSize += aggregate.size;
    }
  }
  const spans = Float64Array.from(new Set(view.cells.map((cell) => cell.span)));
  const spanOf = Int32Array.from(view.cells, (cell) => spans.indexOf(cell.span));
  const inverseOf = Array.from(spans, (_, w) =>
    Int32Array.from([...spanOf.keys()].filter((c) => spanOf[c] === w && stateAt[c] >= 0)),
  );
  return {
    view,
    stride: 4 + view.channels.length,
    stateAt,
    stateSize,
    spans,
    spanOf,
    queued: Int32Array.from(queued),
    inverseOf,
  };
}

const TIME = 0;
const AVAILABLE = 1;
const SEQUENCE = 2;
const VALUES = 3;

const larger = <T extends Float64Array | Int32Array>(from: T, to: T): T => {
  to.set(from);
  return to;
};

/**
 * The windows of one entity, kept up to date: the online twin of the batch engine, over the same aggregates. Events wait in a heap until
 * they are known, then stand in order of event time, and each window has a pointer to the first event that it still holds. A read
 * moves the windows forward to its moment; a read of an earlier moment is answered from the events themselves.
 */
export class LiveEntity {
  readonly #layout: LiveLayout;
  #records: Float64Array;
  /** Records by (time, available, sequence), those that are known. */
  #order: Int32Array;
  #known = 0;
  /** Records not known yet, a heap by entry. */
  #waiting: Int32Array;
  #waitingCount = 0;
  #free: Int32Array;
  #freeCount: number;
  readonly #left: Int32Array;
  readonly #state: Float64Array;
  readonly #queues: readonly (CandidateQueue | null)[];
  #now = Number.NEGATIVE_INFINITY;
  /** Latest event time and earliest entry of what was dropped. */
  #droppedTime = Number.NEGATIVE_INFINITY;
  #droppedEntry = Number.POSITIVE_INFINITY;

  constructor(layout: LiveLayout) {
    this.#layout = layout;
    const capacity = 4;
    this.#records = new Float64Array(capacity * layout.stride);
    this.#order = new Int32Array(capacity);
    this.#waiting = new Int32Array(capacity);
    this.#free = Int32Array.from({ length: capacity }, (_, i) => capacity - 1 - i);
    this.#freeCount = capacity;
    this.#left = new Int32Array(layout.spans.length);
    this.#state = new Float64Array(layout.stateSize);
    this.#queues = layout.view.cells.map(({ aggregate }) =>
      aggregate.leaving.kind === 'queue' ? new CandidateQueue(aggregate.leaving.dominates) : null,
    );
    for (const [c, { aggregate }] of layout.view.cells.entries())
      if (layout.stateAt[c] >= 0) aggregate.init(this.#state, layout.stateAt[c]);
  }

  /** Number of events kept. */
  get size(): number {
    return this.#known + this.#waitingCount;
  }

  /**
   * Takes an event in; `channels[k][row]` is its value in channel k. Events before `keepFrom` (ms) may be dropped when room runs
   * out; windows are moved to `settled` for that, and reads before that moment become slower.
   */
  push(
    time: number,
    available: number,
    sequence: number,
    channels: readonly Float64Array[],
    row: number,
    keepFrom: number,
    settled: number,
  ): void {
    const entry = entryOf(time, available);
    if (entry !== entry) return;
    if (this.#freeCount === 0) {
      this.#drop(keepFrom, settled);
      if (this.#freeCount < this.#order.length >> 2) this.#grow();
    }
    const record = this.#free[--this.#freeCount];
    const at = record * this.#layout.stride;
    this.#records[at + TIME] = time;
    this.#records[at + AVAILABLE] = available;
    this.#records[at + SEQUENCE] = sequence;
    for (let k = 0; k < channels.length; k++) this.#records[at + VALUES + k] = channels[k][row];
    this.#records[at + this.#layout.stride - 1] = entry;
    if (entry <= this.#now) this.#enter(record);
    else this.#wait(record);
  }

  /** Writes the features as of `at` at `offset` of `out`; false when no event of the entity was known then. */
  read(at: number, out: Float64Array, offset: number): boolean {
    if (at < this.#now) return this.#readEarlier(at, out, offset);
    this.#advance(at);
    const { view, stateAt, spanOf, spans } = this.#layout;
    const { cells } = view;
    for (let c = 0; c < cells.length; c++) {
      const queue = this.#queues[c];
      const value = queue === null ? cells[c].aggregate.value(this.#state, stateAt[c]) : queue.value();
      out[offset + c] = this.#droppedTime >= at - spans[spanOf[c]] ? Number.NaN : value;
    }
    return this.#known > 0 || this.#droppedEntry <= at;
  }

  /** Gives every kept event, known or not, in no particular order. */
  forEach(take: (records: Float64Array, at: number) => void): void {
    for (let i = 0; i < this.#known; i++) take(this.#records, this.#order[i] * this.#layout.stride);
    for (let i = 0; i < this.#waitingCount; i++) take(this.#records, this.#waiting[i] * this.#layout.stride);
  }

  get dropped(): { readonly time: number; readonly entry: number } {
    return { time: this.#droppedTime, entry: this.#droppedEntry };
  }
  /** Restores what `dropped` gave. */
  restoreDropped(time: number, entry: number): void {
    this.#droppedTime = time;
    this.#droppedEntry = entry;
  }

  #entry(record: number): number {
    return this.#records[(record + 1) * this.#layout.stride - 1];
  }

  #advance(to: number): void {
    const { spans, spanOf, stride, queued } = this.#layout;
    for (let w = 0; w < spans.length; w++) {
      const from = to - spans[w];
      let place = this.#left[w];
      while (place < this.#known && this.#records[this.#order[place] * stride + TIME] < from)
        this.#leave(this.#order[place++], w);
      if (place > this.#left[w]) this.#renew(place, w);
      this.#left[w] = place;
    }
    for (let q = 0; q < queued.length; q++) this.#queues[queued[q]]?.leaveBefore(to - spans[spanOf[queued[q]]]);
    this.#now = to;
    while (this.#waitingCount > 0 && this.#entry(this.#waiting[0]) <= to) this.#enter(this.#nextWaiting());
  }

  #leave(record: number, window: number): void {
    const { view, stateAt, stride, inverseOf } = this.#layout;
    const cells = inverseOf[window];
    for (let i = 0; i < cells.length; i++) {
      const { aggregate, channel } = view.cells[cells[i]];
      const value = this.#records[record * stride + VALUES + channel];
      if (value === value && aggregate.leaving.kind === 'inverse')
        aggregate.leaving.remove(this.#state, stateAt[cells[i]], value);
    }
  }

  /** Makes states of a window anew, from its first event on, that have lost digits to what has left. */
  #renew(first: number, window: number): void {
    const { view, stateAt, stride, inverseOf } = this.#layout;
    const cells = inverseOf[window];
    for (let i = 0; i < cells.length; i++) {
      const { aggregate, channel } = view.cells[cells[i]];
      const at = stateAt[cells[i]];
      if (aggregate.leaving.kind !== 'inverse' || !aggregate.leaving.isStale(this.#state, at)) continue;
      aggregate.init(this.#state, at);
      for (let place = first; place < this.#known; place++) {
        const record = this.#order[place] * stride;
        const value = this.#records[record + VALUES + channel];
        if (value === value) aggregate.add(this.#state, at, value, this.#records[record + TIME]);
      }
    }
  }

  /** An event becomes known, at the present moment or before it. */
  #enter(record: number): void {
    const { view, spans, spanOf, stateAt, stride } = this.#layout;
    const records = this.#records;
    const at = record * stride;
    const time = records[at + TIME];
    const place = this.#placeOf(at);
    if (place < this.#known) this.#order.copyWithin(place + 1, place, this.#known);
    this.#order[place] = record;
    this.#known++;
    for (let w = 0; w < spans.length; w++) if (time < this.#now - spans[w]) this.#left[w]++;
    for (let c = 0; c < view.cells.length; c++) {
      const { aggregate, channel } = view.cells[c];
      const value = records[at + VALUES + channel];
      if (time < this.#now - spans[spanOf[c]] || value !== value) continue;
      const queue = this.#queues[c];
      if (queue === null) aggregate.add(this.#state, stateAt[c], value, time);
      else queue.add(value, time, records[at + AVAILABLE], records[at + SEQUENCE]);
    }
  }

  /** Where the record at `at` belongs among the known ones: most belong near the end. */
  #placeOf(at: number): number {
    let low = 0;
    let high = this.#known;
    for (let step = 1; step <= high; step *= 2) {
      if (!this.#isAfter(this.#order[high - step], at)) {
        low = high - step + 1;
        break;
      }
      high -= step;
    }
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#isAfter(this.#order[middle], at)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The record comes after the one at `other` in stable order. */
  #isAfter(record: number, other: number): boolean {
    const records = this.#records;
    const at = record * this.#layout.stride;
    if (records[at + TIME] !== records[other + TIME]) return records[at + TIME] > records[other + TIME];
    if (records[at + AVAILABLE] !== records[other + AVAILABLE]) return records[at + AVAILABLE] > records[other + AVAILABLE];
    return records[at + SEQUENCE] > records[other + SEQUENCE];
  }

  #readEarlier(at: number, out: Float64Array, offset: number): boolean {
    const { view, spans, spanOf, stride } = this.#layout;
    const state = new Float64Array(Math.max(1, ...view.cells.map((cell) => cell.aggregate.size)));
    let known = this.#droppedEntry <= at;
    for (let i = 0; i < this.#known && !known; i++) known = this.#entry(this.#order[i]) <= at;
    for (const [c, { aggregate, channel }] of view.cells.entries()) {
      const from = at - spans[spanOf[c]];
      aggregate.init(state, 0);
      for (let i = 0; i < this.#known; i++) {
        const record = this.#order[i] * stride;
        const value = this.#records[record + VALUES + channel];
        if (value === value && this.#records[record] >= from && this.#entry(this.#order[i]) <= at)
          aggregate.add(state, 0, value, this.#records[record]);
      }
      out[offset + c] = this.#droppedTime >= from ? Number.NaN : aggregate.value(state, 0);
    }
    return known;
  }

  /** Lets events go that no read from `settled` on can ask for. */
  #drop(keepFrom: number, settled: number): void {
    if (settled > this.#now) this.#advance(settled);
    const { stride } = this.#layout;
    const droppable = this.#left.reduce((least, place) => Math.min(least, place), this.#known);
    let count = 0;
    for (; count < droppable; count++) {
      const record = this.#order[count];
      const time = this.#records[record * stride + TIME];
      if (time >= keepFrom) break;
      this.#droppedTime = Math.max(this.#droppedTime, time);
      this.#droppedEntry = Math.min(this.#droppedEntry, this.#entry(record));
      this.#free[this.#freeCount++] = record;
    }
    this.#order.copyWithin(0, count, this.#known);
    this.#known -= count;
    for (let w = 0; w < this.#left.length; w++) this.#left[w] -= count;
  }

  #grow(): void {
    const before = this.#order.length;
    this.#records = larger(this.#records, new Float64Array(before * 2 * this.#layout.stride));
    this.#order = larger(this.#order, new Int32Array(before * 2));
    this.#waiting = larger(this.#waiting, new Int32Array(before * 2));
    this.#free = larger(this.#free, new Int32Array(before * 2));
    for (let record = before * 2 - 1; record >= before; record--) this.#free[this.#freeCount++] = record;
  }

  #wait(record: number): void {
    const entry = this.#entry(record);
    let at = this.#waitingCount++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#entry(this.#waiting[parent]) <= entry) break;
      this.#waiting[at] = this.#waiting[parent];
      at = parent;
    }
    this.#waiting[at] = record;
  }

  #nextWaiting(): number {
    const first = this.#waiting[0];
    const record = this.#waiting[--this.#waitingCount];
    const entry = this.#entry(record);
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#waitingCount) break;
      if (child + 1 < this.#waitingCount && this.#entry(this.#waiting[child + 1]) < this.#entry(this.#waiting[child])) child++;
      if (this.#entry(this.#waiting[child]) >= entry) break;
      this.#waiting[at] = this.#waiting[child];
      at = child;
    }
    this.#waiting[at] = record;
    return first;
  }
}
