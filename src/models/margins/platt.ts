import { log, sigmoid, softplus } from '../../kernels/math.js';

const MOST_STEPS = 100;
const LEAST_STEP = 1e-10;
/** Added to the diagonal of the Hessian, so that it can be inverted. */
const RIDGE = 1e-12;

export interface PlattScaling {
  readonly slope: number;
  readonly offset: number;
}

/**
 * The slope and offset with which a score becomes the log-odds of class 1: a logistic regression of one feature by Newton's method
 * with backtracking (Lin, Lin and Weng 2007). Its targets are drawn in from 0 and 1 by one row a class (Platt 1999), so that separable
 * scores do not give certainty.
 * @param target 0 or 1 a row
 * @param leastSlope the slope is at least this, so that the order of the scores stays
 */
export function plattScaling(scores: Float64Array, target: Float64Array, weight: Float64Array, leastSlope = 0): PlattScaling {
  let [positive, negative] = [0, 0];
  for (let i = 0; i < target.length; i++) {
    if (target[i] === 1) positive += weight[i];
    else negative += weight[i];
  }
  const goals = { high: (positive + 1) / (positive + 2), low: 1 / (negative + 2) };
  const begin = { slope: Math.max(0, leastSlope), offset: log((positive + 1) / (negative + 1)) };
  const free = descend(scores, target, weight, goals, begin, true);
  // The loss is convex: where its minimum has a slope too small, the best allowed one has the least slope.
  if (free.slope >= leastSlope) return free;
  return descend(scores, target, weight, goals, { ...begin, slope: leastSlope }, false);
}

function descend(
  scores: Float64Array,
  target: Float64Array,
  weight: Float64Array,
  { high, low }: { readonly high: number; readonly low: number },
  begin: PlattScaling,
  slopeIsFree: boolean,
): PlattScaling {
  let total = 0;
  for (const w of weight) total += w;
  const lossAt = (slope: number, offset: number): number => {
    let sum = 0;
    for (let i = 0; i < scores.length; i++) {
      const z = slope * scores[i] + offset;
      sum += weight[i] * (softplus(z) - (target[i] === 1 ? high : low) * z);
    }
    return sum;
  };
  let { slope, offset } = begin;
  let loss = lossAt(slope, offset);
  for (let step = 0; step < MOST_STEPS; step++) {
    let [g1, g2, h11, h12, h22] = [0, 0, RIDGE * total, 0, RIDGE * total];
    for (let i = 0; i < scores.length; i++) {
      const s = scores[i];
      const p = sigmoid(slope * s + offset);
      const away = weight[i] * (p - (target[i] === 1 ? high : low));
      const curve = weight[i] * p * (1 - p);
      g1 += away * s;
      g2 += away;
      h11 += curve * s * s;
      h12 += curve * s;
      h22 += curve;
    }
    if (!slopeIsFree) [g1, h12] = [0, 0];
    if (Math.max(Math.abs(g1), Math.abs(g2)) <= 1e-9 * total) break;
    const determinant = h11 * h22 - h12 * h12;
    const towardsSlope = -(h22 * g1 - h12 * g2) / determinant;
    const towardsOffset = -(h11 * g2 - h12 * g1) / determinant;
    const descent = g1 * towardsSlope + g2 * towardsOffset;
    let length = 1;
    let next = lossAt(slope + towardsSlope, offset + towardsOffset);
    while (!(next <= loss + 1e-4 * length * descent) && length > LEAST_STEP) {
      length /= 2;
      next = lossAt(slope + length * towardsSlope, offset + length * towardsOffset);
    }
    if (!(next < loss)) break;
    slope += length * towardsSlope;
    offset += length * towardsOffset;
    loss = next;
  }
  return { slope, offset };
}
