/**
 * The least value that at least `share` of the weight is at or below (the lower quantile): no value has less pinball loss. A weight of n
 * counts like n repetitions. Reorders `values`; all weights are one when `weights` is absent.
 */
export function weightedQuantile(values: Float64Array, weights: Float64Array | undefined, share: number): number {
  if (!weights) return select(values, Math.min(values.length - 1, Math.max(0, Math.ceil(share * values.length) - 1)));
  const order = Uint32Array.from(values, (_, i) => i).sort((a, b) => values[a] - values[b] || a - b);
  let total = 0;
  for (const i of order) total += weights[i];
  let below = 0;
  for (const i of order) {
    below += weights[i];
    if (below >= share * total && below > 0) return values[i];
  }
  return values[order[order.length - 1]];
}

/** The value at a place of the ascending order: quickselect (Hoare 1961) around the median of three. */
function select(values: Float64Array, place: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = middleOf(values[low], values[(low + high) >> 1], values[high]);
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i > j) break;
      const swapped = values[i];
      values[i++] = values[j];
      values[j--] = swapped;
    }
    if (place <= j) high = j;
    else if (place >= i) low = i;
    else break;
  }
  return values[place];
}

const middleOf = (a: number, b: number, c: number): number => Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
