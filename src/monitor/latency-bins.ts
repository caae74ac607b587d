/** Latencies counted in logarithmic bins: 1 us to 100 s, 20 a decade, so a quantile is right within 13 %. Counts add up. */
const BINS_PER_DECADE = 20;
const LOWEST = 1e-3;
export const LATENCY_BINS = 8 * BINS_PER_DECADE;

export function latencyBin(ms: number): number {
  const bin = Math.floor(Math.log10(ms / LOWEST) * BINS_PER_DECADE);
  return bin >= LATENCY_BINS ? LATENCY_BINS - 1 : bin > 0 ? bin : 0;
}

/** Upper edge of the bin that holds a quantile, ms; null without counts. */
export function latencyQuantile(counts: ArrayLike<number>, q: number): number | null {
  let total = 0;
  for (let bin = 0; bin < LATENCY_BINS; bin++) total += counts[bin] as number;
  if (total === 0) return null;
  let left = Math.ceil(total * q);
  for (let bin = 0; bin < LATENCY_BINS; bin++) {
    left -= counts[bin] as number;
    if (left <= 0) return LOWEST * 10 ** ((bin + 1) / BINS_PER_DECADE);
  }
  return LOWEST * 10 ** (LATENCY_BINS / BINS_PER_DECADE);
}
