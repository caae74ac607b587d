/** A smooth function: returns its value and writes its gradient. */
export type Smooth = (at: Float64Array, gradient: Float64Array) => number;

export interface Minimum {
  readonly at: Float64Array;
  readonly value: number;
  readonly iterations: number;
  /** False when the iterations ran out first. */
  readonly converged: boolean;
}

const MEMORY = 12;

/**
 * Minimum of a convex smooth function by L-BFGS (Nocedal 1980) with a diagonal first guess of the Hessian and a line search that
 * backtracks by quadratic interpolation. `step` is called before every iteration.
 */
export async function minimize(
  smooth: Smooth,
  from: Float64Array,
  diagonal: Float64Array,
  limits: { readonly maxIterations: number; readonly tolerance: number },
  step: (iteration: number) => Promise<void>,
): Promise<Minimum> {
  const n = from.length;
  let at: Float64Array = from.slice();
  let gradient: Float64Array = new Float64Array(n);
  let value = smooth(at, gradient);
  const moves: Float64Array[] = [];
  const changes: Float64Array[] = [];
  let iteration = 0;
  for (; iteration < limits.maxIterations && largest(gradient) > limits.tolerance; iteration++) {
    await step(iteration);
    const direction = descent(gradient, diagonal, moves, changes);
    const slope = dot(direction, gradient);
    if (!(slope < 0)) break;
    const next = new Float64Array(n);
    const nextGradient = new Float64Array(n);
    let length = 1;
    let nextValue = Number.NaN;
    for (let attempt = 0; attempt < 40; attempt++) {
      for (let j = 0; j < n; j++) next[j] = at[j] + length * direction[j];
      nextValue = smooth(next, nextGradient);
      if (nextValue <= value + 1e-4 * length * slope) break;
      const fitted = (-slope * length * length) / (2 * (nextValue - value - slope * length));
      length = fitted > 0.1 * length && fitted < 0.6 * length ? fitted : 0.3 * length;
    }
    // No step lowers the value any more: the rounding errors of the sums have been reached.
    if (!(nextValue <= value)) break;
    const move = new Float64Array(n);
    const change = new Float64Array(n);
    for (let j = 0; j < n; j++) {
      move[j] = next[j] - at[j];
      change[j] = nextGradient[j] - gradient[j];
    }
    if (dot(move, change) > 0) {
      moves.push(move);
      changes.push(change);
      if (moves.length > MEMORY) {
        moves.shift();
        changes.shift();
      }
    }
    const flat = value === nextValue;
    at = next;
    gradient = nextGradient;
    value = nextValue;
    if (flat) break;
  }
  return { at, value, iterations: iteration, converged: iteration < limits.maxIterations };
}

/** Minus the gradient times the inverse Hessian that the last moves suggest (the two-loop recursion). */
function descent(
  gradient: Float64Array,
  diagonal: Float64Array,
  moves: readonly Float64Array[],
  changes: readonly Float64Array[],
): Float64Array {
  const direction = gradient.map((value) => -value);
  const factors = new Float64Array(moves.length);
  for (let m = moves.length - 1; m >= 0; m--) {
    factors[m] = dot(moves[m], direction) / dot(moves[m], changes[m]);
    addScaled(direction, changes[m], -factors[m]);
  }
  let scale = 1;
  const last = moves.length - 1;
  if (last >= 0) {
    let curvature = 0;
    for (let j = 0; j < gradient.length; j++) curvature += changes[last][j] ** 2 / diagonal[j];
    scale = dot(moves[last], changes[last]) / curvature;
  }
  for (let j = 0; j < direction.length; j++) direction[j] *= scale / diagonal[j];
  for (let m = 0; m < moves.length; m++)
    addScaled(direction, moves[m], factors[m] - dot(changes[m], direction) / dot(moves[m], changes[m]));
  return direction;
}

function addScaled(to: Float64Array, from: Float64Array, factor: number): void {
  for (let j = 0; j < to.length; j++) to[j] += factor * from[j];
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j];
  return sum;
}

function largest(values: Float64Array): number {
  let most = 0;
  for (let j = 0; j < values.length; j++) most = Math.max(most, Math.abs(values[j]));
  return most;
}
