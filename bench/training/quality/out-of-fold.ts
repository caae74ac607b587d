import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { random, shuffle } from '../../../src/base/random.js';
import { gbdt } from '../../../src/models/gbdt/estimator.js';
import { metricOf } from '../../../src/stats/metrics/catalogue.js';
import { readDoubles, withFolder, writeTable } from '../../peers/exchange.js';
import { ran, runPeer } from '../../peers/peer.js';
import { type DataSet, pickRows } from './data-sets.js';

export const FOLDS = 5;
export const LIBRARIES = ['lightgbm', 'xgboost', 'catboost'] as const;
export type Library = (typeof LIBRARIES)[number];

/** The fold of each row, the same for everyone who is compared. */
export function foldsOf(rows: number): Int32Array {
  const order = shuffle(
    Uint32Array.from({ length: rows }, (_, i) => i),
    random(5),
  );
  const folds = new Int32Array(rows);
  order.forEach((row, position) => {
    folds[row] = position % FOLDS;
  });
  return folds;
}

const rowsWhere = (folds: Int32Array, test: (fold: number) => boolean): Uint32Array =>
  Uint32Array.from(folds.keys()).filter((row) => test(folds[row]));

/** What our boosted trees say of each row when its fold is left out, row-major. `params` is empty for the defaults. */
export async function ourPredictions(
  { data, task, classes }: DataSet,
  folds: Int32Array,
  params: Readonly<Record<string, unknown>> = {},
): Promise<Float64Array> {
  const outputs = task === 'multiclass' ? classes : 1;
  const out = new Float64Array(data.matrix.rows * outputs);
  for (let fold = 0; fold < FOLDS; fold++) {
    const test = rowsWhere(folds, (other) => other === fold);
    const learn = pickRows(
      data,
      rowsWhere(folds, (other) => other !== fold),
    );
    const model = await gbdt.fit(learn, params, { task, classes, seed: 1 });
    const predicted = model.predict(pickRows(data, test).matrix);
    test.forEach((row, i) => out.set(predicted.subarray(i * outputs, (i + 1) * outputs), row * outputs));
  }
  return out;
}

/** The same of another library; a sentence when it cannot be run. */
export function peerPredictions(set: DataSet, folds: Int32Array, library: Library): Promise<Float64Array | string> {
  return withFolder(async (folder) => {
    const table = writeTable(join(folder, 'table'), set.data);
    const out = join(folder, 'out');
    writeFileSync(join(folder, 'folds'), folds);
    const { task, classes } = set;
    const threads = availableParallelism();
    const answer = await runPeer('defaults.py', { table, folds: join(folder, 'folds'), library, task, classes, threads, out });
    return ran(answer) ? readDoubles(out) : answer;
  });
}

/** The metrics that a task is compared by; the first one decides. */
export const METRICS_OF = {
  binary: ['auc', 'logloss'],
  multiclass: ['logloss', 'accuracy'],
  regression: ['rmse', 'mae'],
} as const;

/** The mean over the folds of a metric of predictions out of fold. */
export function meanOverFolds(
  metric: string,
  { data, task, classes }: DataSet,
  folds: Int32Array,
  predictions: Float64Array,
): number {
  const outputs = task === 'multiclass' ? classes : 1;
  let sum = 0;
  for (let fold = 0; fold < FOLDS; fold++) {
    const rows = rowsWhere(folds, (other) => other === fold);
    const part = new Float64Array(rows.length * outputs);
    rows.forEach((row, i) => part.set(predictions.subarray(row * outputs, (row + 1) * outputs), i * outputs));
    const target = Float64Array.from(rows, (row) => data.target[row]);
    sum += metricOf(metric).compute({ task, outputs, predictions: part, target, threshold: 0.5 });
  }
  return sum / FOLDS;
}
