import type { KernelRows } from './kernel-rows.js';

/**
 * A dual problem of support vectors: minimise a'Qa / 2 + p'a with 0 <= a <= bound and sum of sign x a = 0, where
 * Q[u, v] = sign[u] sign[v] K[rowOf[u], rowOf[v]]. A variable with bound 0 has no part in it.
 */
export interface DualProblem {
  /** 1 or -1 a variable. */
  readonly sign: Int8Array;
  readonly bound: Float64Array;
  /** -sign x p: what remains to be explained of each variable while all are zero. */
  readonly start: Float64Array;
  /** Row of the kernel matrix of each variable. */
  readonly rowOf: Uint32Array;
}

export interface DualSolution {
  readonly at: Float64Array;
  /** start - the sum over variables v of sign[v] x a[v] x K: the gradient times -sign. */
  readonly rest: Float64Array;
  /** The intercept. */
  readonly intercept: number;
  readonly steps: number;
  readonly converged: boolean;
}

/** Least curvature along a step: the kernel matrix of equal rows has none. */
const LEAST_CURVATURE = 1e-12;
/** Work between two turns of the event loop, in variables looked at. */
const TURN = 2 ** 24;

/**
 * Sequential minimal optimisation: of the pairs that violate the optimality conditions, the one with the largest violation on one side
 * and the most progress by a second-order model on the other is moved (Fan, Chen and Lin 2005), until no violation is above the
 * tolerance.
 * @param turn called now and then with the steps made
 */
export async function solveDual(
  problem: DualProblem,
  kernel: KernelRows,
  limits: { readonly tolerance: number; readonly maxIterations: number },
  turn: (steps: number) => Promise<void>,
): Promise<DualSolution> {
  const { sign, bound, start, rowOf } = problem;
  const count = sign.length;
  const at = new Float64Array(count);
  const rest = start.slice();
  // Whether a variable may move so that the sum of sign x a grows, and so that it shrinks.
  const canRise = Uint8Array.from(sign, (s, v) => Number(s > 0 && bound[v] > 0));
  const canFall = Uint8Array.from(sign, (s, v) => Number(s < 0 && bound[v] > 0));
  const settle = (v: number): void => {
    const below = at[v] < bound[v];
    const above = at[v] > 0;
    canRise[v] = Number(sign[v] > 0 ? below : above);
    canFall[v] = Number(sign[v] > 0 ? above : below);
  };
  const everyTurn = Math.max(1, Math.floor(TURN / Math.max(1, count)));
  let steps = 0;
  let converged = false;
  for (; steps < limits.maxIterations; steps++) {
    if (steps % everyTurn === 0) await turn(steps);
    let up = -1;
    let most = -Infinity;
    for (let v = 0; v < count; v++)
      if (canRise[v] === 1 && rest[v] > most) {
        most = rest[v];
        up = v;
      }
    if (up < 0) {
      converged = true;
      break;
    }
    const upRow = kernel.row(rowOf[up]);
    let down = -1;
    let least = Infinity;
    let progress = 0;
    for (let v = 0; v < count; v++) {
      if (canFall[v] === 0) continue;
      if (rest[v] < least) least = rest[v];
      const violation = most - rest[v];
      if (!(violation > 0)) continue;
      const gain = (violation * violation) / Math.max(LEAST_CURVATURE, 2 - 2 * upRow[rowOf[v]]);
      if (gain > progress) {
        progress = gain;
        down = v;
      }
    }
    if (down < 0 || !(most - least > limits.tolerance)) {
      converged = true;
      break;
    }
    const downRow = kernel.row(rowOf[down]);
    const wanted = (most - rest[down]) / Math.max(LEAST_CURVATURE, 2 - 2 * upRow[rowOf[down]]);
    const upRoom = sign[up] > 0 ? bound[up] - at[up] : at[up];
    const downRoom = sign[down] > 0 ? at[down] : bound[down] - at[down];
    const step = Math.min(wanted, upRoom, downRoom);
    // A variable that goes all the way lands on its bound, whatever the rounding.
    at[up] = step === upRoom ? (sign[up] > 0 ? bound[up] : 0) : at[up] + sign[up] * step;
    at[down] = step === downRoom ? (sign[down] > 0 ? 0 : bound[down]) : at[down] - sign[down] * step;
    settle(up);
    settle(down);
    for (let v = 0; v < count; v++) {
      const row = rowOf[v];
      rest[v] -= step * (upRow[row] - downRow[row]);
    }
  }
  return { at, rest, intercept: interceptOf(at, bound, rest, canRise, canFall), steps, converged };
}

/** The mean rest of the variables between their bounds; without any, the middle of what the others allow. */
function interceptOf(
  at: Float64Array,
  bound: Float64Array,
  rest: Float64Array,
  canRise: Uint8Array,
  canFall: Uint8Array,
): number {
  let sum = 0;
  let free = 0;
  let low = -Infinity;
  let high = Infinity;
  for (let v = 0; v < at.length; v++) {
    if (at[v] > 0 && at[v] < bound[v]) {
      sum += rest[v];
      free++;
    }
    if (canRise[v] === 1 && rest[v] > low) low = rest[v];
    if (canFall[v] === 1 && rest[v] < high) high = rest[v];
  }
  if (free > 0) return sum / free;
  if (low > -Infinity && high < Infinity) return (low + high) / 2;
  return low > -Infinity ? low : high < Infinity ? high : 0;
}
