import type { Random } from '../../base/random.js';
import { log } from '../../kernels/math.js';
import { type Points, squaredDistance } from './points.js';

/**
 * First centres by k-means++ (Arthur and Vassilvitskii 2007), the greedy form: each is drawn from the rows by weight times squared distance
 * to the nearest centre so far, a few times, and the draw that leaves the least inertia stays. Fewer than `wanted` when fewer rows
 * differ. Row-major.
 * @param turn called before each centre
 */
export async function seedCentres(
  points: Points,
  wanted: number,
  source: Random,
  turn: () => Promise<void>,
): Promise<Float64Array> {
  const { count, inputs, values, weight } = points;
  const draws = 2 + Math.floor(log(wanted));
  const chosen: number[] = [draw(weight, source)];
  // Weight times squared distance to the nearest centre.
  let costs = costsOf(points, chosen[0]);
  while (chosen.length < wanted) {
    await turn();
    let best: { row: number; costs: Float64Array; total: number } | undefined;
    for (let k = 0; k < draws; k++) {
      const row = draw(costs, source);
      if (row < 0) break;
      const next = costsOf(points, row);
      let total = 0;
      for (let i = 0; i < count; i++) {
        if (costs[i] < next[i]) next[i] = costs[i];
        total += next[i];
      }
      if (!best || total < best.total) best = { row, costs: next, total };
    }
    if (!best) break;
    chosen.push(best.row);
    ({ costs } = best);
  }
  const centres = new Float64Array(chosen.length * inputs);
  chosen.forEach((row, c) => centres.set(values.subarray(row * inputs, (row + 1) * inputs), c * inputs));
  return centres;
}

/** Weight times squared distance of each row to one of them. */
function costsOf({ count, inputs, values, weight }: Points, row: number): Float64Array {
  const out = new Float64Array(count);
  for (let i = 0; i < count; i++) out[i] = weight[i] * squaredDistance(values, i * inputs, values, row * inputs, inputs);
  return out;
}

/** A row by its share of the total; -1 when all are zero. */
function draw(shares: Float64Array, source: Random): number {
  let total = 0;
  for (let i = 0; i < shares.length; i++) total += shares[i];
  if (!(total > 0)) return -1;
  let left = source.next() * total;
  let last = -1;
  for (let i = 0; i < shares.length; i++) {
    if (shares[i] === 0) continue;
    last = i;
    left -= shares[i];
    if (left < 0) break;
  }
  return last;
}
