import type { Forest } from './forest.js';

export interface TreeShape {
  readonly nodes: number;
  /** Splits on the longest path. */
  readonly depth: number;
  /** Whether a split is categorical. */
  readonly mixed: boolean;
}

/** The shape of each tree of a forest. */
export function treeShapes({ roots, slot, left }: Forest): TreeShape[] {
  return Array.from({ length: roots.length - 1 }, (_, t) => {
    const first = roots[t];
    const nodes = roots[t + 1] - first;
    const above = new Int32Array(nodes);
    let depth = 0;
    let mixed = false;
    for (let i = 0; i < nodes; i++) {
      const child = left[first + i] - first;
      if (child === i) continue;
      if (slot[first + i] < 0) mixed = true;
      above[child] = above[i] + 1;
      above[child + 1] = above[i] + 1;
      depth = Math.max(depth, above[child]);
    }
    return { nodes, depth, mixed };
  });
}
