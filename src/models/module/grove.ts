/** Trees of any forest as their script is made from them. Children are neighbours, left first, after their parent. */
export interface Grove {
  /** First node of each tree, and the number of nodes. */
  readonly roots: ArrayLike<number>;
  isLeaf(node: number): boolean;
  /** Left child of a split. */
  left(node: number): number;
  /** Value of a leaf. */
  value(node: number): number;
  /** Training rows of a leaf, or what is nearest to that. */
  weight(node: number): number;
}

/** Each tree's nodes from its root on, left before right, splits that were pruned being leaves. */
export interface Preorder {
  /** Node of the forest a place; `leaf` tells what is a leaf now. */
  readonly nodes: Int32Array;
  readonly leaf: Uint8Array;
  /** Values of the leaves, in order. */
  readonly values: Float64Array;
  /** Leaves of each tree. */
  readonly leaves: Int32Array;
}

export function preorderOf(grove: Grove, merged: Float64Array): Preorder {
  const nodes: number[] = [];
  const leaf: number[] = [];
  const values: number[] = [];
  const leaves = new Int32Array(grove.roots.length - 1);
  for (let t = 0; t < leaves.length; t++) {
    for (const stack = [grove.roots[t]]; stack.length > 0; ) {
      const node = stack.pop() as number;
      const pruned = merged[node] === merged[node];
      const ends = pruned || grove.isLeaf(node);
      nodes.push(node);
      leaf.push(ends ? 1 : 0);
      if (ends) {
        values.push(pruned ? merged[node] : grove.value(node));
        leaves[t] += 1;
      } else stack.push(grove.left(node) + 1, grove.left(node));
    }
  }
  return {
    nodes: Int32Array.from(nodes),
    leaf: Uint8Array.from(leaf),
    values: Float64Array.from(values),
    leaves,
  };
}
