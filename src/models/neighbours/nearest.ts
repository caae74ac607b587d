/**
 * Distance within which rows weigh `wanted` together: a weighted quickselect over `order`, a permutation of the rows that it
 * rearranges. The largest distance when all rows weigh less.
 */
export function reach(distances: Float64Array, weight: Float64Array, order: Uint32Array, wanted: number): number {
  let low = 0;
  let high = order.length;
  let needed = wanted;
  let farthest = 0;
  while (low < high) {
    const pivot = median(distances[order[low]], distances[order[(low + high) >> 1]], distances[order[high - 1]]);
    // Nearer rows go before `below`, rows as near as the pivot before `above`.
    let below = low;
    let above = high;
    let nearer = 0;
    let equal = 0;
    for (let k = low; k < above; ) {
      const row = order[k];
      if (distances[row] < pivot) {
        nearer += weight[row];
        order[k++] = order[below];
        order[below++] = row;
      } else if (distances[row] > pivot) {
        order[k] = order[--above];
        order[above] = row;
      } else {
        equal += weight[row];
        k++;
      }
    }
    farthest = Math.max(farthest, pivot);
    if (below > low && needed <= nearer) high = below;
    else if (needed <= nearer + equal) return pivot;
    else {
      needed -= nearer + equal;
      low = above;
    }
  }
  return farthest;
}

function median(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
