import { exp } from '../../kernels/math.js';
import type { Interval } from '../bootstrap.js';
import { normalCdf, normalQuantile } from '../distributions/normal.js';
import { calibrationGaps } from '../metrics/ece.js';
import type { MetricInput } from '../metrics/metric.js';

const STEPS = 60;

/**
 * 95 % interval of the ECE. Chance adds to the figure, the more the nearer the probabilities are to being right; so the interval holds the
 * multiples of the gaps seen at which a figure as large as this, and one as small, is no surprise. It always holds the figure itself.
 */
export function eceInterval(input: MetricInput, value: number): Interval {
  const gaps = calibrationGaps(input);
  // A little beyond 95 %, since the gaps that the multiples are of are themselves seen by chance.
  const z = normalQuantile(0.98);
  /** The figure to be expected, and its standard deviation, when the true gaps are these multiples of those seen. */
  const at = (times: number) => {
    let mean = 0;
    let variance = 0;
    for (const { gap, error } of gaps) {
      const expected = meanDistance(times * gap, error);
      mean += expected;
      variance += Math.max(0, (times * gap) ** 2 + error * error - expected * expected);
    }
    return { mean, deviation: Math.sqrt(variance) };
  };
  const isTooLow = (times: number): boolean => at(times).mean + z * at(times).deviation < value;
  const isTooHigh = (times: number): boolean => at(times).mean - z * at(times).deviation > value;
  const low = isTooLow(0) ? edge(0, 1, isTooLow) : 0;
  const high = isTooHigh(1) ? 1 : edge(1, 1e6, (times) => !isTooHigh(times));
  return { low: Math.min(value, low * value), high: Math.max(value, high * value) };
}

/** The last multiple at which something still holds that holds at `from` and not at `to`. */
function edge(from: number, to: number, holds: (times: number) => boolean): number {
  let [yes, no] = [from, to];
  for (let step = 0; step < STEPS; step++) {
    const middle = (yes + no) / 2;
    if (holds(middle)) yes = middle;
    else no = middle;
  }
  return yes;
}

/** Mean distance from 0 of a normal with this mean and standard deviation. */
function meanDistance(mean: number, deviation: number): number {
  if (deviation === 0) return Math.abs(mean);
  const z = mean / deviation;
  return deviation * Math.sqrt(2 / Math.PI) * exp((-z * z) / 2) + mean * (1 - 2 * normalCdf(-z));
}
