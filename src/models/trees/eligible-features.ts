import type { Random } from '../../base/random.js';

/**
 * The features that a node may be split on, ascending. `parent` is its parent, -1 above the root: the two children of a split are
 * searched together, so they have the same ones. `path` holds the features of the splits above it.
 */
export type EligibleFeatures = (parent: number, path: readonly number[]) => readonly number[];

/**
 * Of a tree's features those that may join the path, and of these a share drawn anew for the children of each split. Undefined when
 * every node has all of them. On a path whose features are all in a group the members of that group may follow.
 */
export function eligibleFeatures(
  features: readonly number[],
  groups: readonly (readonly number[])[] | null,
  share: number,
  source: Random,
): EligibleFeatures | undefined {
  if (!groups && share >= 1) return undefined;
  return (parent, path) => {
    let allowed = features;
    if (groups) {
      const joined = new Set(groups.filter((group) => path.every((feature) => group.includes(feature))).flat());
      allowed = features.filter((feature) => joined.has(feature));
    }
    return drawFeatures(allowed, share, source.fork(parent));
  };
}

/** A share of the features, at least one of them, in their order: selection sampling (Knuth, TAOCP 2, algorithm S). */
export function drawFeatures(from: readonly number[], share: number, source: Random): readonly number[] {
  if (share >= 1) return from;
  const wanted = Math.max(1, Math.round(from.length * share));
  const chosen: number[] = [];
  for (let j = 0; j < from.length && chosen.length < wanted; j++)
    if ((from.length - j) * source.next() < wanted - chosen.length) chosen.push(from[j]);
  return chosen;
}
