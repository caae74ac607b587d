import type { TrainingData } from '../estimator.js';
import type { BinnedRows } from '../trees/binned-rows.js';
import { type GrownTree, leafOf } from '../trees/grown-tree.js';

/** Predictions of each training row by the trees that did not learn from it. */
export class OutOfBag {
  readonly #data: TrainingData;
  readonly #binned: BinnedRows;
  readonly #start: Float64Array;
  readonly #sums: Float64Array;
  readonly #times: Uint32Array;

  constructor(data: TrainingData, binned: BinnedRows, start: Float64Array) {
    this.#data = data;
    this.#binned = binned;
    this.#start = start;
    this.#sums = new Float64Array(data.target.length * start.length);
    this.#times = new Uint32Array(data.target.length);
  }

  /** Adds a tree of an output to the rows that were drawn no times. */
  add(tree: GrownTree, counts: Uint32Array, output: number): void {
    const { arena, memory } = this.#binned;
    const outputs = this.#start.length;
    for (let i = 0; i < counts.length; i++) {
      if (counts[i] > 0) continue;
      this.#sums[i * outputs + output] += tree.value[leafOf(tree, memory.u8, arena.columnsAt, arena.rows, i)];
      if (output === 0) this.#times[i]++;
    }
  }

  /**
   * `outOfBagError`: weighted mean squared error, for classes that of the probabilities (Brier score, summed over several classes);
   * `outOfBagRows`: rows it was measured on. Nothing when no row was ever left out.
   */
  summary(trees: number): Record<string, number> {
    const { target, weight } = this.#data;
    const outputs = this.#start.length;
    let sum = 0;
    let total = 0;
    let rows = 0;
    for (let i = 0; i < target.length; i++) {
      const w = weight ? weight[i] : 1;
      if (w === 0 || this.#times[i] === 0) continue;
      rows++;
      total += w;
      for (let k = 0; k < outputs; k++) {
        const predicted = this.#start[k] + (this.#sums[i * outputs + k] * trees) / this.#times[i];
        sum += w * (predicted - (outputs > 1 ? (target[i] === k ? 1 : 0) : target[i])) ** 2;
      }
    }
    return rows > 0 ? { outOfBagError: sum / total, outOfBagRows: rows } : {};
  }
}
