import { random } from '../../../src/base/random.js';
import type { TrainingData } from '../../../src/models/estimator.js';

export const COVER_TYPES = 7;
const SOILS = 40;
const HEIGHTS = [3130, 2920, 2400, 2220, 2790, 2420, 3360];
const SHARES = [1.2, 1.6, 0, -0.5, -0.8, -0.2, -0.2];
const AREA_HEIGHTS = [3000, 3250, 2900, 2350];

/**
 * Rows like those of the Covertype data: the lie of a patch of forest in ten numbers, one of four areas and one of forty soils, and
 * seven unequal kinds of forest that depend on them smoothly, by steps and by patches, with some chance.
 */
export function coverTypes(rows: number, seed: number): TrainingData {
  const source = random(seed);
  const table = random(1).fork('affinities');
  const affinity = Array.from({ length: COVER_TYPES * (SOILS + AREA_HEIGHTS.length) }, () => table.normal());
  const phase = Array.from({ length: COVER_TYPES }, () => table.next() * 2 * Math.PI);
  const columns = Array.from({ length: 12 }, () => new Float64Array(rows));
  const target = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const area = [0, 0, 0, 1, 2, 2, 2, 3][source.below(8)];
    const height = AREA_HEIGHTS[area] + 220 * source.normal();
    const aspect = 360 * source.next();
    const slope = Math.min(60, Math.abs(14 * source.normal()));
    const toWater = -200 * Math.log(1 - source.next());
    const aboveWater = toWater * 0.2 * source.normal();
    const toRoad = 2500 * source.next() ** 1.5;
    const toFire = 2500 * source.next() ** 1.5;
    const shade = (hour: number) => {
      const sun = ((hour - 6) / 12) * Math.PI;
      const lean = Math.sin((slope * Math.PI) / 180) * Math.cos((aspect * Math.PI) / 180 - sun);
      return Math.round(254 * Math.max(0, Math.min(1, 0.85 + 0.5 * lean + 0.02 * source.normal())));
    };
    const soil = Math.min(SOILS - 1, Math.max(0, Math.floor((height - 1900) / 42 + 4 * source.normal())));
    const numbers = [height, aspect, slope, toWater, aboveWater, toRoad, shade(9), shade(12), shade(15), toFire].map(
      Math.round,
    );
    [...numbers, area, (soil * 17) % SOILS].forEach((value, j) => {
      columns[j][i] = value;
    });
    let best = -Infinity;
    for (let type = 0; type < COVER_TYPES; type++) {
      const patch = Math.sin(toRoad / 300 + phase[type]) * Math.cos(toFire / 400 + 2 * phase[type]);
      const chance = -Math.log(-Math.log(Math.max(1e-12, source.next())));
      const liking =
        SHARES[type] -
        ((height - HEIGHTS[type]) / 170) ** 2 +
        0.9 * affinity[type * SOILS + soil] +
        0.8 * affinity[COVER_TYPES * SOILS + type * AREA_HEIGHTS.length + area] +
        1.3 * patch +
        Math.cos((aspect * Math.PI) / 180 + phase[type]) * Math.min(1, slope / 15) +
        (toWater < 90 ? Math.cos(3 * phase[type]) : 0) +
        0.5 * chance;
      if (liking > best) {
        best = liking;
        target[i] = type;
      }
    }
  }
  const features = columns.map((_, j) => ({
    name: `f${j}`,
    categories: j === 10 ? AREA_HEIGHTS.length : j === 11 ? SOILS : 0,
  }));
  return { matrix: { rows, columns, features }, target };
}
