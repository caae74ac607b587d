import { type Random, shuffle } from '../../base/random.js';
import type { Points } from './points.js';

export interface Machine {
  /** Weights and, last, the intercept. */
  readonly weights: Float64Array;
  readonly passes: number;
  readonly converged: boolean;
}

/**
 * Linear support vector machine with squared hinge loss by dual coordinate descent (Hsieh et al. 2008): minimises
 * |w|^2 / 2 + cost x sum of weight x max(0, 1 - side x score)^2. The intercept is the weight of a constant 1, so it is penalised too.
 * @param side 1 or -1 a row
 * @param weight above zero
 * @param before called before each pass
 */
export async function trainMachine(
  points: Points,
  side: Float64Array,
  weight: Float64Array,
  options: { readonly cost: number; readonly maxIterations: number; readonly tolerance: number },
  source: Random,
  before: (pass: number) => Promise<void>,
): Promise<Machine> {
  const { inputs } = points;
  const rows = side.length;
  const weights = new Float64Array(inputs + 1);
  const dual = new Float64Array(rows);
  const ridge = weight.map((w) => 1 / (2 * options.cost * w));
  const curvature = ridge.map((r, i) => points.squares(i, 1 + r));
  const order = Uint32Array.from({ length: rows }, (_, i) => i);
  let converged = false;
  let pass = 0;
  for (; pass < options.maxIterations && !converged; pass++) {
    await before(pass);
    shuffle(order, source);
    let largest = 0;
    for (const i of order) {
      const gradient = side[i] * points.score(i, weights, weights[inputs]) - 1 + ridge[i] * dual[i];
      if (dual[i] === 0 && gradient >= 0) continue;
      largest = Math.max(largest, Math.abs(gradient));
      const next = Math.max(0, dual[i] - gradient / curvature[i]);
      const step = (next - dual[i]) * side[i];
      dual[i] = next;
      points.addTo(weights, i, step);
      weights[inputs] += step;
    }
    converged = largest <= options.tolerance;
  }
  return { weights, passes: pass, converged };
}
