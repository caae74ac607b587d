import { categoryBin, type FeatureBins } from './binning.js';
import type { GrownTree } from './grown-tree.js';
import type { Split } from './split.js';
import { treeShapes } from './tree-shapes.js';

/** Codes of a categorical feature as the forest's splits see them; null for a numeric feature. */
export type Categories = { readonly binOf: Uint8Array; readonly other: number } | null;

/**
 * Trees flattened for scoring. Node arrays run over all trees; the children of a split are neighbours, left first, and a leaf is its
 * own left child, so that a walk of fixed length needs no branches.
 */
export interface Forest {
  readonly features: readonly Categories[];
  /** First node of each tree, and the number of nodes at the end. */
  readonly roots: Int32Array;
  /** Numeric: 2 x feature, + 1 when missing goes right. Categorical: -1 - feature. Leaves: 0. */
  readonly slot: Int32Array;
  /** Numeric: left when x <= threshold. Categorical: number of its set. Leaves: Infinity. */
  readonly threshold: Float64Array;
  readonly left: Int32Array;
  /** Output of leaves, 0 in splits. */
  readonly value: Float64Array;
  /** Training rows of each node; of imported trees sums of what they count. */
  readonly cover: Uint32Array | Float64Array;
  /** Categories that go left, 8 words of 32 bits a set. */
  readonly sets: Uint32Array;
}

/** Flattens grown trees. */
export function flatten(trees: readonly GrownTree[], bins: readonly FeatureBins[]): Forest {
  const nodes = trees.reduce((sum, tree) => sum + tree.left.length, 0);
  const roots = new Int32Array(trees.length + 1);
  const slot = new Int32Array(nodes);
  const threshold = new Float64Array(nodes);
  const left = new Int32Array(nodes);
  const value = new Float64Array(nodes);
  const cover = new Uint32Array(nodes);
  const sets: number[] = [];
  let base = 0;
  trees.forEach((tree, t) => {
    roots[t] = base;
    for (let i = 0; i < tree.left.length; i++) {
      const at = base + i;
      const split = tree.splits[i];
      cover[at] = tree.cover[i];
      if (!split) {
        left[at] = at;
        threshold[at] = Infinity;
        value[at] = tree.value[i];
        continue;
      }
      left[at] = base + tree.left[i];
      const feature = bins[split.feature];
      if (feature.kind === 'numeric') {
        slot[at] = 2 * split.feature + (split.missingLeft ? 0 : 1);
        threshold[at] = split.bin < feature.bounds.length ? feature.bounds[split.bin] : Number.MAX_VALUE;
      } else {
        slot[at] = -1 - split.feature;
        threshold[at] = sets.length / 8;
        sets.push(...bitset(split));
      }
    }
    base += tree.left.length;
  });
  roots[trees.length] = base;
  const features = bins.map((feature) => (feature.kind === 'numeric' ? null : { binOf: feature.binOf, other: feature.other }));
  return { features, roots, slot, threshold, left, value, cover, sets: Uint32Array.from(sets) };
}

function bitset(split: Split): Uint32Array {
  const words = new Uint32Array(8);
  for (const bin of split.categories) words[bin >> 5] |= 1 << (bin & 31);
  return words;
}

/** Trees walked abreast. */
const TOGETHER = 8;

/** Scores rows with a forest; holds the buffers that a row needs, so that scoring allocates nothing. */
export class ForestScorer {
  readonly #forest: Forest;
  readonly #outputs: number;
  readonly #row: Float64Array;
  /** Leaf that the row reached in each tree. */
  readonly #leaves: Int32Array;
  /** Longest path of each full group of trees, or -1 when one has categorical splits. */
  readonly #steps: Int32Array;

  /** Tree t adds to output t modulo `outputs`. */
  constructor(forest: Forest, outputs: number) {
    this.#forest = forest;
    this.#outputs = outputs;
    this.#row = new Float64Array(Math.max(2, 2 * forest.features.length));
    this.#leaves = new Int32Array(forest.roots.length - 1);
    const shapes = treeShapes(forest);
    this.#steps = new Int32Array(Math.floor(shapes.length / TOGETHER));
    for (let group = 0; group < this.#steps.length; group++) {
      const members = shapes.slice(group * TOGETHER, (group + 1) * TOGETHER);
      this.#steps[group] = members.some(({ mixed }) => mixed) ? -1 : Math.max(...members.map(({ depth }) => depth));
    }
  }

  /** Adds the outputs of a row (one value a feature) to `out` from `offset` on. */
  add(row: Float64Array, out: Float64Array, offset: number): void {
    spreadRow(this.#forest.features, row, this.#row);
    const { roots, value } = this.#forest;
    const leaves = this.#leaves;
    const steps = this.#steps;
    for (let group = 0; group < steps.length; group++) {
      if (steps[group] >= 0) this.#walkTogether(group * TOGETHER, steps[group]);
      else for (let t = group * TOGETHER; t < (group + 1) * TOGETHER; t++) leaves[t] = this.#walk(roots[t]);
    }
    for (let t = steps.length * TOGETHER; t < leaves.length; t++) leaves[t] = this.#walk(roots[t]);
    const outputs = this.#outputs;
    for (let t = 0, output = 0; t < leaves.length; t++, output = output + 1 === outputs ? 0 : output + 1)
      out[offset + output] += value[leaves[t]];
  }

  /** Eight numeric trees from tree `t` on, as many steps as the deepest needs: their loads do not wait for one another. */
  #walkTogether(t: number, steps: number): void {
    const { roots, slot, threshold, left } = this.#forest;
    const x = this.#row;
    const leaves = this.#leaves;
    let a = roots[t];
    let b = roots[t + 1];
    let c = roots[t + 2];
    let d = roots[t + 3];
    let e = roots[t + 4];
    let f = roots[t + 5];
    let g = roots[t + 6];
    let h = roots[t + 7];
    for (let step = 0; step < steps; step++) {
      a = left[a] + Number(x[slot[a]] > threshold[a]);
      b = left[b] + Number(x[slot[b]] > threshold[b]);
      c = left[c] + Number(x[slot[c]] > threshold[c]);
      d = left[d] + Number(x[slot[d]] > threshold[d]);
      e = left[e] + Number(x[slot[e]] > threshold[e]);
      f = left[f] + Number(x[slot[f]] > threshold[f]);
      g = left[g] + Number(x[slot[g]] > threshold[g]);
      h = left[h] + Number(x[slot[h]] > threshold[h]);
    }
    leaves[t] = a;
    leaves[t + 1] = b;
    leaves[t + 2] = c;
    leaves[t + 3] = d;
    leaves[t + 4] = e;
    leaves[t + 5] = f;
    leaves[t + 6] = g;
    leaves[t + 7] = h;
  }

  #walk(root: number): number {
    const { slot, threshold, left, sets } = this.#forest;
    const x = this.#row;
    for (let node = root; ; ) {
      const child = left[node];
      if (child === node) return node;
      const s = slot[node];
      if (s >= 0) {
        node = child + Number(x[s] > threshold[node]);
      } else {
        const bin = x[-2 * (s + 1)];
        node = child + 1 - ((sets[threshold[node] * 8 + (bin >> 5)] >>> (bin & 31)) & 1);
      }
    }
  }
}

/** A row as splits read it, into `x`: each numeric feature twice, with missing below and above everything; the bin of a categorical one. */
export function spreadRow(features: readonly Categories[], row: Float64Array, x: Float64Array, at = 0): void {
  for (let j = 0, to = at; j < features.length; j++, to += 2) {
    const value = row[j];
    const categories = features[j];
    if (categories) {
      x[to] = categoryBin(value, categories.binOf, categories.other);
    } else if (value !== value) {
      x[to] = -Infinity;
      x[to + 1] = Infinity;
    } else {
      const finite = value > Number.MAX_VALUE ? Number.MAX_VALUE : value < -Number.MAX_VALUE ? -Number.MAX_VALUE : value;
      x[to] = finite;
      x[to + 1] = finite;
    }
  }
}
