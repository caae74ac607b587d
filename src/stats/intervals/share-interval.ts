import type { Interval } from '../bootstrap.js';
import { normalQuantile } from '../distributions/normal.js';

/** 95 % interval of a share of independent rows (Wilson 1927); null of no rows. */
export function shareInterval(hits: number, rows: number): Interval | null {
  if (rows === 0) return null;
  const z = normalQuantile(0.975);
  const share = hits / rows;
  const pull = (z * z) / rows;
  const middle = (share + pull / 2) / (1 + pull);
  const half = (z * Math.sqrt((share * (1 - share)) / rows + pull / (4 * rows))) / (1 + pull);
  return { low: Math.max(0, Math.min(share, middle - half)), high: Math.min(1, Math.max(share, middle + half)) };
}
