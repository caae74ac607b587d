import type { Interval } from '../bootstrap.js';
import { studentQuantile } from './student.js';

/** Fewest degrees of freedom that a standard error is taken to have. */
const FEWEST = 5;

/**
 * 95 % interval of the mean of independent values, null of fewer than two: Student's t with the degrees of freedom that the tails leave
 * to the standard error, and Hall's cubic transformation (1992) for skewed values, whose mean and error go together.
 */
export function meanInterval(values: Float64Array): Interval | null {
  const rows = values.length;
  if (rows < 2) return null;
  const mean = values.reduce((sum, value) => sum + value / rows, 0);
  const [second, third, fourth] = [2, 3, 4].map((power) =>
    values.reduce((sum, value) => sum + (value - mean) ** power / rows, 0),
  );
  if (!(second > 0)) return { low: mean, high: mean };
  const skewness = third / second ** 1.5;
  const freedom = Math.max(FEWEST, Math.min(rows - 1, (2 * rows) / (fourth / second ** 2 - 1)));
  const spread = Math.sqrt((second * rows) / (rows - 1));
  const t = studentQuantile(0.975, freedom) / Math.sqrt(rows);
  return { low: mean - spread * unskewed(t, skewness, rows), high: mean - spread * unskewed(-t, skewness, rows) };
}

/** The inverse of Hall's transformation of a studentised mean, both without the root of the rows. */
function unskewed(x: number, skewness: number, rows: number): number {
  if (Math.abs(skewness) < 1e-6) return x;
  return (Math.cbrt(1 + skewness * (x - skewness / (6 * rows))) - 1) / (skewness / 3);
}
