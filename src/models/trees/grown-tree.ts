import type { FeatureBins } from './binning.js';
import type { Split } from './split.js';

/**
 * A tree in terms of bins. Node 0 is the root; the children of a split are neighbours, left first, and come after their parent.
 */
export interface GrownTree {
  /** The split of each node; undefined in leaves. */
  readonly splits: (Split | undefined)[];
  /** For each split: 1 at the bytes that go left. */
  readonly tables: (Uint8Array | undefined)[];
  /** Left child of each split, 0 in leaves. */
  readonly left: number[];
  /** Output of each leaf, 0 in splits. */
  readonly value: number[];
  /** Training rows that reached each node. */
  readonly cover: number[];
}

/** 1 for each byte that a split sends left. */
export function splitTable(split: Split, bins: FeatureBins): Uint8Array {
  const table = new Uint8Array(256);
  if (split.bin < 0) {
    for (const bin of split.categories) table[bin] = 1;
    return table;
  }
  table.fill(1, 0, split.bin + 1);
  table[bins.bins - 1] = split.missingLeft ? 1 : 0;
  return table;
}

/** The leaf that a row of column-major bytes reaches. */
export function leafOf(tree: GrownTree, bytes: Uint8Array, columnsAt: number, rows: number, row: number): number {
  let node = 0;
  for (;;) {
    const table = tree.tables[node];
    if (!table) return node;
    const feature = (tree.splits[node] as Split).feature;
    node = tree.left[node] + 1 - table[bytes[columnsAt + feature * rows + row]];
  }
}
