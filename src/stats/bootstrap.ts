import type { Random } from '../base/random.js';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Most rows that a resample draws; beyond, intervals come from subsamples, scaled by the square root of the shares. */
const LARGEST_RESAMPLE = 20_000;

/**
 * Percentile bootstrap interval of a statistic of rows (Efron, 1979). `figure` is given row indexes, drawn with replacement. On more than
 * 20,000 rows the resamples hold 20,000 and their spread around the whole is scaled by sqrt(20,000 / rows) (m out of n bootstrap), which
 * is right for statistics whose error falls with the root of the rows.
 * @returns null when too many resamples leave the figure undefined
 */
export function bootstrapInterval(
  rows: number,
  whole: number,
  figure: (rows: Uint32Array) => number,
  source: Random,
  { resamples = 200, confidence = 0.95 }: { readonly resamples?: number; readonly confidence?: number } = {},
): Interval | null {
  if (rows < 2 || Number.isNaN(whole)) return null;
  const size = Math.min(rows, LARGEST_RESAMPLE);
  const scale = Math.sqrt(size / rows);
  const drawn = new Uint32Array(size);
  const figures: number[] = [];
  for (let r = 0; r < resamples; r++) {
    for (let i = 0; i < size; i++) drawn[i] = source.below(rows);
    const value = figure(drawn);
    if (!Number.isNaN(value)) figures.push(whole + (value - whole) * scale);
  }
  if (figures.length < resamples / 2) return null;
  figures.sort((a, b) => a - b);
  const tail = (1 - confidence) / 2;
  return { low: quantileSorted(figures, tail), high: quantileSorted(figures, 1 - tail) };
}

/**
 * Paired bootstrap of the difference of two models on the same rows: the share of resamples in which `difference` (ours minus theirs)
 * exceeds `by`. Null when it is undefined too often.
 */
export function probabilityBetter(
  rows: number,
  whole: number,
  difference: (rows: Uint32Array) => number,
  by: number,
  source: Random,
  resamples = 400,
): number | null {
  if (rows < 2 || Number.isNaN(whole)) return null;
  const size = Math.min(rows, LARGEST_RESAMPLE);
  const scale = Math.sqrt(size / rows);
  const drawn = new Uint32Array(size);
  let defined = 0;
  let better = 0;
  for (let r = 0; r < resamples; r++) {
    for (let i = 0; i < size; i++) drawn[i] = source.below(rows);
    const value = difference(drawn);
    if (Number.isNaN(value)) continue;
    defined++;
    if (whole + (value - whole) * scale > by) better++;
  }
  return defined < resamples / 2 ? null : better / defined;
}

/** Quantile of sorted values by linear interpolation (type 7). NaN of none. */
export function quantileSorted(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(sorted.length - 1, low + 1);
  const a = sorted[low] as number;
  return a + ((sorted[high] as number) - a) * (at - low);
}
