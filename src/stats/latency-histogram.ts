/** Buckets grow by 2 %, so a quantile is at most 1 % off; from 100 nanoseconds to 1,000 seconds, values in milliseconds. */
const GROWTH = Math.log(1.02);
const LEAST = 1e-4;
const BUCKETS = 1 + Math.round(Math.log(1e6 / LEAST) / GROWTH);

/** Exact counts in logarithmic buckets; two histograms add up to that of both together. */
export interface LatencyHistogram {
  count: number;
  readonly buckets: Uint32Array;
}

export const latencyHistogram = (): LatencyHistogram => ({ count: 0, buckets: new Uint32Array(BUCKETS) });

/** Counts a latency; what is beyond the range counts at its end. */
export function addLatency(histogram: LatencyHistogram, milliseconds: number): void {
  const bucket = milliseconds > LEAST ? Math.round(Math.log(milliseconds / LEAST) / GROWTH) : 0;
  histogram.buckets[bucket < BUCKETS ? bucket : BUCKETS - 1]++;
  histogram.count++;
}

/** Adds the counts of `other` to those of `histogram`. */
export function mergeLatencies(histogram: LatencyHistogram, other: LatencyHistogram): void {
  for (let b = 0; b < BUCKETS; b++) histogram.buckets[b] += other.buckets[b];
  histogram.count += other.count;
}

/** The latency that a share of the values does not exceed, within 1 %; null of none. */
export function latencyQuantile(histogram: LatencyHistogram, share: number): number | null {
  if (histogram.count === 0) return null;
  let left = Math.max(1, Math.ceil(share * histogram.count));
  for (let b = 0; b < BUCKETS; b++) {
    left -= histogram.buckets[b];
    if (left <= 0) return LEAST * Math.exp(b * GROWTH);
  }
  return null;
}
