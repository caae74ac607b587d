const SHARE = 0.6;
const FEWEST = 5;

/** The share of the features that a tree draws where none is given: six of ten, and no fewer than five features. */
export function columnShareFor(features: number): number {
  return Math.max(SHARE, Math.min(1, FEWEST / Math.max(1, features)));
}
