import { describe, expect, it } from 'vitest';
import { hashBytes } from '../../base/hash.js';
import { resolveOptions } from '../../base/options.js';
import { random } from '../../base/random.js';
import type { TrainingData } from '../estimator.js';
import { contextOf, matrixOf } from '../testing/examples.js';
import type { Machinery } from '../trees/binned-rows.js';
import { flatten } from '../trees/forest.js';
import { ForestModel } from '../trees/forest-model.js';
import { boost } from './boost.js';
import { OBJECTIVES, objectiveFor } from './objectives/catalogue.js';
import { type ObjectiveName, tasksOf } from './objectives/names.js';
import { gbdtOptions } from './options.js';

const ROWS = 30_000;
const FEATURES = 20;

/** Enough rows and bins that every step is shared among threads. */
function sizable(task: 'binary' | 'multiclass' | 'regression', weighted: boolean): TrainingData {
  const source = random(31);
  const columns = Array.from({ length: FEATURES }, (_, j) =>
    Float64Array.from({ length: ROWS }, () =>
      j === 3 ? source.below(40) : j === 4 && source.below(5) === 0 ? Number.NaN : source.normal(),
    ),
  );
  const target = Float64Array.from({ length: ROWS }, (_, i) => {
    const signal = columns[0][i] * columns[1][i] + Math.sin(columns[2][i]) + (columns[3][i] % 3) / 2 + source.normal();
    return task === 'regression' ? signal : task === 'binary' ? Number(signal > 0.5) : Number(signal > 0) + Number(signal > 1);
  });
  const data = { matrix: matrixOf(columns, [0, 0, 0, 40]), target };
  return weighted ? { ...data, weight: target.map(() => source.below(4) / 2) } : data;
}

async function hashOf(data: TrainingData, task: 'binary' | 'multiclass' | 'regression', params: object, machinery: Machinery) {
  const resolved = resolveOptions('test', gbdtOptions, { rounds: 3, ...params });
  const { objective } = objectiveFor(resolved, contextOf(task));
  const { trees, bins, start, gain, summary } = await boost(data, objective, resolved, contextOf(task), machinery);
  const parts = {
    estimator: 'gbdt',
    version: 1,
    task,
    link: objective.link,
    start,
    forest: flatten(trees, bins),
    gain,
    summary,
  };
  return hashBytes(new ForestModel(parts).serialize());
}

describe('the number of threads', () => {
  const cases = [
    { task: 'binary', weighted: false, params: { leaves: 63 } },
    { task: 'binary', weighted: true, params: { rowSample: 0.8, columnSample: 0.6 } },
    { task: 'regression', weighted: true, params: { l1: 3, l2: 1 } },
    { task: 'multiclass', weighted: false, params: { rounds: 1 } },
    { task: 'binary', weighted: true, params: { monotone: 'f0:+, f4:-', interactions: 'f0,f1,f3;f1,f2', growth: 'depthwise' } },
    { task: 'regression', weighted: false, params: { monotone: 'f2:-', columnSampleByNode: 0.5, l1: 2 } },
  ] as const;
  it.each(cases)('does not change a bit of a $task model with $params', async ({ task, weighted, params }) => {
    const data = sizable(task, weighted);
    const plain = await hashOf(data, task, params, { threads: 1, plain: true });
    for (const threads of [1, 2, 3]) expect([threads, await hashOf(data, task, params, { threads })]).toEqual([threads, plain]);
  });

  const variants = [
    { task: 'binary', params: { rounds: 12, sampling: 'goss', learningRate: 0.5 } },
    { task: 'multiclass', params: { rounds: 4, sampling: 'goss', learningRate: 0.9 } },
    { task: 'regression', params: { rounds: 6, boosting: 'dart', skipDrop: 0.2, dropRate: 0.4 } },
    { task: 'regression', params: { rounds: 5, sampling: 'goss', learningRate: 0.8, objective: 'absolute' } },
    ...Object.keys(OBJECTIVES).map((objective) => ({ task: tasksOf(objective as ObjectiveName)[0], params: { objective } })),
  ] as const;
  it.each(variants)('nor with $params', async ({ task, params }) => {
    const wide = sizable(task, true);
    const rows = 12_500;
    const columns = wide.matrix.columns.slice(0, 6).map((column) => column.slice(0, rows));
    const data: TrainingData = {
      matrix: matrixOf(columns, [0, 0, 0, 40]),
      // Whole numbers from 0 to 4 suit every objective of a regression, with a weight a query.
      target: wide.target.slice(0, rows).map((y) => (task === 'regression' ? Math.max(0, Math.min(4, Math.round(y))) : y)),
      weight: Float64Array.from({ length: rows }, (_, i) => 1 + (Math.floor(i / 20) % 3) / 2),
      group: new Uint32Array(rows / 20).fill(20),
    };
    const plain = await hashOf(data, task, { rounds: 2, leaves: 15, ...params }, { threads: 1, plain: true });
    for (const threads of [1, 2, 3])
      expect([threads, await hashOf(data, task, { rounds: 2, leaves: 15, ...params }, { threads })]).toEqual([threads, plain]);
  });
});
