import { categoryBin, type FeatureBins } from './binning.js';
import type { GrownTree } from './grown-tree.js';
import type { Split } from './split.js';

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
  /** Training rows of each node. */
  readonly cover: Uint32Array;
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

/** Scores rows with a forest; holds the buffers that a row needs, so that scoring allocates nothing. */
export class ForestScorer {
  readonly #forest: Forest;
  readonly #outputs: number;
  readonly #row: Float64Array;
  /** Longest path of each tree, or -1 for a tree with categorical splits. */
  readonly #depth: Int32Array;

  /** Tree t adds to output t modulo `outputs`. */
  constructor(forest: Forest, outputs: number) {
    this.#forest = forest;
    this.#outputs = outputs;
    this.#row = new Float64Array(Math.max(2, 2 * forest.features.length));
    this.#depth = depths(forest);
  }

  /** Adds the outputs of a row (one value a feature) to `out` from `offset` on. */
  add(row: Float64Array, out: Float64Array, offset: number): void {
    this.#prepare(row);
    const { roots, slot, threshold, left, value } = this.#forest;
    const x = this.#row;
    const depth = this.#depth;
    const trees = depth.length;
    const outputs = this.#outputs;
    let output = 0;
    let t = 0;
    for (; t + 4 <= trees; t += 4) {
      const steps = Math.max(depth[t], depth[t + 1], depth[t + 2], depth[t + 3]);
      let a = roots[t];
      let b = roots[t + 1];
      let c = roots[t + 2];
      let d = roots[t + 3];
      if (Math.min(depth[t], depth[t + 1], depth[t + 2], depth[t + 3]) < 0) {
        a = this.#walk(a);
        b = this.#walk(b);
        c = this.#walk(c);
        d = this.#walk(d);
      } else {
        for (let step = 0; step < steps; step++) {
          a = left[a] + Number(x[slot[a]] > threshold[a]);
          b = left[b] + Number(x[slot[b]] > threshold[b]);
          c = left[c] + Number(x[slot[c]] > threshold[c]);
          d = left[d] + Number(x[slot[d]] > threshold[d]);
        }
      }
      out[offset + output] += value[a];
      if (++output === outputs) output = 0;
      out[offset + output] += value[b];
      if (++output === outputs) output = 0;
      out[offset + output] += value[c];
      if (++output === outputs) output = 0;
      out[offset + output] += value[d];
      if (++output === outputs) output = 0;
    }
    for (; t < trees; t++) {
      out[offset + output] += value[this.#walk(roots[t])];
      if (++output === outputs) output = 0;
    }
  }

  /** Each numeric feature twice: with missing below and above everything; the bin of a categorical one. */
  #prepare(row: Float64Array): void {
    const { features } = this.#forest;
    const x = this.#row;
    for (let j = 0; j < features.length; j++) {
      const value = row[j];
      const categories = features[j];
      if (categories) {
        x[2 * j] = categoryBin(value, categories.binOf, categories.other);
      } else if (value !== value) {
        x[2 * j] = -Infinity;
        x[2 * j + 1] = Infinity;
      } else {
        const finite = value > Number.MAX_VALUE ? Number.MAX_VALUE : value < -Number.MAX_VALUE ? -Number.MAX_VALUE : value;
        x[2 * j] = finite;
        x[2 * j + 1] = finite;
      }
    }
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

function depths(forest: Forest): Int32Array {
  const { roots, slot, left } = forest;
  const out = new Int32Array(roots.length - 1);
  for (let t = 0; t < out.length; t++) {
    const depth = new Int32Array(roots[t + 1] - roots[t]);
    let most = 0;
    let categorical = false;
    for (let i = roots[t]; i < roots[t + 1]; i++) {
      if (left[i] === i) continue;
      if (slot[i] < 0) categorical = true;
      const below = depth[i - roots[t]] + 1;
      most = Math.max(most, below);
      depth[left[i] - roots[t]] = below;
      depth[left[i] + 1 - roots[t]] = below;
    }
    out[t] = categorical ? -1 : most;
  }
  return out;
}
