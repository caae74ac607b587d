import type { Forest } from './forest.js';
import { gaussLegendre, type Quadrature } from './shap-quadrature.js';

/** What of the passes does not depend on the row; node arrays run over all trees and speak of the edge into the node. */
export interface ShapPlan {
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

export function shapPlan(forest: Forest): ShapPlan {
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
