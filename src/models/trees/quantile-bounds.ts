/**
 * Upper bounds of bins of about equal row counts over sorted values, after LightGBM's greedy search: a value that alone fills a bin
 * gets one of its own, and the others share the rest. Bounds lie midway between neighbouring values; the last bin is open.
 */
export function quantileBounds(sorted: Float64Array, maxBins: number, minBinRows: number): number[] {
  const { values, counts } = distinct(sorted);
  const bounds: number[] = [];
  if (values.length <= maxBins) {
    let filled = 0;
    for (let i = 0; i + 1 < values.length; i++) {
      filled += counts[i];
      if (filled < minBinRows) continue;
      bounds.push(between(values[i], values[i + 1]));
      filled = 0;
    }
    return bounds;
  }
  const bins = Math.max(1, Math.min(maxBins, Math.floor(sorted.length / minBinRows)));
  const full = sorted.length / bins;
  let restBins = bins;
  let restRows = sorted.length;
  for (const count of counts) {
    if (count < full) continue;
    restBins--;
    restRows -= count;
  }
  let target = restRows / restBins;
  let filled = 0;
  for (let i = 0; i + 1 < values.length && bounds.length < bins - 1; i++) {
    const alone = counts[i] >= full;
    if (!alone) restRows -= counts[i];
    filled += counts[i];
    const nextAlone = counts[i + 1] >= full;
    if (!(alone || filled >= target || (nextAlone && filled >= Math.max(1, target / 2)))) continue;
    bounds.push(between(values[i], values[i + 1]));
    filled = 0;
    if (alone) continue;
    restBins--;
    target = restRows / restBins;
  }
  return bounds;
}

function distinct(sorted: Float64Array): { values: Float64Array; counts: Uint32Array } {
  const values = new Float64Array(sorted.length);
  const counts = new Uint32Array(sorted.length);
  let found = 0;
  for (let i = 0; i < sorted.length; i++) {
    if (found === 0 || sorted[i] !== values[found - 1]) values[found++] = sorted[i];
    counts[found - 1]++;
  }
  return { values: values.subarray(0, found), counts: counts.subarray(0, found) };
}

/** A number t with a <= t < b. */
export function between(a: number, b: number): number {
  const middle = a / 2 + b / 2;
  return middle >= a && middle < b ? middle : a;
}
