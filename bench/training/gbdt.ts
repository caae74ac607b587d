import { availableParallelism } from 'node:os';
import { gbdt } from '../../src/models/gbdt/estimator.js';
import type { Benchmark, Figure } from '../benchmark.js';
import { higgsShaped } from './higgs-shaped.js';
import { trainLightGbm } from './lightgbm.js';

const ROWS = 1_000_000;
const TEST_ROWS = 100_000;
const ROUNDS = 100;

/** Fit time including binning, LightGBM on the same rows right after it. */
async function fitTime(leaves: number): Promise<Figure> {
  const train = higgsShaped(ROWS, 1);
  const test = higgsShaped(TEST_ROWS, 2);
  const began = performance.now();
  const model = await gbdt.fit(train, { leaves, rounds: ROUNDS }, { task: 'binary', classes: 2, seed: 1 });
  const value = (performance.now() - began) / 1000;
  const ours = auc(test.target, model.predict(test.matrix));
  const peer = trainLightGbm(train, test, { leaves, rounds: ROUNDS, threads: availableParallelism() });
  const shared = { value, unit: 's', peer: 'LightGBM', must: { of: 'ratio', atMost: 1 } } as const;
  if (typeof peer === 'string') return { ...shared, peerValue: null, note: `AUC ${ours.toFixed(4)}; ${peer}` };
  return { ...shared, peerValue: peer.seconds, note: `AUC ${ours.toFixed(4)}, LightGBM ${peer.auc.toFixed(4)}` };
}

/** One row through 100 trees of 31 leaves. */
async function rowTime(): Promise<Figure> {
  const train = higgsShaped(20_000, 3);
  const model = await gbdt.fit(train, { rounds: ROUNDS }, { task: 'binary', classes: 2, seed: 1 });
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

function auc(target: Float64Array, scores: Float64Array): number {
  const order = scores.map((_, i) => i).sort((a, b) => scores[a] - scores[b]);
  let ranks = 0;
  let positives = 0;
  order.forEach((row, rank) => {
    if (target[row] === 0) return;
    ranks += rank + 1;
    positives++;
  });
  return (ranks - (positives * (positives + 1)) / 2) / (positives * (target.length - positives));
}

export const benchmarks: readonly Benchmark[] = [
  { group: 'training', name: 'gbdt 1M x 28, 100 trees x 31 leaves', run: () => fitTime(31) },
  { group: 'training', name: 'gbdt 1M x 28, 100 trees x 255 leaves', run: () => fitTime(255) },
  { group: 'training', name: 'one row, 100 trees x 31 leaves', run: rowTime },
];
