import type { Grove } from './grove.js';

/**
 * The value of each split that is pruned to a leaf, NaN elsewhere, so that about a share of the leaves is gone: the weakest links of all
 * trees go first (Breiman et al. 1984), by how much their merging changes the sum over the training rows, squared. A split goes after the
 * splits below it.
 */
export function pruneGrove(grove: Grove, share: number): Float64Array {
  const nodes = grove.roots[grove.roots.length - 1];
  const merged = new Float64Array(nodes).fill(Number.NaN);
  if (!(share > 0)) return merged;
  const weight = new Float64Array(nodes);
  const mean = new Float64Array(nodes);
  const cost = new Float64Array(nodes);
  const splits: number[] = [];
  let leaves = 0;
  // Children stand after their parent, so that from the end on they come first.
  for (let node = nodes - 1; node >= 0; node--) {
    if (grove.isLeaf(node)) {
      weight[node] = grove.weight(node);
      mean[node] = grove.value(node);
      leaves += 1;
      continue;
    }
    const a = grove.left(node);
    const b = a + 1;
    // Leaves that no training row reached weigh the same.
    const total = weight[a] + weight[b];
    const [wa, wb] = total > 0 ? [weight[a], weight[b]] : [0.5, 0.5];
    weight[node] = total;
    mean[node] = (wa * mean[a] + wb * mean[b]) / (wa + wb);
    cost[node] = Math.max(cost[a], cost[b], ((wa * wb) / (wa + wb)) * (mean[a] - mean[b]) ** 2);
    splits.push(node);
  }
  // The sort is stable and `splits` has children first, so that of equal costs they go first.
  splits.sort((a, b) => cost[a] - cost[b]);
  for (const node of splits.slice(0, Math.min(splits.length, Math.ceil(share * leaves)))) merged[node] = mean[node];
  return merged;
}
