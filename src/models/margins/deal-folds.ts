/** Parts that out-of-fold scores are made with. */
export const FOLDS = 5;

/**
 * A part from 0 to FOLDS - 1 for each row, as evenly as can be within each class. Rows that are equal in every value and in class share
 * a part, so that no row is judged by a machine that learnt its twin, and so that repeated rows count as weighted ones; the order of
 * the rows does not matter.
 * @param points rows, row-major, `inputs` values each
 */
export function dealFolds(points: Float64Array, inputs: number, target: Float64Array, seed: number): Uint8Array {
  const rows = target.length;
  const hashes = new Uint32Array(rows);
  const word = new Float64Array(1);
  const halves = new Uint32Array(word.buffer);
  for (let i = 0; i < rows; i++) {
    let hash = Math.imul(seed ^ 0x9e3779b9, 0x01000193);
    for (let j = 0; j < inputs; j++) {
      // Adding zero makes a negative zero positive.
      word[0] = points[i * inputs + j] + 0;
      hash = Math.imul(hash ^ halves[0], 0x01000193);
      hash = Math.imul(hash ^ (hash >>> 15) ^ halves[1], 0x85ebca6b);
    }
    hashes[i] = hash ^ (hash >>> 16);
  }
  const between = (a: number, b: number): number => {
    for (let j = 0; j < inputs; j++) {
      const away = points[a * inputs + j] - points[b * inputs + j];
      if (away !== 0) return away;
    }
    return 0;
  };
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
