import type { Aggregate } from './aggregate.js';

type Dominates = Extract<Aggregate['leaving'], { kind: 'queue' }>['dominates'];

/**
 * Events of a window that may yet decide an aggregate, in order of (time, available, sequence): none is dominated by a later
 * one, so the first decides now. Events may come in any order; they leave in order of time. This is the monotone queue of sliding
 * minima, with insertion in the middle for events that become known late.
 */
export class CandidateQueue {
  readonly #dominates: Dominates;
  #times: Float64Array = new Float64Array(8);
  #available: Float64Array = new Float64Array(8);
  #sequence: Float64Array = new Float64Array(8);
  #values: Float64Array = new Float64Array(8);
  #head = 0;
  #tail = 0;

  constructor(dominates: Dominates) {
    this.#dominates = dominates;
  }

  clear(): void {
    this.#head = 0;
    this.#tail = 0;
  }

  add(value: number, time: number, available: number, sequence: number): void {
    let place = this.#tail;
    while (place > this.#head && this.#isAfter(place - 1, time, available, sequence)) place--;
    if (place < this.#tail && this.#dominates(this.#values[place], value)) return;
    let from = place;
    while (from > this.#head && this.#dominates(value, this.#values[from - 1])) from--;
    if (from === place && this.#tail === this.#times.length) {
      const shift = this.#makeRoom();
      place -= shift;
      from -= shift;
    }
    if (from + 1 !== place) {
      this.#times.copyWithin(from + 1, place, this.#tail);
      this.#available.copyWithin(from + 1, place, this.#tail);
      this.#sequence.copyWithin(from + 1, place, this.#tail);
      this.#values.copyWithin(from + 1, place, this.#tail);
    }
    this.#times[from] = time;
    this.#available[from] = available;
    this.#sequence[from] = sequence;
    this.#values[from] = value;
    this.#tail += from + 1 - place;
  }

  /** Lets events before a time go. */
  leaveBefore(time: number): void {
    while (this.#head < this.#tail && this.#times[this.#head] < time) this.#head++;
    if (this.#head === this.#tail) this.clear();
  }

  /** Value of the deciding event; NaN when there is none. */
  value(): number {
    return this.#head < this.#tail ? this.#values[this.#head] + 0 : Number.NaN;
  }

  #isAfter(place: number, time: number, available: number, sequence: number): boolean {
    if (this.#times[place] !== time) return this.#times[place] > time;
    if (this.#available[place] !== available) return this.#available[place] > available;
    return this.#sequence[place] > sequence;
  }

  /** Room for one more; returns by how much places moved down. */
  #makeRoom(): number {
    const head = this.#head;
    const move = (from: Float64Array) => {
      const to = head > from.length >> 1 ? from : new Float64Array(from.length * 2);
      if (to === from) to.copyWithin(0, head, this.#tail);
      else to.set(from.subarray(head, this.#tail));
      return to;
    };
    this.#times = move(this.#times);
    this.#available = move(this.#available);
    this.#sequence = move(this.#sequence);
    this.#values = move(this.#values);
    this.#head = 0;
    this.#tail -= head;
    return head;
  }
}
