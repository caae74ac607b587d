import type { Random } from '../base/random.js';
import { quantileSorted } from './quantile.js';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Rows that a resample draws unless the rarer class asks for more; beyond, the spread is scaled by the square root of the shares. */
const USUAL_ROWS = 5000;
const MOST_ROWS = 20_000;
/** Rows of the rarer class that a resample should hold. */
const RARE_ROWS = 100;

/** How many of `rows` a resample draws so that it holds enough of a class of which there are `rarer`. */
export function resampleSize(rows: number, rarer = rows): number {
  const wanted = rarer > 0 ? Math.ceil((RARE_ROWS * rows) / rarer) : USUAL_ROWS;
  return Math.min(rows, MOST_ROWS, Math.max(USUAL_ROWS, wanted));
}

export interface BootstrapOptions {
  readonly resamples?: number;
  /** Rows a resample; `resampleSize(rows)` unless given. */
  readonly size?: number;
}

/**
 * Bootstrap distributions of several figures of the same rows (Efron, 1979): `figures` is given row indexes drawn with replacement, in
 * an array that is used again for the next resample. When a resample holds fewer rows than there are, the spread of each figure around
 * its mean over the resamples is put around its `whole`, scaled by sqrt(size / rows) (m out of n bootstrap), which is right for figures
 * whose error falls with the root of the rows; centred, so that a figure that is biased on fewer rows is not biased here.
 * @returns a figure's values, sorted; null when it is undefined (NaN) as a whole or in half of the resamples
 */
export function bootstrapDistributions(
  rows: number,
  wholes: readonly number[],
  figures: (rows: Uint32Array) => readonly number[],
  source: Random,
  { resamples = 200, size = resampleSize(rows) }: BootstrapOptions = {},
): (Float64Array | null)[] {
  if (rows < 2) return wholes.map(() => null);
  const drawn = new Uint32Array(size);
  const values = wholes.map(() => new Float64Array(resamples));
  const defined = wholes.map(() => 0);
  for (let r = 0; r < resamples; r++) {
    for (let i = 0; i < size; i++) drawn[i] = source.next() * rows;
    figures(drawn).forEach((value, f) => {
      if (!Number.isNaN(value)) values[f][defined[f]++] = value;
    });
  }
  const scale = Math.sqrt(size / rows);
  return wholes.map((whole, f) => {
    if (Number.isNaN(whole) || defined[f] < resamples / 2) return null;
    const sorted = values[f].subarray(0, defined[f]).sort();
    if (size === rows) return sorted;
    const centre = sorted.reduce((sum, value) => sum + value / sorted.length, 0);
    return sorted.map((value) => whole + (value - centre) * scale);
  });
}

/** The interval that holds the middle `confidence` of sorted values. */
export function percentileInterval(sorted: Float64Array, confidence = 0.95): Interval {
  const tail = (1 - confidence) / 2;
  return { low: quantileSorted(sorted, tail), high: quantileSorted(sorted, 1 - tail) };
}
