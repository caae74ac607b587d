import { expect, test } from 'vitest';
import { random } from '../../base/random.js';
import { estimatorOf } from '../catalogue.js';
import type { FitContext, TrainingData } from '../estimator.js';
import { BinCache } from './bin-cache.js';
import { fitBins } from './binning.js';

function data(rows: number, seed: number): TrainingData {
  const source = random(seed);
  const x = Float64Array.from({ length: rows }, () => (source.next() < 0.1 ? Number.NaN : source.normal()));
  const kind = Float64Array.from({ length: rows }, () => source.below(9));
  const target = Float64Array.from({ length: rows }, (_, i) =>
    ((x[i] as number) > 0 ? 1 : 0) + (kind[i] as number) / 9 + 0.3 * source.normal() > 0.8 ? 1 : 0,
  );
  const features = [
    { name: 'x', categories: 0 },
    { name: 'kind', categories: 9 },
  ];
  return { matrix: { rows, columns: [x, kind], features }, target };
}

const training = data(1500, 1);
const validation = data(500, 2);
const context: FitContext = { task: 'binary', classes: 2, seed: 5, validation };

test('fits that share binned columns learn the same models to the bit', async () => {
  const shared = new BinCache();
  const params = [
    ['gbdt', { rounds: 20, leaves: 7, earlyStopping: 3 }],
    ['gbdt', { rounds: 20, leaves: 15, rowSample: 0.6, columnSample: 0.5, earlyStopping: 3 }],
    ['gbdt', { rounds: 20, bins: 16, earlyStopping: 3 }],
    ['forest', { trees: 5 }],
    ['extraTrees', { trees: 5 }],
    ['gbdt', { rounds: 20, leaves: 7, earlyStopping: 3 }],
  ] as const;
  for (const [name, given] of params) {
    const estimator = estimatorOf(name);
    const alone = await estimator.fit(training, given, context);
    const together = await estimator.fit(training, given, { ...context, shared });
    expect(together.serialize()).toEqual(alone.serialize());
  }
});

test('a column is binned once for the same parameters, and again for others', () => {
  const shared = new BinCache();
  const fit = (bins: number, seed: number) => fitBins(training.matrix, { bins, minBinRows: 3 }, random(seed), shared);
  const [first] = fit(255, 1);
  expect(fit(255, 1)[0]).toBe(first);
  expect(fit(16, 1)[0]).not.toBe(first);
  for (const bins of [17, 18, 19, 20]) fit(bins, 1);
  expect(fit(255, 1)[0]).not.toBe(first);
  const column = training.matrix.columns[0] as Float64Array;
  const bins = fit(255, 1)[0] as NonNullable<typeof first>;
  let made = 0;
  const bin = () => new Uint8Array([++made]);
  expect(shared.bytes(column, bins, bin)).toBe(shared.bytes(column, bins, bin));
  expect(made).toBe(1);
  expect(shared.bytes(column.slice(), bins, bin)).toEqual(new Uint8Array([2]));
});
