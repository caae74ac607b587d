/**
 * The least value that at least `share` of the weight is at or below (the lower quantile): no value has less pinball loss. A weight of n
 * counts like n repetitions. Reorders what it is given; all weights are one when `weights` is absent.
 */
export function weightedQuantile(values: Float64Array, weights: Float64Array | undefined, share: number): number {
  if (!weights) return select(values, undefined, Math.max(1, Math.ceil(share * values.length)));
  let total = 0;
  for (let i = 0; i < weights.length; i++) total += weights[i];
  return select(values, weights, share * total);
}

/** The least value with at least so much weight at or below it: quickselect (Hoare 1961) around the median of three. */
function select(values: Float64Array, weights: Float64Array | undefined, wanted: number): number {
  let low = 0;
  let high = values.length - 1;
  /** Weight of the values before `low`. */
  let below = 0;
  while (low < high) {
    const pivot = middleOf(values[low], values[(low + high) >> 1], values[high]);
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i > j) break;
      swap(values, i, j);
      if (weights) swap(weights, i, j);
      i++;
      j--;
    }
    // Up to j nothing is above the pivot, from i on nothing below it, and what is between equals it.
    const left = below + weightOf(weights, low, j + 1);
    const middle = left + weightOf(weights, j + 1, i);
    if (left >= wanted) high = j;
    else if (middle >= wanted) return pivot;
    else {
      below = middle;
      low = i;
    }
  }
  // Rounding may leave a little less than is wanted in all of them: then it is the largest.
  return values[Math.min(low, values.length - 1)];
}

function weightOf(weights: Float64Array | undefined, from: number, to: number): number {
  if (!weights) return to - from;
  let sum = 0;
  for (let i = from; i < to; i++) sum += weights[i];
  return sum;
}

function swap(values: Float64Array, i: number, j: number): void {
  const kept = values[i];
  values[i] = values[j];
  values[j] = kept;
}

const middleOf = (a: number, b: number, c: number): number => Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
