import { type ObservedOutcome, OutcomeColumns } from './outcome-columns.js';
import type { LabelledScores } from './outcome-metrics.js';

/** Most rows kept on a shelf: 20 bytes each of a binary problem. */
const MOST_ROWS = 2_000_000;

/**
 * Outcomes by the span they belong to, in bounded memory: up to two million rows all are kept; whenever there are more, every second
 * row of each span is given up, so that what is left is every 2nd, 4th, ... outcome of every span alike.
 */
export class OutcomeShelf {
  readonly #outputs: number;
  readonly #span: number;
  readonly #most: number;
  readonly #columns = new Map<number, OutcomeColumns>();
  #stride = 1;
  #rows = 0;

  /** `span` in ms. */
  constructor(outputs: number, span: number, most = MOST_ROWS) {
    this.#outputs = outputs;
    this.#span = span;
    this.#most = most;
  }

  /** Rows kept. */
  get rows(): number {
    return this.#rows;
  }

  add(moment: number, outcome: ObservedOutcome): void {
    const start = Math.floor(moment / this.#span) * this.#span;
    let columns = this.#columns.get(start);
    if (!columns) {
      columns = new OutcomeColumns(this.#outputs);
      this.#columns.set(start, columns);
    }
    if (columns.seen % this.#stride === 0) this.#rows++;
    columns.add(outcome, this.#stride);
    if (this.#rows <= this.#most) return;
    this.#stride *= 2;
    this.#rows = 0;
    for (const each of this.#columns.values()) {
      each.thin();
      this.#rows += each.rows;
    }
  }

  /** Rows of the span that starts there; undefined when there are none. */
  read(start: number): LabelledScores | undefined {
    return this.#columns.get(start)?.read();
  }

  /** Rows of every span that the filter lets through. */
  *select(wanted: (start: number) => boolean): Iterable<LabelledScores> {
    for (const [start, columns] of this.#columns) if (wanted(start)) yield columns.read();
  }

  /** Starts of the spans before a moment. */
  startsBefore(moment: number): number[] {
    return [...this.#columns.keys()].filter((start) => start < moment);
  }

  drop(start: number): void {
    this.#rows -= this.#columns.get(start)?.rows ?? 0;
    this.#columns.delete(start);
  }
}
