import { valueAt } from '../frame/column.js';
import { columnOf, type Frame } from '../frame/frame.js';

/** How what was served of a feature agrees with what history says. */
export interface FeatureConsistency {
  readonly feature: string;
  readonly rows: number;
  readonly missingBoth: number;
  readonly missingOnline: number;
  readonly missingOffline: number;
  /** Rows where both have a value and the values differ by more than the tolerance. */
  readonly mismatches: number;
  /** Mean of 2|a - b| / (|a| + |b|) over rows where both are numbers, 0/0 being 0; null without such rows. */
  readonly smape: number | null;
  /** Largest difference of two numbers; null without any. */
  readonly largest: number | null;
}

export interface ConsistencyReport {
  readonly kind: 'consistency';
  readonly rows: number;
  /** No mismatch, and nothing missing on one side only. */
  readonly consistent: boolean;
  readonly features: readonly FeatureConsistency[];
}

/**
 * Compares served features with the same features recomputed from history, row by row (the check of Chronon): both tables have
 * the same rows in the same order. `tolerance` is the largest relative difference that counts as equal.
 */
export function compareOnlineOffline(served: Frame, recomputed: Frame, tolerance = 0): ConsistencyReport {
  if (served.rows !== recomputed.rows) throw new TypeError(`${served.rows} served rows against ${recomputed.rows} recomputed`);
  const features = Object.keys(served.columns)
    .filter((name) => Object.hasOwn(recomputed.columns, name))
    .map((name) => compareFeature(name, served, recomputed, tolerance));
  const consistent = features.every((one) => one.mismatches + one.missingOnline + one.missingOffline === 0);
  return { kind: 'consistency', rows: served.rows, consistent, features };
}

function compareFeature(feature: string, served: Frame, recomputed: Frame, tolerance: number): FeatureConsistency {
  const online = columnOf(served, feature);
  const offline = columnOf(recomputed, feature);
  const { rows } = served;
  const counts = { missingBoth: 0, missingOnline: 0, missingOffline: 0, mismatches: 0 };
  let numbers = 0;
  let total = 0;
  let largest = 0;
  for (let row = 0; row < rows; row++) {
    const a = valueAt(online, row);
    const b = valueAt(offline, row);
    if (a === null || b === null) {
      counts[a === b ? 'missingBoth' : a === null ? 'missingOnline' : 'missingOffline']++;
      continue;
    }
    if (typeof a !== 'number' || typeof b !== 'number') {
      if (a !== b) counts.mismatches++;
      continue;
    }
    const difference = Math.abs(a - b);
    const size = Math.abs(a) + Math.abs(b);
    numbers++;
    if (size > 0) total += (2 * difference) / size;
    if (difference > largest) largest = difference;
    if (difference > tolerance * Math.max(Math.abs(a), Math.abs(b))) counts.mismatches++;
  }
  return { feature, rows, ...counts, smape: numbers ? total / numbers : null, largest: numbers ? largest : null };
}
