import { gbdt } from '../../src/models/gbdt/estimator.js';
import { ForestModel } from '../../src/models/trees/forest-model.js';
import type { Benchmark, Figure } from '../benchmark.js';
import { higgsShaped } from './higgs-shaped.js';

const TREES = 100;
const DEPTH = 6;

/** Exact contributions of one row, additivity checked: median of passes over 500 rows. */
async function shapTime(): Promise<Figure> {
  const train = higgsShaped(50_000, 3);
  const params = { rounds: TREES, leaves: 2 ** DEPTH, maxDepth: DEPTH };
  const model = await gbdt.fit(train, params, { task: 'binary', classes: 2, seed: 1 });
  if (!(model instanceof ForestModel)) throw new Error('gbdt gives a forest');
  const explainer = model.explainer();
  const rows = Array.from({ length: 500 }, (_, i) => Float64Array.from(train.matrix.columns, (column) => column[i]));
  const contributions = new Float64Array(model.inputs);
  const margins = new Float64Array(1);
  const times: number[] = [];
  for (let pass = 0; pass < 15; pass++) {
    const began = performance.now();
    for (const row of rows) explainer.explainRow(row, contributions, margins);
    times.push(((performance.now() - began) * 1000) / rows.length);
  }
  times.sort((a, b) => a - b);
  const { roots, left } = model.forest;
  return {
    value: times[7],
    unit: 'µs',
    must: { of: 'value', atMost: 420 },
    note: `${roots.length - 1} trees, ${left.length} nodes`,
  };
}

export const benchmarks: readonly Benchmark[] = [
  { group: 'training', name: `exact contributions of a row, ${TREES} trees of depth ${DEPTH}`, run: shapTime },
];
