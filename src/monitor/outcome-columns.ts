import type { LabelledScores } from './outcome-metrics.js';

/** What the monitor reads of an outcome. Classes are indices, a regression's label is its number. */
export interface ObservedOutcome {
  readonly time: number;
  readonly availableAt: number;
  readonly label: number;
  readonly scores: Float64Array;
  readonly decided: number;
}

/** Outcomes as growing columns. */
export class OutcomeColumns {
  readonly #outputs: number;
  #scores: Float64Array;
  #labels = new Float64Array(64);
  #decided = new Int32Array(64);
  #rows = 0;
  #seen = 0;

  constructor(outputs: number) {
    this.#outputs = outputs;
    this.#scores = new Float64Array(64 * outputs);
  }

  get rows(): number {
    return this.#rows;
  }

  /** Outcomes offered so far. */
  get seen(): number {
    return this.#seen;
  }

  /** Keeps an outcome if it is the first, or `stride` after the last one kept. */
  add({ label, scores, decided }: ObservedOutcome, stride = 1): void {
    if (this.#seen++ % stride !== 0) return;
    const outputs = this.#outputs;
    if (this.#rows === this.#labels.length) {
      this.#scores = grown(this.#scores, new Float64Array(this.#scores.length * 2));
      this.#labels = grown(this.#labels, new Float64Array(this.#labels.length * 2));
      this.#decided = grown(this.#decided, new Int32Array(this.#decided.length * 2));
    }
    for (let k = 0; k < outputs; k++) this.#scores[this.#rows * outputs + k] = scores[k];
    this.#labels[this.#rows] = label;
    this.#decided[this.#rows] = decided;
    this.#rows++;
  }

  /** Gives up every second row: what was kept with a stride is as if it had been kept with twice the stride. */
  thin(): void {
    const outputs = this.#outputs;
    const kept = Math.ceil(this.#rows / 2);
    for (let row = 1; row < kept; row++) {
      this.#labels[row] = this.#labels[2 * row];
      this.#decided[row] = this.#decided[2 * row];
      for (let k = 0; k < outputs; k++) this.#scores[row * outputs + k] = this.#scores[2 * row * outputs + k];
    }
    this.#rows = kept;
    const room = Math.max(64, kept);
    this.#labels = this.#labels.slice(0, room);
    this.#decided = this.#decided.slice(0, room);
    this.#scores = this.#scores.slice(0, room * outputs);
  }

  /** The rows so far, not copied. */
  read(): LabelledScores {
    return {
      rows: this.#rows,
      outputs: this.#outputs,
      scores: this.#scores.subarray(0, this.#rows * this.#outputs),
      labels: this.#labels.subarray(0, this.#rows),
      decided: this.#decided.subarray(0, this.#rows),
    };
  }
}

/** Several sets of rows as one. */
export function concatenate(parts: readonly LabelledScores[], outputs: number): LabelledScores {
  const rows = parts.reduce((total, part) => total + part.rows, 0);
  const scores = new Float64Array(rows * outputs);
  const labels = new Float64Array(rows);
  const decided = new Int32Array(rows);
  let at = 0;
  for (const part of parts) {
    scores.set(part.scores, at * outputs);
    labels.set(part.labels, at);
    decided.set(part.decided, at);
    at += part.rows;
  }
  return { rows, outputs, scores, labels, decided };
}

function grown<T extends Float64Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
