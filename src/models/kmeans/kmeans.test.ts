import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { random, shuffle } from '../../base/random.js';
import { contextOf, learnable, matrixOf, take } from '../testing/examples.js';
import { kmeans } from './estimator.js';
import type { KmeansModel } from './kmeans-model.js';
import { lloyd } from './lloyd.js';
import type { Points } from './points.js';
import { seedCentres } from './seed-centres.js';

const still = async (): Promise<void> => {};
const fit = (columns: readonly Float64Array[], params = {}, weight?: Float64Array, seed = 1) =>
  kmeans.fit(
    { matrix: matrixOf(columns), target: new Float64Array(0), ...(weight ? { weight } : {}) },
    params,
    contextOf('clustering', seed),
  ) as Promise<KmeansModel>;

/** Lloyd's iterations by measuring every distance; undefined when a cluster loses all its rows. */
function measureAll(
  { count, inputs, values, weight }: Points,
  start: Float64Array,
): { centres: number[][]; inertia: number } | undefined {
  const row = (from: Float64Array, i: number): number[] => [...from.subarray(i * inputs, (i + 1) * inputs)];
  const squares = (a: number[], b: number[]): number => a.reduce((sum, x, j) => sum + (x - b[j]) * (x - b[j]), 0);
  let centres = Array.from({ length: start.length / inputs }, (_, c) => row(start, c));
  for (let before = ''; ; ) {
    const nearest = Array.from({ length: count }, (_, i) => {
      const distances = centres.map((centre) => squares(row(values, i), centre));
      return distances.indexOf(Math.min(...distances));
    });
    if (String(nearest) === before) {
      const inertia = nearest.reduce((sum, c, i) => sum + weight[i] * squares(row(values, i), centres[c]), 0);
      return { centres, inertia };
    }
    before = String(nearest);
    const totals = centres.map((_, c) => nearest.reduce((sum, n, i) => sum + (n === c ? weight[i] : 0), 0));
    if (totals.includes(0)) return undefined;
    centres = centres.map((centre, c) =>
      centre.map(
        (_, j) => nearest.reduce((sum, n, i) => sum + (n === c ? weight[i] * values[i * inputs + j] : 0), 0) / totals[c],
      ),
    );
  }
}

describe('iterations with bounds', () => {
  const tables = fc.record({
    rows: fc.integer({ min: 1, max: 120 }),
    inputs: fc.integer({ min: 1, max: 3 }),
    clusters: fc.integer({ min: 1, max: 9 }),
    // A coarse grid makes ties, a fine one many iterations.
    grid: fc.constantFrom(1, 4, 1000),
    seed: fc.nat(),
  });

  test('end with the very centres that measuring every distance gives', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(tables, async ({ rows, inputs, clusters, grid, seed }) => {
        const source = random(seed);
        const values = Float64Array.from({ length: rows * inputs }, () => Math.round(source.normal() * grid) / grid);
        const points = { count: rows, inputs, values, weight: Float64Array.from({ length: rows }, () => 1 + source.below(3)) };
        const start = await seedCentres(points, clusters, source, still);
        const found = await lloyd(points, start, { maxIterations: 1000, tolerance: 0 }, still);
        expect(found.converged).toBe(true);
        const reference = measureAll(points, start);
        if (!reference) return;
        compared++;
        expect([...found.centres]).toEqual(reference.centres.flat());
        expect(found.inertia).toBe(reference.inertia);
      }),
      { seed: 2, numRuns: 200 },
    );
    expect(compared).toBeGreaterThan(180);
  });

  test('give a cluster without rows the row farthest from its centre', async () => {
    const values = Float64Array.of(0, 1, 2, 10, 11, 30);
    const points = { count: 6, inputs: 1, values, weight: new Float64Array(6).fill(1) };
    const start = Float64Array.of(1, 500, 900);
    const { centres, nearest, inertia } = await lloyd(points, start, { maxIterations: 100, tolerance: 0 }, still);
    expect([...centres].toSorted((a, b) => a - b)).toEqual([1, 10.5, 30]);
    expect(new Set(nearest).size).toBe(3);
    expect(inertia).toBeCloseTo(2.5, 12);
  });
});

test('first centres are different rows, and all different rows when that many are wanted', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 40 }),
      fc.nat(),
      async (list, seed) => {
        const points = {
          count: list.length,
          inputs: 1,
          values: Float64Array.from(list),
          weight: new Float64Array(list.length).fill(1),
        };
        const different = new Set(list);
        for (const wanted of [1, 3, 20]) {
          const centres = await seedCentres(points, wanted, random(seed), still);
          expect(new Set(centres).size).toBe(Math.min(wanted, different.size));
          expect(centres.length).toBe(Math.min(wanted, different.size));
          for (const centre of centres) expect(different.has(centre)).toBe(true);
        }
      },
    ),
    { seed: 1, numRuns: 60 },
  );
});

test('finds the inertia of scikit-learn 1.9.1 (KMeans, 300 starts, same rows and weights)', async () => {
  const column = (step: number, modulus: number, scale: number, shift: number): Float64Array =>
    Float64Array.from({ length: 90 }, (_, i) => ((i * step) % modulus) / scale - shift);
  const columns = [column(7, 19, 6, 1.5), column(11, 23, 8, 1.4)];
  const weight = Float64Array.from({ length: 90 }, (_, i) => 1 + (i % 3));
  const known = [
    [1, 272.688387345679],
    [2, 159.65818244551554],
    [4, 63.63325357100333],
    [7, 36.70029546039095],
  ];
  for (const [clusters, inertia] of known) {
    const { summary } = await fit(columns, { clusters, starts: 40, tolerance: 0 }, weight);
    expect(summary.inertia).toBeCloseTo(inertia, 8);
  }
});

const blobs = learnable(kmeans, 'clustering', 600);

test('numbers clusters alike whatever the order of the rows and the seed', async () => {
  const model = await fit(blobs.matrix.columns, { clusters: 3 });
  const expected = model.predict(blobs.matrix);
  for (let seed = 2; seed < 8; seed++) {
    const order = shuffle(
      blobs.matrix.columns[0].map((_, i) => i),
      random(seed),
    );
    const other = await fit(take(blobs, [...order]).matrix.columns, { clusters: 3, tolerance: 0 }, undefined, seed);
    const predicted = other.predict(blobs.matrix);
    // The blobs overlap, so that a row between two may fall to either.
    expect(predicted.filter((value, i) => value !== expected[i]).length).toBeLessThanOrEqual(4);
  }
});

/** Pairs of rows on which two groupings agree, beyond chance (Hubert and Arabie 1985). */
function adjustedRand(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const pairs = (n: number): number => (n * (n - 1)) / 2;
  const count = (keys: string[]): number => {
    const sizes = new Map<string, number>();
    for (const key of keys) sizes.set(key, (sizes.get(key) ?? 0) + 1);
    return [...sizes.values()].reduce((sum, n) => sum + pairs(n), 0);
  };
  const rows = Array.from({ length: a.length }, (_, i) => i);
  const [first, second] = [count(rows.map((i) => String(a[i]))), count(rows.map((i) => String(b[i])))];
  const chance = (first * second) / pairs(a.length);
  return (count(rows.map((i) => `${a[i]} ${b[i]}`)) - chance) / ((first + second) / 2 - chance);
}

test('finds separated blobs again, and knows how far a row is from its own', async () => {
  const source = random(9);
  const truth = Array.from({ length: 500 }, () => source.below(5));
  const columns = [0, 1].map((j) =>
    Float64Array.from(truth, (blob) => [20 * Math.cos(blob), 20 * Math.sin(blob)][j] + source.normal()),
  );
  const model = await fit(columns, { clusters: 5 });
  const row = (i: number): Float64Array => Float64Array.of(columns[0][i], columns[1][i]);
  const found = truth.map((_, i) => model.nearest(row(i)));
  expect(adjustedRand(found, truth)).toBe(1);
  expect(adjustedRand(found.toSorted(), truth)).toBeLessThan(0.1);
  const squares = found.reduce((sum, c, i) => sum + model.distance(row(i), c) ** 2, 0);
  expect(squares).toBeCloseTo(model.summary.inertia, 6);
});

test('never keeps a worse start than another', async () => {
  const few = await fit(blobs.matrix.columns, { clusters: 12, starts: 1 });
  const many = await fit(blobs.matrix.columns, { clusters: 12, starts: 8 });
  expect(many.summary.inertia).toBeLessThan(few.summary.inertia);
});

test('makes as many clusters as rows differ when more are asked for', async () => {
  const model = await fit([Float64Array.of(1, 1, 5, 5, 5, 9)], { clusters: 50 });
  expect([model.outputs, model.summary.clusters, model.summary.inertia]).toEqual([3, 3, 0]);
  // The heaviest first; of equals, the smaller coordinate.
  expect([...model.centres]).toEqual([5, 1, 9]);
  const three = await fit([Float64Array.of(3, 1, 2)], {});
  expect([...three.centres]).toEqual([1, 2, 3]);
});

test('says when distances leave the range of numbers', async () => {
  await expect(fit([Float64Array.of(1e200, -1e200, 0)], { clusters: 2 })).rejects.toMatchObject({ code: 'MW_MODEL_DIVERGED' });
});
