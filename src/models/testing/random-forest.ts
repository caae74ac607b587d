import type { Random } from '../../base/random.js';
import type { Forest } from '../trees/forest.js';

export const FEATURES = 5;
export const CATEGORICAL = [1, 3];
export const CODES = 6;

/** Trees grown at random: few features, so that paths split on one again and again; some leaves hold a single row. */
export function randomForest(source: Random, trees: number, depth: number): Forest {
  const roots = [0];
  const slot: number[] = [];
  const threshold: number[] = [];
  const left: number[] = [];
  const value: number[] = [];
  const cover: number[] = [];
  const sets: number[] = [];
  const node = (rows: number) => {
    slot.push(0);
    threshold.push(Infinity);
    left.push(left.length);
    value.push(0);
    cover.push(rows);
  };
  for (let t = 0; t < trees; t++) {
    const queue: [at: number, depth: number][] = [[left.length, 0]];
    node(1 + source.below(5000));
    for (const [at, level] of queue) {
      if (level === depth || cover[at] < 2 || (level > 0 && source.below(5) === 0)) {
        value[at] = source.normal();
        continue;
      }
      const feature = source.below(FEATURES);
      if (CATEGORICAL.includes(feature)) {
        slot[at] = -1 - feature;
        threshold[at] = sets.length / 8;
        sets.push(source.below(256), 0, 0, 0, 0, 0, 0, 0);
      } else {
        slot[at] = 2 * feature + source.below(2);
        threshold[at] = source.normal();
      }
      const rows = 1 + source.below(cover[at] - 1);
      left[at] = left.length;
      queue.push([left.length, level + 1], [left.length + 1, level + 1]);
      node(rows);
      node(cover[at] - rows);
    }
    roots.push(left.length);
  }
  const features = Array.from({ length: FEATURES }, (_, j) =>
    CATEGORICAL.includes(j) ? { binOf: Uint8Array.from({ length: CODES }, (_, code) => code), other: CODES } : null,
  );
  return {
    features,
    roots: Int32Array.from(roots),
    slot: Int32Array.from(slot),
    threshold: Float64Array.from(threshold),
    left: Int32Array.from(left),
    value: Float64Array.from(value),
    cover: Uint32Array.from(cover),
    sets: Uint32Array.from(sets),
  };
}
