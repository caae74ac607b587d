// The search for the best threshold; its specification is numericSplit in src/models/trees/numeric-split.ts.

/**
 * The best split of a leaf as it is found: score f64, feature, bin, missing left, gradient, hessian, count: i32 each. Behind it the bounds
 * of the leaf's value: two f64, infinite where there are none; and of a categorical split the set (see kernels/categories.ts).
 */
export const FOUND: usize = 96;

/** Gain of a side and of the other one, together: leafGain of src/kernels/tree-arena.ts, of both at once. */
export function gains(gradient: f64, hessian: f64, otherGradient: f64, otherHessian: f64, l1: f64, l2: f64): f64 {
  let g: v128 = f64x2.replace_lane(f64x2.splat(gradient), 1, otherGradient);
  if (l1 > 0) g = f64x2.max(f64x2.splat(0), f64x2.sub(f64x2.abs(g), f64x2.splat(l1)));
  const h: v128 = f64x2.add(f64x2.replace_lane(f64x2.splat(hessian), 1, otherHessian), f64x2.splat(l2));
  const both: v128 = f64x2.div(f64x2.mul(g, g), h);
  return f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
}

/** Scans one feature and replaces what was found when it is better. `at` is its first bin, the missing bin is the last. */
export function scan(
  at: usize,
  bins: i32,
  feature: i32,
  totalGradient: i32,
  totalHessian: i32,
  totalCount: i32,
  gradientScale: f64,
  hessianScale: f64,
  minRows: i32,
  minHessian: f64,
  l1: f64,
  l2: f64,
  foundAt: usize,
): void {
  const missing: usize = at + ((<usize>(bins - 1)) << 4);
  const missingCount: i32 = load<i32>(missing, 8);
  let best: f64 = load<f64>(foundAt);
  const passes: i32 = missingCount > 0 ? 2 : 1;
  for (let pass: i32 = 0; pass < passes; pass++) {
    let g: i32 = pass == 1 ? load<i32>(missing) : 0;
    let h: i32 = pass == 1 ? load<i32>(missing, 4) : 0;
    let c: i32 = pass == 1 ? missingCount : 0;
    const thresholds: i32 = pass == 0 && missingCount > 0 ? bins - 1 : bins - 2;
    let word: usize = at;
    for (let bin: i32 = 0; bin < thresholds; bin++, word += 16) {
      const count: i32 = load<i32>(word, 8);
      if (count == 0) continue;
      g += load<i32>(word);
      h += load<i32>(word, 4);
      c += count;
      if (c < minRows) continue;
      if (totalCount - c < minRows) break;
      const hessian: f64 = <f64>h * hessianScale;
      if (hessian < minHessian) continue;
      const otherHessian: f64 = <f64>(totalHessian - h) * hessianScale;
      if (otherHessian < minHessian) break;
      const score: f64 = gains(<f64>g * gradientScale, hessian, <f64>(totalGradient - g) * gradientScale, otherHessian, l1, l2);
      if (!(score > best)) continue;
      best = score;
      store<f64>(foundAt, score);
      store<i32>(foundAt, feature, 8);
      store<i32>(foundAt, bin, 12);
      store<i32>(foundAt, missingCount > 0 ? pass : i32(<i64>c * 2 >= <i64>totalCount), 16);
      store<i32>(foundAt, g, 20);
      store<i32>(foundAt, h, 24);
      store<i32>(foundAt, c, 28);
    }
  }
}
