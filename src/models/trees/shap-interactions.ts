import type { Forest } from './forest.js';
import type { ShapPlan } from './shap-plan.js';

/**
 * Adds the Shapley interaction values of tree `t` to `out` from `offset` on, inputs x inputs and symmetric; the diagonal is left alone.
 * In the game of a leaf (see TreeExplainer) two features i and j interact by the integral over t of v (o_i - z_i)(o_j - z_j) times the
 * factors of the others (Owen, 1972; Grabisch and Roubens, 1999); each of the pair gets half, as in TreeSHAP (Lundberg et al., 2020).
 * `x` is a spread row.
 */
export function addInteractions(
  forest: Forest,
  plan: ShapPlan,
  t: number,
  x: Float64Array,
  out: Float64Array,
  offset: number,
): void {
  const { slot, threshold, left, value, sets, roots, features } = forest;
  const inputs = features.length;
  const { points, weights } = plan.rules[plan.points[t]];
  const path: PathFeature[] = [];

  const leaf = (v: number): void => {
    const players = path.filter((one) => !one.hidden);
    if (players.length < 2) return;
    for (let p = 0; p < points.length; p++) {
      const factors = players.map(({ share, open }) => share + (open - share) * points[p]);
      const product = factors.reduce((all, factor) => all * factor, v * weights[p]);
      // A factor is zero only where no training row came through and this row does not either: such a leaf plays no part.
      if (product === 0) continue;
      for (let a = 0; a < players.length; a++) {
        const one = players[a];
        const part = (0.5 * product * (one.open - one.share)) / factors[a];
        for (let b = 0; b < a; b++) {
          const other = players[b];
          const term = (part * (other.open - other.share)) / factors[b];
          out[offset + one.feature * inputs + other.feature] += term;
          out[offset + other.feature * inputs + one.feature] += term;
        }
      }
    }
  };

  const walk = (node: number): void => {
    const child = left[node];
    if (child === node) {
      leaf(value[node]);
      return;
    }
    const s = slot[node];
    let right: number;
    if (s >= 0) right = Number(x[s] > threshold[node]);
    else {
      const bin = x[-2 * (s + 1)];
      right = 1 - ((sets[threshold[node] * 8 + (bin >> 5)] >>> (bin & 31)) & 1);
    }
    const feature = plan.feature[node];
    // The nearest edge of the same feature speaks for all of them.
    const before = path.find((one) => one.feature === feature && !one.hidden);
    const open = before ? before.open : 1;
    if (before) before.hidden = true;
    for (let side = 0; side < 2; side++) {
      path.push({ feature, share: plan.share[child + side], open: right === side ? open : 0, hidden: false });
      walk(child + side);
      path.pop();
    }
    if (before) before.hidden = false;
  };
  walk(roots[t]);
}

interface PathFeature {
  readonly feature: number;
  /** Share of training rows that all splits on it let through. */
  readonly share: number;
  /** 1 when the row itself goes through all of them. */
  readonly open: number;
  hidden: boolean;
}
