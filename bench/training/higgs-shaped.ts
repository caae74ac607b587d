import { random } from '../../src/base/random.js';
import type { TrainingData } from '../../src/models/estimator.js';

export const FEATURES = 28;

/** Rows like those of the Higgs data: 28 dense numbers, some with few values, and a target that takes interactions to learn. */
export function higgsShaped(rows: number, seed: number): TrainingData {
  const source = random(seed);
  const columns = Array.from({ length: FEATURES }, () => new Float64Array(rows));
  const target = new Float64Array(rows);
  const x = new Float64Array(FEATURES);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < FEATURES; j++) x[j] = source.normal();
    for (let j = 21; j < FEATURES; j++) x[j] = Math.abs(x[j]) + 0.3 * Math.abs(x[j - 21] * x[j - 14]);
    x[8] = [0, 0, 1.09, 2.17][source.below(4)];
    x[12] = source.below(5) < 3 ? 0 : 2.2;
    const signal =
      1.2 * Math.sin(2 * x[0]) +
      x[1] * x[2] +
      (x[21] > 1 ? 0.7 : 0) -
      0.5 * x[22] +
      (x[8] > 0 ? 0.8 : -0.2) * x[3] +
      0.3 * x[4] * x[4] -
      0.3 +
      0.4 * x[5] * x[6] * x[7];
    target[i] = source.next() < 1 / (1 + Math.exp(-signal)) ? 1 : 0;
    for (let j = 0; j < FEATURES; j++) columns[j][i] = x[j];
  }
  return { matrix: { rows, columns, features: columns.map((_, j) => ({ name: `f${j}`, categories: 0 })) }, target };
}
