import { gammaQ } from './gamma.js';
import { normalQuantile } from './normal.js';

/** P(X > x) of chi-squared with the given degrees of freedom. */
export function chiSquaredSurvival(x: number, freedom: number): number {
  return x <= 0 ? 1 : gammaQ(freedom / 2, x / 2);
}

/** The x with P(X > x) = tail, by bisection around the approximation of Wilson and Hilferty (1931). */
export function chiSquaredUpperQuantile(tail: number, freedom: number): number {
  if (!(tail > 0 && tail < 1 && freedom > 0)) return Number.NaN;
  const step = 2 / (9 * freedom);
  const guess = freedom * Math.max(0.01, 1 - step - normalQuantile(tail) * Math.sqrt(step)) ** 3;
  let low = 0;
  let high = Math.max(1, 2 * guess);
  while (chiSquaredSurvival(high, freedom) > tail) high *= 2;
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (chiSquaredSurvival(middle, freedom) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
