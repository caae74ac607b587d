import type { TrainingData } from '../estimator.js';
import type { BinnedRows } from '../trees/binned-rows.js';
import type { LeafRows } from '../trees/grow.js';
import { weightedQuantile } from './objectives/weighted-quantile.js';
import type { RowSample } from './row-samples.js';

/**
 * Values of leaves as a quantile of their rows' residuals, times the learning rate, added to the rows' scores: what the absolute and the
 * pinball loss call for, whose gradients say nothing of distances.
 */
export function settleQuantiles(
  leaves: readonly LeafRows[],
  { target, weight }: TrainingData,
  { factor }: RowSample,
  { arena, memory }: BinnedRows,
  share: number,
  learningRate: number,
): Float64Array {
  const list = arena.entriesAt >>> 2;
  const scores = arena.scoresAt >>> 3;
  return Float64Array.from(leaves, ({ begin, count }) => {
    const rowAt = (k: number): number => memory.u32[list + 2 * (begin + k)];
    const residuals = Float64Array.from({ length: count }, (_, k) => target[rowAt(k)] - memory.f64[scores + rowAt(k)]);
    const weights =
      weight || factor
        ? Float64Array.from({ length: count }, (_, k) => (weight ? weight[rowAt(k)] : 1) * (factor ? factor[rowAt(k)] : 1))
        : undefined;
    const value = learningRate * weightedQuantile(residuals, weights, share);
    for (let k = 0; k < count; k++) memory.f64[scores + rowAt(k)] += value;
    return value;
  });
}
