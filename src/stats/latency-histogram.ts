/** Buckets grow by 2 %, so a quantile is at most 1 % off; from 100 nanoseconds up, values in milliseconds. */
const GROWTH = Math.log(1.02);
const LEAST = 1e-4;

/** Exact counts in logarithmic buckets by bucket number: plain data, merged by addition. */
export interface LatencyHistogram {
  readonly kind: 'latencyHistogram';
  count: number;
  readonly buckets: Record<number, number>;
}

export const latencyHistogram = (): LatencyHistogram => ({ kind: 'latencyHistogram', count: 0, buckets: {} });

export function addLatency(histogram: LatencyHistogram, milliseconds: number): void {
  const bucket = Math.max(0, Math.round(Math.log(Math.max(milliseconds, LEAST) / LEAST) / GROWTH));
  histogram.buckets[bucket] = (histogram.buckets[bucket] ?? 0) + 1;
  histogram.count++;
}

export function mergeLatencies(a: LatencyHistogram, b: LatencyHistogram): LatencyHistogram {
  const buckets = { ...a.buckets };
  for (const [bucket, count] of Object.entries(b.buckets)) buckets[Number(bucket)] = (buckets[Number(bucket)] ?? 0) + count;
  return { kind: 'latencyHistogram', count: a.count + b.count, buckets };
}

/** The latency that a share of the values does not exceed, within 1 %; null of none. */
export function latencyQuantile(histogram: LatencyHistogram, share: number): number | null {
  if (histogram.count === 0) return null;
  const rank = Math.max(1, Math.ceil(share * histogram.count));
  let seen = 0;
  // Integer keys of an object come in ascending order.
  for (const [bucket, count] of Object.entries(histogram.buckets)) {
    seen += count;
    if (seen >= rank) return LEAST * Math.exp(Number(bucket) * GROWTH);
  }
  return null;
}
