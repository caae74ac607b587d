import { sparseRows, splitColumns } from '../sparse.js';
import { pairwiseDot, type RidgeSystem } from './ridge-system.js';
import { solvePositive } from './solve.js';

/**
 * Weights by the normal equations. Products of sparse columns cost the pairs of nonzeros in a row.
 * @param step called now and then with what is done of how much
 */
export async function exactRidge(
  system: RidgeSystem,
  step: (done: number, total: number) => Promise<void>,
): Promise<Float64Array> {
  const { columns, weight, target, l2 } = system;
  const n = columns.length;
  const a = new Float64Array(n * n);
  const b = new Float64Array(n);
  const weighted = new Float64Array(weight.length);
  for (let j = 0; j < n; j++) {
    if (j % 16 === 0) await step(j, n);
    const column = columns[j];
    if (!(column instanceof Float64Array)) continue;
    for (let i = 0; i < weighted.length; i++) weighted[i] = column[i] * weight[i];
    // A weighted dense column adds up to zero, so that a sparse one need not be centred.
    for (let k = 0; k < n; k++) {
      const other = columns[k];
      if (k <= j || !(other instanceof Float64Array)) a[Math.max(j, k) * n + Math.min(j, k)] = pairwiseDot(other, weighted);
    }
    b[j] = pairwiseDot(target, weighted);
  }
  addSparse(a, b, system);
  for (let j = 0; j < n; j++) a[j * n + j] += l2;
  return solvePositive(a, b);
}

/** The products of sparse columns with each other and with the target. */
function addSparse(
  a: Float64Array,
  b: Float64Array,
  { columns, shifts, weight, total, target, targetMean }: RidgeSystem,
): void {
  const n = columns.length;
  const places = Array.from(columns.keys()).filter((j) => !(columns[j] instanceof Float64Array));
  if (places.length === 0) return;
  const chosen = splitColumns(places.map((j) => columns[j]));
  const { starts, features, values } = sparseRows({ rows: weight.length, ...chosen });
  for (let i = 0; i < weight.length; i++)
    for (let p = starts[i]; p < starts[i + 1]; p++) {
      const j = places[features[p]];
      const value = weight[i] * values[p];
      for (let q = starts[i]; q <= p; q++) a[j * n + places[features[q]]] += value * values[q];
      b[j] += value * (target[i] - targetMean);
    }
  for (const j of places) for (const k of places) if (k <= j) a[j * n + k] -= total * shifts[j] * shifts[k];
}
