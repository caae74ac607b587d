import type { SparseRows } from '../sparse.js';

/** Parts that out-of-fold scores are made with. */
export const FOLDS = 5;

/**
 * A part from 0 to FOLDS - 1 for each row, as evenly as can be within each class. Rows that are equal in every value and in class share
 * a part, so that no row is judged by a machine that learnt its twin, and so that repeated rows count as weighted ones; the order of
 * the rows does not matter.
 * @param points rows, row-major, `inputs` values each
 */
export function dealFolds(points: Float64Array, inputs: number, target: Float64Array, seed: number): Uint8Array {
  const hasher = new RowHasher(seed);
  const hashes = Uint32Array.from(target, (_, i) => {
    hasher.begin();
    for (let j = 0; j < inputs; j++) if (points[i * inputs + j] !== 0) hasher.add(j, points[i * inputs + j]);
    return hasher.end();
  });
  return deal(target, hashes, (a, b) => {
    for (let j = 0; j < inputs; j++) {
      const away = points[a * inputs + j] - points[b * inputs + j];
      if (away !== 0) return away;
    }
    return 0;
  });
}

/** The same parts for the same rows without their zeros. */
export function dealSparseFolds({ starts, features, values }: SparseRows, target: Float64Array, seed: number): Uint8Array {
  const hasher = new RowHasher(seed);
  const hashes = Uint32Array.from(target, (_, i) => {
    hasher.begin();
    for (let k = starts[i]; k < starts[i + 1]; k++) hasher.add(features[k], values[k]);
    return hasher.end();
  });
  return deal(target, hashes, (a, b) => {
    for (let p = starts[a], q = starts[b]; p < starts[a + 1] || q < starts[b + 1]; ) {
      const ofA = p < starts[a + 1] ? features[p] : Infinity;
      const ofB = q < starts[b + 1] ? features[q] : Infinity;
      const away = (ofA <= ofB ? values[p++] : 0) - (ofB <= ofA ? values[q++] : 0);
      if (away !== 0) return away;
    }
    return 0;
  });
}

/** Hashes the values of a row that are not zero, with their places. */
class RowHasher {
  readonly #seed: number;
  readonly #word = new Float64Array(1);
  readonly #halves = new Uint32Array(this.#word.buffer);
  #hash = 0;

  constructor(seed: number) {
    this.#seed = Math.imul(seed ^ 0x9e3779b9, 0x01000193);
  }

  begin(): void {
    this.#hash = this.#seed;
  }

  add(feature: number, value: number): void {
    this.#word[0] = value;
    this.#hash = Math.imul(this.#hash ^ feature, 0xcc9e2d51);
    this.#hash = Math.imul(this.#hash ^ (this.#hash >>> 13) ^ this.#halves[0], 0x01000193);
    this.#hash = Math.imul(this.#hash ^ (this.#hash >>> 15) ^ this.#halves[1], 0x85ebca6b);
  }

  end(): number {
    return this.#hash ^ (this.#hash >>> 16);
  }
}

function deal(target: Float64Array, hashes: Uint32Array, between: (a: number, b: number) => number): Uint8Array {
  const rows = target.length;
  const order = Uint32Array.from({ length: rows }, (_, i) => i).sort(
    (a, b) => target[a] - target[b] || hashes[a] - hashes[b] || between(a, b),
  );
  const folds = new Uint8Array(rows);
  for (let k = 1, fold = 0; k < rows; k++) {
    const [before, row] = [order[k - 1], order[k]];
    if (target[before] !== target[row] || hashes[before] !== hashes[row] || between(before, row) !== 0)
      fold = (fold + 1) % FOLDS;
    folds[row] = fold;
  }
  return folds;
}
