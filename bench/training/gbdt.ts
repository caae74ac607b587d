import { gbdt } from '../../src/models/gbdt/estimator.js';
import type { Benchmark, Figure } from '../benchmark.js';
import { scaled } from '../options.js';
import { fitParams } from './compare-fits.js';
import { fitFigure } from './fit-figure.js';
import { higgsShaped } from './higgs-shaped.js';

const ROWS = 1_000_000;
const TEST_ROWS = 100_000;

const fitTime = (leaves: number): Benchmark => ({
  group: 'training',
  name: `gbdt 1M x 28, 100 trees x ${leaves} leaves`,
  run: (options) =>
    fitFigure(
      () => ({ train: higgsShaped(scaled(ROWS, options), 1), test: higgsShaped(scaled(TEST_ROWS, options), 2) }),
      leaves,
      options.runs,
    ),
});

/** One row through 100 trees of 31 leaves. */
async function rowTime(): Promise<Figure> {
  const train = higgsShaped(20_000, 3);
  const model = await gbdt.fit(train, fitParams(31), { task: 'binary', classes: 2, seed: 1 });
  const rows = Array.from({ length: 2_000 }, (_, i) => Float64Array.from(train.matrix.columns, (column) => column[i]));
  const out = new Float64Array(1);
  const times: number[] = [];
  for (let pass = 0; pass < 31; pass++) {
    const began = performance.now();
    for (const row of rows) model.predictRow(row, out);
    times.push(((performance.now() - began) * 1000) / rows.length);
  }
  times.sort((a, b) => a - b);
  return { value: times[15], unit: 'µs', must: { of: 'value', atMost: 2 } };
}

export const benchmarks: readonly Benchmark[] = [
  fitTime(31),
  fitTime(255),
  { group: 'training', name: 'one row, 100 trees x 31 leaves', run: rowTime },
];
