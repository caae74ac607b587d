/**
 * A metric of a sample as an estimate of the metric of all rows like them. The value is the figure itself, save where a few rows bias it:
 * shares of counts are drawn a little to the middle, and the ECE is freed of what chance alone adds to it.
 */
export interface Estimate {
  readonly value: number;
  /** Standard error; NaN where the rows do not define it. */
  readonly error: number;
  /** The most that it may be, before its error, where it is not known how much of the figure is chance. */
  readonly atMost?: number;
}

/** The values that a metric can take, which decides on what scale an estimate of it is near normal. */
export type Scale = 'share' | 'size' | 'atMostOne' | 'any';

interface Transform {
  readonly holds: (value: number) => boolean;
  readonly to: (value: number) => number;
  readonly slope: (value: number) => number;
  readonly from: (scaled: number) => number;
}

const TRANSFORMS: { readonly [S in Scale]: Transform } = {
  share: {
    holds: (value) => value > 0 && value < 1,
    to: (value) => Math.log(value / (1 - value)),
    slope: (value) => 1 / (value * (1 - value)),
    from: (scaled) => 1 / (1 + Math.exp(-scaled)),
  },
  size: { holds: (value) => value > 0, to: Math.log, slope: (value) => 1 / value, from: Math.exp },
  atMostOne: {
    holds: (value) => value < 1,
    to: (value) => -Math.log(1 - value),
    slope: (value) => 1 / (1 - value),
    from: (scaled) => 1 - Math.exp(-scaled),
  },
  any: { holds: () => true, to: (value) => value, slope: () => 1, from: (scaled) => scaled },
};

/**
 * The estimate moved by `z` standard errors on its scale (delta method): the end of a one-sided interval. An estimate at the edge of its
 * scale is moved as it is.
 */
export function endOfEstimate(estimate: Estimate, scale: Scale, z: number): number {
  const { error } = estimate;
  const value = z > 0 ? (estimate.atMost ?? estimate.value) : estimate.value;
  const { holds, to, slope, from } = TRANSFORMS[scale];
  return holds(value) ? from(to(value) + z * error * slope(value)) : value + z * error;
}

/** Standard error of a mean of `rows` values; NaN of fewer than two (Welford's sums). */
export function meanEstimate(rows: number, of: (row: number) => number): Estimate {
  let average = 0;
  let squares = 0;
  for (let i = 0; i < rows; i++) {
    const x = of(i);
    const delta = x - average;
    average += delta / (i + 1);
    squares += delta * (x - average);
  }
  return { value: average, error: rows > 1 ? Math.sqrt(squares / (rows - 1) / rows) : Number.NaN };
}
