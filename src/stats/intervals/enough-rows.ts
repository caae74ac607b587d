import type { MetricInput } from '../metrics/metric.js';

/** Rows of each class, or in all where there are none, that an interval needs to hold what it says. */
export const FEWEST_ROWS = 20;

/** Whether there are enough rows of every class that occurs, and of both classes of a binary problem. */
export function hasEnoughRows({ task, outputs, target }: MetricInput): boolean {
  if (task === 'regression') return target.length >= FEWEST_ROWS;
  const counts = new Float64Array(task === 'binary' ? 2 : outputs);
  for (const truth of target) counts[truth]++;
  return target.length > 0 && counts.every((count) => count >= FEWEST_ROWS || (task === 'multiclass' && count === 0));
}
