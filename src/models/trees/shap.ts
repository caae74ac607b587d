import { checkAdditive, type MarginUnit, type RowExplainer } from '../explainer.js';
import { type Forest, ForestScorer, spreadRow } from './forest.js';
import { gaussLegendre, type Quadrature } from './shap-quadrature.js';

/**
 * Exact path-dependent Shapley values of a forest (TreeSHAP; Lundberg et al., 2020). Of a leaf with value v, an absent feature j
 * contributes the share z of training rows that its splits on the path let through, a present one o = 1 or 0: the game of the leaf is
 * v times a product over features. Its Shapley value is the integral over t of v (o_i - z_i) prod_{j != i} (z_j + (o_j - z_j) t)
 * (Owen, 1972), a polynomial that a Gauss-Legendre rule with half as many points as features integrates exactly. All leaves together
 * take one pass down a tree and one up (as in Linear TreeSHAP; Yu et al., 2022), and no factor is ever negative, so that deep trees
 * lose no digits.
 */
export class TreeExplainer implements RowExplainer {
  readonly unit: MarginUnit;
  readonly base: Float64Array;
  readonly #estimator: string;
  readonly #forest: Forest;
  readonly #start: Float64Array;
  readonly #scorer: ForestScorer;
  readonly #row: Float64Array;
  readonly #plan: ShapPlan;
  readonly #buffers: PassBuffers;

  /** Tree t adds to output t modulo the number of `start` values, the margins before any tree. */
  constructor(estimator: string, forest: Forest, start: Float64Array, unit: MarginUnit) {
    this.#estimator = estimator;
    this.#forest = forest;
    this.#start = start;
    this.unit = unit;
    this.#scorer = new ForestScorer(forest, start.length);
    this.#row = new Float64Array(Math.max(2, 2 * forest.features.length));
    this.#plan = shapPlan(forest);
    const { rules, treeNodes } = this.#plan;
    const most = treeNodes * Math.max(1, rules.length - 1);
    this.#buffers = {
      down: new Float64Array(most),
      up: new Float64Array(most),
      factor: new Float64Array(most),
      present: new Uint8Array(treeNodes),
    };
    this.base = expectedMargins(forest, start);
  }

  explainRow(row: Float64Array, contributions: Float64Array, margins: Float64Array): void {
    const forest = this.#forest;
    const outputs = this.#start.length;
    const inputs = forest.features.length;
    contributions.fill(0, 0, outputs * inputs);
    spreadRow(forest.features, row, this.#row);
    for (let t = 0, output = 0; t + 1 < forest.roots.length; t++, output = output + 1 === outputs ? 0 : output + 1)
      explainTree(forest, this.#plan, t, this.#row, this.#buffers, contributions, output * inputs);
    for (let k = 0; k < outputs; k++) margins[k] = this.#start[k];
    this.#scorer.add(row, margins, 0);
    checkAdditive(this.#estimator, this.base, contributions, margins, inputs);
  }
}

/** What of the passes does not depend on the row; node arrays run over all trees and speak of the edge into the node. */
interface ShapPlan {
  /** Share of training rows that all splits on the same feature, from the root to this edge, let through. */
  readonly share: Float64Array;
  /** Of a split: the nearest edge above whose split is on the same feature, as the node it leads to; -1 when there is none. */
  readonly previous: Int32Array;
  /** Of a split: its feature; -1 of a leaf. */
  readonly feature: Int32Array;
  /** Points of the rule of each tree. */
  readonly points: Uint8Array;
  /** Rules by number of points. */
  readonly rules: readonly Quadrature[];
  /** Nodes of the largest tree. */
  readonly treeNodes: number;
}

/** Of one tree at a time, nodes x points; `present` is o of each edge. */
interface PassBuffers {
  /** Product of the factors from the root to the node, and the weight of the point. */
  readonly down: Float64Array;
  /** Sum over the leaves below the node of their value and the factors from the node to them. */
  readonly up: Float64Array;
  /** Factor of the edge into the node. */
  readonly factor: Float64Array;
  readonly present: Uint8Array;
}

function shapPlan(forest: Forest): ShapPlan {
  const { roots, slot, left, cover } = forest;
  const nodes = left.length;
  const share = new Float64Array(nodes).fill(1);
  const previous = new Int32Array(nodes).fill(-1);
  const feature = new Int32Array(nodes).fill(-1);
  const parent = new Int32Array(nodes).fill(-1);
  const distinct = new Int32Array(nodes);
  const points = new Uint8Array(roots.length - 1);
  const rules: Quadrature[] = [{ points: new Float64Array(0), weights: new Float64Array(0) }];
  let treeNodes = 1;
  for (let t = 0; t + 1 < roots.length; t++) {
    treeNodes = Math.max(treeNodes, roots[t + 1] - roots[t]);
    let most = 1;
    for (let i = roots[t]; i < roots[t + 1]; i++) {
      const child = left[i];
      if (child === i) continue;
      feature[i] = slot[i] < 0 ? -1 - slot[i] : slot[i] >> 1;
      let above = i;
      while (parent[above] >= 0 && feature[parent[above]] !== feature[i]) above = parent[above];
      previous[i] = parent[above] >= 0 ? above : -1;
      const before = previous[i] >= 0 ? share[previous[i]] : 1;
      for (let side = child; side <= child + 1; side++) {
        parent[side] = i;
        share[side] = cover[i] > 0 ? (before * cover[side]) / cover[i] : 0;
        distinct[side] = distinct[i] + (previous[i] < 0 ? 1 : 0);
        most = Math.max(most, distinct[side]);
      }
    }
    points[t] = (most + 1) >> 1;
    while (rules.length <= points[t]) rules.push(gaussLegendre(rules.length));
  }
  return { share, previous, feature, points, rules, treeNodes };
}

/** Margins with every feature absent. */
function expectedMargins(forest: Forest, start: Float64Array): Float64Array {
  const { roots, left, cover, value } = forest;
  const out = start.slice();
  const reach = new Float64Array(left.length);
  for (let t = 0; t + 1 < roots.length; t++) {
    reach[roots[t]] = 1;
    for (let i = roots[t]; i < roots[t + 1]; i++) {
      if (left[i] === i) {
        out[t % start.length] += reach[i] * value[i];
        continue;
      }
      for (let side = left[i]; side <= left[i] + 1; side++)
        reach[side] = cover[i] > 0 ? (reach[i] * cover[side]) / cover[i] : 0;
    }
  }
  return out;
}

/** Adds the contributions of tree `t` to `out` from `offset` on; `x` is a spread row. Children stand after their parents. */
function explainTree(
  forest: Forest,
  plan: ShapPlan,
  t: number,
  x: Float64Array,
  buffers: PassBuffers,
  out: Float64Array,
  offset: number,
): void {
  const { slot, threshold, left, value, sets, roots } = forest;
  const { share, previous, feature } = plan;
  const { down, up, factor, present } = buffers;
  const n = plan.points[t];
  const { points, weights } = plan.rules[n];
  const root = roots[t];
  const end = roots[t + 1];
  for (let p = 0; p < n; p++) down[p] = weights[p];
  for (let i = root; i < end; i++) {
    const child = left[i];
    const at = (i - root) * n;
    if (child === i) {
      const v = value[i];
      for (let p = 0; p < n; p++) up[at + p] = v;
      continue;
    }
    const s = slot[i];
    let right: number;
    if (s >= 0) right = Number(x[s] > threshold[i]);
    else {
      const bin = x[-2 * (s + 1)];
      right = 1 - ((sets[threshold[i] * 8 + (bin >> 5)] >>> (bin & 31)) & 1);
    }
    const before = previous[i];
    const open = before < 0 ? 1 : present[before - root];
    const oneLeft = open & (1 - right);
    const oneRight = open & right;
    present[child - root] = oneLeft;
    present[child + 1 - root] = oneRight;
    const zLeft = share[child];
    const zRight = share[child + 1];
    const a = (child - root) * n;
    const b = a + n;
    if (before < 0) {
      for (let p = 0; p < n; p++) {
        const d = down[at + p];
        const l = zLeft + (oneLeft - zLeft) * points[p];
        const r = zRight + (oneRight - zRight) * points[p];
        factor[a + p] = l;
        factor[b + p] = r;
        down[a + p] = d * l;
        down[b + p] = d * r;
      }
    } else {
      const z = share[before];
      for (let p = 0; p < n; p++) {
        const q = z + (open - z) * points[p];
        const inverse = q > 0 ? 1 / q : 0;
        const d = down[at + p];
        const l = (zLeft + (oneLeft - zLeft) * points[p]) * inverse;
        const r = (zRight + (oneRight - zRight) * points[p]) * inverse;
        factor[a + p] = l;
        factor[b + p] = r;
        down[a + p] = d * l;
        down[b + p] = d * r;
      }
    }
  }
  for (let i = end - 1; i >= root; i--) {
    const child = left[i];
    if (child === i) continue;
    const at = (i - root) * n;
    const a = (child - root) * n;
    const b = a + n;
    const gapLeft = present[child - root] - share[child];
    const gapRight = present[child + 1 - root] - share[child + 1];
    const before = previous[i];
    let sum = 0;
    if (before < 0) {
      for (let p = 0; p < n; p++) {
        const d = down[at + p];
        const l = up[a + p];
        const r = up[b + p];
        sum += d * (gapLeft * l + gapRight * r);
        up[at + p] = factor[a + p] * l + factor[b + p] * r;
      }
    } else {
      // The edge above counted these leaves as if its own factor were the last of the feature: that is taken back.
      const z = share[before];
      const open = present[before - root];
      const gap = open - z;
      for (let p = 0; p < n; p++) {
        const q = z + gap * points[p];
        const inverse = q > 0 ? 1 / q : 0;
        const l = up[a + p];
        const r = up[b + p];
        const both = factor[a + p] * l + factor[b + p] * r;
        sum += down[at + p] * inverse * (gapLeft * l + gapRight * r - gap * both);
        up[at + p] = both;
      }
    }
    out[offset + feature[i]] += sum;
  }
}
