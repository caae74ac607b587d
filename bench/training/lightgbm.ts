import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrainingData } from '../../src/models/estimator.js';

/** What LightGBM needed and reached on the same rows. */
export interface PeerRun {
  readonly seconds: number;
  readonly auc: number;
}

const SCRIPT = `
import json, sys, time, numpy as np, lightgbm as lgb
folder, columns, leaves, rounds, threads = sys.argv[1], *map(int, sys.argv[2:6])
def read(name):
    table = np.fromfile(folder + '/' + name).reshape(columns + 1, -1)
    return np.ascontiguousarray(table[:columns].T), table[columns]
x, y = read('train'); tx, ty = read('test')
began = time.time()
params = dict(objective='binary', num_leaves=leaves, num_threads=threads, verbose=-1, seed=1)
model = lgb.train(params, lgb.Dataset(x, y), rounds)
seconds = time.time() - began
order = np.argsort(model.predict(tx), kind='stable'); ranks = np.empty(len(order)); ranks[order] = np.arange(1, len(order) + 1)
positive = ty == 1; n = positive.sum()
print(json.dumps(dict(seconds=seconds, auc=float((ranks[positive].sum() - n * (n + 1) / 2) / (n * (len(ty) - n))))))
`;

/** Trains LightGBM on the rows, in the Python that `npm run bench:peers` sets up or MILLWRIGHT_PEERS_PYTHON names; a sentence instead when it cannot. */
export function trainLightGbm(
  train: TrainingData,
  test: TrainingData,
  params: { readonly leaves: number; readonly rounds: number; readonly threads: number },
): PeerRun | string {
  const python = process.env['MILLWRIGHT_PEERS_PYTHON'] ?? join(process.cwd(), '.peers/bin/python');
  if (!existsSync(python)) return "LightGBM is not installed: run 'npm run bench:peers'";
  const folder = mkdtempSync(join(tmpdir(), 'millwright-bench-'));
  try {
    write(join(folder, 'train'), train);
    write(join(folder, 'test'), test);
    const words = [train.matrix.columns.length, params.leaves, params.rounds, params.threads].map(String);
    const { status, stdout, stderr } = spawnSync(python, ['-c', SCRIPT, folder, ...words], { encoding: 'utf8' });
    return status === 0
      ? (JSON.parse(stdout.trim().split('\n').pop() ?? '') as PeerRun)
      : `LightGBM failed: ${stderr.trim().split('\n').pop()}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Column after column, the target last. */
function write(path: string, { matrix, target }: TrainingData): void {
  const file = openSync(path, 'w');
  for (const column of [...matrix.columns, target])
    writeSync(file, new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
  closeSync(file);
}
