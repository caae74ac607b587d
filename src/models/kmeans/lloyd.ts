import { type Points, squaredDistance } from './points.js';

export interface Clustering {
  /** Row-major. */
  readonly centres: Float64Array;
  /** Cluster of each row. */
  readonly nearest: Uint32Array;
  /** Sum of weight times squared distance to the nearest centre. */
  readonly inertia: number;
  readonly iterations: number;
  readonly converged: boolean;
}

/** More than the rounding of a distance and of a sum of moves, so that a bound that is met is met in truth. */
const SLACK = 1e-12;

/**
 * Lloyd's iterations: every row goes to its nearest centre (the first of equals) and every centre to the mean of its rows, until no row
 * changes or all centres together move by at most `tolerance` squared. Rows whose bounds on the distances to the nearest and to the second
 * centre rule out a change are not measured again (Hamerly 2010); the result is that of measuring all. A cluster left without rows takes
 * the row that is farthest from its centre.
 * @param turn called before each iteration
 */
export async function lloyd(
  points: Points,
  start: Float64Array,
  limits: { readonly maxIterations: number; readonly tolerance: number },
  turn: (iteration: number) => Promise<void>,
): Promise<Clustering> {
  const { count, inputs, values } = points;
  const clusters = inputs > 0 ? start.length / inputs : 1;
  const centres = start.slice();
  const state: State = {
    nearest: new Uint32Array(count),
    upper: new Float64Array(count).fill(Infinity),
    lower: new Float64Array(count),
    halfGap: new Float64Array(clusters),
  };
  const moves = new Float64Array(clusters);
  let iterations = 0;
  let converged = false;
  while (iterations < limits.maxIterations && !converged) {
    await turn(iterations);
    measureGaps(centres, clusters, inputs, state.halfGap);
    let changes = iterations === 0 ? count : 0;
    for (let i = 0; i < count; i++) if (assign(i, points, centres, clusters, state)) changes++;
    iterations++;
    if (changes === 0) {
      converged = true;
      break;
    }
    const moved = moveCentres(points, centres, clusters, state, moves);
    converged = moved <= limits.tolerance;
    shiftBounds(state, moves);
  }
  // The centres may have moved last.
  measureGaps(centres, clusters, inputs, state.halfGap);
  let inertia = 0;
  for (let i = 0; i < count; i++) {
    state.upper[i] = Infinity;
    assign(i, points, centres, clusters, state);
    const c = state.nearest[i];
    inertia += points.weight[i] * squaredDistance(values, i * inputs, centres, c * inputs, inputs);
  }
  return { centres, nearest: state.nearest, inertia, iterations, converged };
}

interface State {
  readonly nearest: Uint32Array;
  /** At least the distance of each row to its centre. */
  readonly upper: Float64Array;
  /** At most its distance to any other centre. */
  readonly lower: Float64Array;
  /** Half the distance of each centre to the centre nearest to it. */
  readonly halfGap: Float64Array;
}

function measureGaps(centres: Float64Array, clusters: number, inputs: number, halfGap: Float64Array): void {
  halfGap.fill(Infinity);
  for (let a = 0; a < clusters; a++)
    for (let b = 0; b < a; b++) {
      const half = (Math.sqrt(squaredDistance(centres, a * inputs, centres, b * inputs, inputs)) / 2) * (1 - SLACK);
      if (half < halfGap[a]) halfGap[a] = half;
      if (half < halfGap[b]) halfGap[b] = half;
    }
}

/** Finds the nearest centre of a row, measuring no more than needed; true when it has changed. */
function assign(i: number, { inputs, values }: Points, centres: Float64Array, clusters: number, state: State): boolean {
  const { nearest, upper, lower, halfGap } = state;
  const before = nearest[i];
  const bound = Math.max(lower[i], halfGap[before]);
  if (upper[i] < bound) return false;
  const from = i * inputs;
  const measured = Math.sqrt(squaredDistance(values, from, centres, before * inputs, inputs));
  upper[i] = measured * (1 + SLACK);
  if (upper[i] < bound) return false;
  let best = Infinity;
  let second = Infinity;
  let found = 0;
  for (let c = 0; c < clusters; c++) {
    const squares = squaredDistance(values, from, centres, c * inputs, inputs);
    if (squares < best) {
      second = best;
      best = squares;
      found = c;
    } else if (squares < second) second = squares;
  }
  nearest[i] = found;
  upper[i] = Math.sqrt(best) * (1 + SLACK);
  lower[i] = Math.sqrt(second) * (1 - SLACK);
  return found !== before;
}

/** Moves the centres to the means of their rows; the sum of the squared moves. */
function moveCentres(points: Points, centres: Float64Array, clusters: number, { nearest }: State, moves: Float64Array): number {
  const { count, inputs, values, weight } = points;
  const next = new Float64Array(centres.length);
  const totals = new Float64Array(clusters);
  for (let i = 0; i < count; i++) {
    const c = nearest[i];
    totals[c] += weight[i];
    for (let j = 0, from = i * inputs, to = c * inputs; j < inputs; j++) next[to + j] += weight[i] * values[from + j];
  }
  for (let c = 0; c < clusters; c++) if (totals[c] > 0) for (let j = 0; j < inputs; j++) next[c * inputs + j] /= totals[c];
  const taken = new Set<number>();
  for (let c = 0; c < clusters; c++) {
    if (totals[c] > 0) continue;
    let row = -1;
    let most = -1;
    for (let i = 0; i < count; i++) {
      const squares = squaredDistance(values, i * inputs, next, nearest[i] * inputs, inputs);
      if (squares > most && !taken.has(i)) {
        most = squares;
        row = i;
      }
    }
    taken.add(row);
    next.set(values.subarray(row * inputs, (row + 1) * inputs), c * inputs);
  }
  let moved = 0;
  for (let c = 0; c < clusters; c++) {
    const squares = squaredDistance(centres, c * inputs, next, c * inputs, inputs);
    moves[c] = Math.sqrt(squares) * (1 + SLACK);
    moved += squares;
  }
  centres.set(next);
  return moved;
}

/** Widens the bounds by how far the centres have moved. */
function shiftBounds({ nearest, upper, lower }: State, moves: Float64Array): void {
  let farthest = 0;
  let most = 0;
  let second = 0;
  for (let c = 0; c < moves.length; c++) {
    if (moves[c] > most) {
      second = most;
      most = moves[c];
      farthest = c;
    } else if (moves[c] > second) second = moves[c];
  }
  for (let i = 0; i < upper.length; i++) {
    upper[i] = (upper[i] + moves[nearest[i]]) * (1 + SLACK);
    lower[i] = lower[i] * (1 - SLACK) - (nearest[i] === farthest ? second : most);
  }
}
