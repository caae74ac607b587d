import fc from 'fast-check';
import { expect, test } from 'vitest';
import { random } from '../../base/random.js';
import { contextOf, matrixOf } from '../testing/examples.js';
import { neighbours } from './estimator.js';
import { reach } from './nearest.js';

const source = random(8);
const columns = [0, 1].map(() => Float64Array.from({ length: 150 }, () => source.normal()));
const target = columns[0].map((x) => x * x + source.normal());
const queries = [0, 1].map(() => Float64Array.from({ length: 30 }, () => source.normal()));

test.each(['uniform', 'distance'] as const)('is the mean of the sorted nearest rows with %s votes', async (votes) => {
  const data = { matrix: matrixOf(columns), target };
  const model = await neighbours.fit(data, { neighbours: 7, votes }, contextOf('regression'));
  model.predict(matrixOf(queries)).forEach((predicted, q) => {
    const near = [...target.keys()]
      .map((i) => ({ y: target[i], d: Math.hypot(columns[0][i] - queries[0][q], columns[1][i] - queries[1][q]) }))
      .toSorted((a, b) => a.d - b.d)
      .slice(0, 7)
      .map(({ y, d }) => ({ y, vote: votes === 'uniform' ? 1 : 1 / d }));
    const votesOfAll = near.reduce((sum, { vote }) => sum + vote, 0);
    expect(predicted).toBeCloseTo(near.reduce((sum, { y, vote }) => sum + y * vote, 0) / votesOfAll, 10);
  });
});

test('is decided alone by rows at distance zero when votes go by distance', async () => {
  const data = { matrix: matrixOf(columns), target };
  const model = await neighbours.fit(data, { votes: 'distance' }, contextOf('regression'));
  expect(model.predict(data.matrix)).toEqual(target);
});

test('lets rows that are equally far share the last places', async () => {
  const data = { matrix: matrixOf([Float64Array.of(0, 1, -1, 1, 9)]), target: Float64Array.of(8, 3, 0, 0, 100) };
  const model = await neighbours.fit(data, { neighbours: 2 }, contextOf('regression'));
  const out = new Float64Array(1);
  model.predictRow(Float64Array.of(0), out);
  expect(out[0]).toBeCloseTo((8 + 1) / 2, 12);
});

test('finds the reach of a full sort, ties and weights included', () => {
  const rows = fc.array(fc.record({ d: fc.integer({ min: 0, max: 9 }), w: fc.integer({ min: 1, max: 4 }) }), { minLength: 1 });
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 60 }), (list, wanted) => {
      let left = wanted;
      const sorted = list.toSorted((a, b) => a.d - b.d);
      const expected = sorted.find(({ w }) => (left -= w) <= 0) ?? sorted[sorted.length - 1];
      const distances = Float64Array.from(list, ({ d }) => d);
      const order = Uint32Array.from(list.keys());
      expect(
        reach(
          distances,
          Float64Array.from(list, ({ w }) => w),
          order,
          wanted,
        ),
      ).toBe(expected.d);
    }),
    { seed: 5, numRuns: 300 },
  );
});

test('refuses more rows than it may keep, rows without weight aside', async () => {
  const data = { matrix: matrixOf(columns), target };
  const fit = neighbours.fit(data, { mostRows: 149 }, contextOf('regression'));
  await expect(fit).rejects.toMatchObject({ code: 'MW_MODEL_TOO_LARGE' });
  const weight = target.map((_, i) => Number(i > 0));
  const kept = await neighbours.fit({ ...data, weight }, { mostRows: 149 }, contextOf('regression'));
  expect(kept.summary.rows).toBe(149);
});
