// The search for the best threshold in a leaf whose value is held within bounds; its specification is scanBounded in
// src/kernels/bounded-scan.ts.

/** The Newton step, or the bound that is nearest to it. */
function boundedValue(gradient: f64, hessian: f64, l1: f64, l2: f64, lower: f64, upper: f64): f64 {
  const shrunk: f64 = l1 > 0 ? copysign<f64>(max<f64>(0, abs<f64>(gradient) - l1), gradient) : gradient;
  const step: f64 = hessian + l2 > 0 ? -shrunk / (hessian + l2) : 0;
  return min<f64>(max<f64>(step, lower), upper);
}

function gainOfValue(gradient: f64, hessian: f64, value: f64, l1: f64, l2: f64): f64 {
  return -(2 * gradient * value + (hessian + l2) * value * value + 2 * l1 * abs<f64>(value));
}

/**
 * Scans one feature and replaces what was found when it is better; the bounds stand behind it. `monotone` is 1 where predictions may not
 * fall along the feature, -1 where they may not rise, else 0. Other arguments as in kernels/splits.ts.
 */
export function scanBounded(
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
  monotone: i32,
  foundAt: usize,
): void {
  const missing: usize = at + ((<usize>(bins - 1)) << 4);
  const missingCount: i32 = load<i32>(missing, 8);
  const lower: f64 = load<f64>(foundAt, 32);
  const upper: f64 = load<f64>(foundAt, 40);
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
      const gradient: f64 = <f64>g * gradientScale;
      const otherGradient: f64 = <f64>(totalGradient - g) * gradientScale;
      const left: f64 = boundedValue(gradient, hessian, l1, l2, lower, upper);
      const right: f64 = boundedValue(otherGradient, otherHessian, l1, l2, lower, upper);
      if ((monotone > 0 && left > right) || (monotone < 0 && left < right)) continue;
      const score: f64 = gainOfValue(gradient, hessian, left, l1, l2) + gainOfValue(otherGradient, otherHessian, right, l1, l2);
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
