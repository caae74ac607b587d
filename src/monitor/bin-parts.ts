import type { BinLayout } from './bin-layout.js';

/** What of a distribution is compared part by part: its values, the share of missing ones, the share of categories that are not listed. */
export type PartsOf = 'values' | 'missing' | 'unlisted';

/**
 * Counts parted by what they speak of, so that each change is called by its name: the values listed or binned, missing against present,
 * and unlisted against listed ones.
 */
export function partsOf({ kind }: Pick<BinLayout, 'kind'>, counts: ArrayLike<number>): Readonly<Record<PartsOf, number[]>> {
  const all = Array.from(counts);
  const missing = all.pop() ?? 0;
  const unlisted = kind === 'categoryBins' ? (all.pop() ?? 0) : 0;
  const listed = all.reduce((sum, count) => sum + count, 0);
  return { values: all, missing: [missing, listed + unlisted], unlisted: [unlisted, listed] };
}
