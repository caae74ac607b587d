import type { Forest } from './forest.js';
import type { ShapPlan } from './shap-plan.js';

/** Of one tree at a time, nodes x points; `present` is o of each edge. */
export interface PassBuffers {
  /** Product of the factors from the root to the node, and the weight of the point. */
  readonly down: Float64Array;
  /** Sum over the leaves below the node of their value and the factors from the node to them. */
  readonly up: Float64Array;
  /** Factor of the edge into the node. */
  readonly factor: Float64Array;
  readonly present: Uint8Array;
}

/** Buffers that serve every tree of a plan. */
export function passBuffers({ rules, treeNodes }: ShapPlan): PassBuffers {
  const most = treeNodes * Math.max(1, rules.length - 1);
  return {
    down: new Float64Array(most),
    up: new Float64Array(most),
    factor: new Float64Array(most),
    present: new Uint8Array(treeNodes),
  };
}

/** Adds the contributions of tree `t` to `out` from `offset` on; `x` is a spread row. Children stand after their parents. */
export function explainTree(
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
    // Points are summed two by two, as the kernel does.
    let even = 0;
    let odd = 0;
    if (before < 0) {
      for (let p = 0; p < n; p++) {
        const d = down[at + p];
        const l = up[a + p];
        const r = up[b + p];
        const term = d * (gapLeft * l + gapRight * r);
        if (p & 1) odd += term;
        else even += term;
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
        const term = down[at + p] * inverse * (gapLeft * l + gapRight * r - gap * both);
        if (p & 1) odd += term;
        else even += term;
        up[at + p] = both;
      }
    }
    out[offset + feature[i]] += even + odd;
  }
}
