import { addScaled, dot, weightedSquares } from '../sparse.js';
import type { RidgeSystem } from './ridge-system.js';

/** Size of the preconditioned gradient, relative to the first one, from which on rounding decides. */
const TOLERANCE = 1e-14;

/**
 * Weights by conjugate gradients (Hestenes and Stiefel 1952) on the normal equations, preconditioned by their diagonal: each step costs a
 * pass over the nonzeros, and no matrix is made. Starts from zero, so that of several solutions a short one is found.
 * @param step called before each iteration with their number and the most there can be
 */
export async function conjugateRidge(
  { columns, shifts, weight, total, target, targetMean, l2 }: RidgeSystem,
  step: (done: number, total: number) => Promise<void>,
): Promise<Float64Array> {
  const n = columns.length;
  const rows = weight.length;
  const fitted = new Float64Array(rows);
  /** Products of the centred columns with weighted values. */
  const project = (values: Float64Array, out: Float64Array): void => {
    let sum = 0;
    for (let i = 0; i < rows; i++) {
      values[i] *= weight[i];
      sum += values[i];
    }
    for (let j = 0; j < n; j++) out[j] = dot(values, columns[j]) - shifts[j] * sum;
  };
  /** 0 for a column that does not vary but for rounding, which keeps the weight 0. */
  const diagonal = Float64Array.from(columns, (column, j) => {
    const square = weightedSquares(weight, column);
    const scale = square - total * shifts[j] * shifts[j];
    return scale > 1e-11 * square ? scale + l2 : 0;
  });
  const rest = new Float64Array(n);
  for (let i = 0; i < rows; i++) fitted[i] = target[i] - targetMean;
  project(fitted, rest);
  for (let j = 0; j < n; j++) if (diagonal[j] === 0) rest[j] = 0;
  const weights = new Float64Array(n);
  const scaled = rest.map((r, j) => (diagonal[j] > 0 ? r / diagonal[j] : 0));
  const direction = scaled.slice();
  const image = new Float64Array(n);
  let size = dot(rest, scaled);
  const most = 2 * n;
  const enough = TOLERANCE * TOLERANCE * size;
  for (let iteration = 0; iteration < most && size > enough; iteration++) {
    await step(iteration, most);
    fitted.fill(-dot(direction, shifts));
    for (let j = 0; j < n; j++) if (direction[j] !== 0) addScaled(fitted, direction[j], columns[j]);
    project(fitted, image);
    for (let j = 0; j < n; j++) image[j] = diagonal[j] > 0 ? image[j] + l2 * direction[j] : 0;
    const curvature = dot(direction, image);
    if (!(curvature > 0)) break;
    addScaled(weights, size / curvature, direction);
    addScaled(rest, -size / curvature, image);
    for (let j = 0; j < n; j++) scaled[j] = diagonal[j] > 0 ? rest[j] / diagonal[j] : 0;
    const next = dot(rest, scaled);
    for (let j = 0; j < n; j++) direction[j] = scaled[j] + (next / size) * direction[j];
    size = next;
  }
  return weights;
}
