import { exp } from '../../kernels/math.js';

/**
 * Rows of the kernel matrix e^(-gamma |x - y|^2) in single precision, made when they are asked for; the least recently used are
 * forgotten beyond a number of bytes.
 */
export class KernelRows {
  readonly rows: number;
  readonly #columns: readonly Float64Array[];
  readonly #gamma: number;
  readonly #most: number;
  readonly #kept = new Map<number, Float32Array>();
  readonly #squares: Float64Array;

  /** @param bytes room for rows; two are kept whatever it says, as that many are used at once */
  constructor(columns: readonly Float64Array[], rows: number, gamma: number, bytes: number) {
    this.rows = rows;
    this.#columns = columns;
    this.#gamma = gamma;
    this.#most = Math.max(2, Math.floor(bytes / (4 * Math.max(1, rows))));
    this.#squares = new Float64Array(rows);
  }

  /** Similarity of row i to every row; valid until two others have been asked for. */
  row(i: number): Float32Array {
    let found = this.#kept.get(i);
    if (found) {
      this.#kept.delete(i);
      this.#kept.set(i, found);
      return found;
    }
    if (this.#kept.size >= this.#most) {
      const [oldest] = this.#kept as Iterable<[number, Float32Array]>;
      this.#kept.delete(oldest[0]);
      found = oldest[1];
    } else found = new Float32Array(this.rows);
    this.#fill(i, found);
    this.#kept.set(i, found);
    return found;
  }

  #fill(i: number, out: Float32Array): void {
    const squares = this.#squares.fill(0);
    for (const column of this.#columns) {
      const x = column[i];
      for (let t = 0; t < squares.length; t++) {
        const away = column[t] - x;
        squares[t] += away * away;
      }
    }
    const gamma = this.#gamma;
    for (let t = 0; t < squares.length; t++) out[t] = exp(-gamma * squares[t]);
  }
}
