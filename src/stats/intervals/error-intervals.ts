import { exp, log } from '../../kernels/math.js';
import type { Interval } from '../bootstrap.js';
import type { MetricInput } from '../metrics/metric.js';
import { meanInterval } from './mean-interval.js';

/** 95 % interval of the root of the mean squared error: that of its square. */
export function rootInterval({ predictions, target }: MetricInput): Interval | null {
  const found = meanInterval(target.map((truth, i) => (predictions[i] - truth) ** 2));
  return found && { low: Math.sqrt(Math.max(0, found.low)), high: Math.sqrt(found.high) };
}

/**
 * 95 % interval of R²: of the log of the share of the variance that is left, as the mean of what each row says of it (the pseudo-values of
 * the jackknife; Tukey 1958).
 */
export function explainedInterval({ predictions, target }: MetricInput, value: number): Interval | null {
  const rows = target.length;
  if (rows < 3 || !(value < 1)) return value === 1 ? { low: 1, high: 1 } : null;
  const mean = target.reduce((sum, truth) => sum + truth / rows, 0);
  const errors = target.map((truth, i) => (predictions[i] - truth) ** 2);
  const distances = target.map((truth) => (truth - mean) ** 2);
  const error = errors.reduce((sum, of) => sum + of, 0);
  const total = distances.reduce((sum, of) => sum + of, 0);
  const whole = log(error / total);
  const said = errors.map((of, i) => {
    // Without a row the mean moves, too.
    const without = log((error - of) / (total - (distances[i] * rows) / (rows - 1)));
    return rows * whole - (rows - 1) * without;
  });
  const found = said.every(Number.isFinite) ? meanInterval(said) : null;
  return found && { low: 1 - exp(found.high), high: 1 - exp(found.low) };
}
