import { chiSquaredSurvival, chiSquaredUpperQuantile } from './chi-squared.js';
import { logGamma } from './gamma.js';

/** Beyond so many degrees of freedom below the line, F is chi-squared divided by its own. */
const MANY = 1e7;

/** P(F > x) of the F distribution; `below` may be infinite. */
export function fSurvival(x: number, above: number, below: number): number {
  if (!(x > 0)) return Number.isNaN(x) ? Number.NaN : 1;
  if (below > MANY) return chiSquaredSurvival(x * above, above);
  return incompleteBeta(below / (below + above * x), below / 2, above / 2);
}

/** The x with P(F > x) = tail, by bisection. */
export function fUpperQuantile(tail: number, above: number, below: number): number {
  if (!(tail > 0 && tail < 1 && above > 0 && below > 0)) return Number.NaN;
  if (below > MANY) return chiSquaredUpperQuantile(tail, above) / above;
  let low = 0;
  let high = 1;
  while (fSurvival(high, above, below) > tail && high < 1e300) {
    low = high;
    high *= 2;
  }
  while (high - low > 1e-12 * high) {
    const middle = (low + high) / 2;
    if (fSurvival(middle, above, below) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Regularised incomplete beta function I_x(a, b) by its continued fraction (Lentz), taken on the side where it converges fast. */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (!(x >= 0 && x <= 1 && a > 0 && b > 0)) return Number.NaN;
  if (x === 0 || x === 1) return x;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1) || 1e-300);
  let h = d;
  for (let i = 1; i < 10_000; i++) {
    const even = (i * (b - i) * x) / ((a + 2 * i - 1) * (a + 2 * i));
    d = 1 / (1 + even * d || 1e-300);
    c = 1 + even / c || 1e-300;
    h *= d * c;
    const odd = (-(a + i) * (a + b + i) * x) / ((a + 2 * i) * (a + 2 * i + 1));
    d = 1 / (1 + odd * d || 1e-300);
    c = 1 + odd / c || 1e-300;
    const delta = d * c;
    h *= delta;
    if (Math.abs(delta - 1) < 1e-15) break;
  }
  return front * h;
}
