import type { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { resolveOptions } from '../../base/options.js';
import { random } from '../../base/random.js';
import type { TrainingData } from '../estimator.js';
import { contextOf, matrixOf } from '../testing/examples.js';
import type { Machinery } from '../trees/binned-rows.js';
import { type Boosted, boost } from './boost.js';
import { binaryObjective } from './objectives/binary.js';
import { gbdtOptions } from './options.js';

const ROWS = 40_000;

function rows(): TrainingData {
  const source = random(5);
  const columns = Array.from({ length: 12 }, () => Float64Array.from({ length: ROWS }, () => source.normal()));
  const target = Float64Array.from({ length: ROWS }, (_, i) => Number(columns[0][i] * columns[1][i] + columns[2][i] > 0));
  return { matrix: matrixOf(columns), target };
}

const data = rows();

function fit(machinery: Machinery, onRound: (round: number) => void, params: object = {}): Promise<Boosted> {
  const resolved = resolveOptions('test', gbdtOptions, { rounds: 4, leaves: 63, ...params });
  const context = { ...contextOf('binary'), onProgress: ({ done }: { done: number }) => onRound(done) };
  return boost(data, binaryObjective, resolved, context, machinery);
}

const known = ({ trees }: Boosted) => trees.map(({ value, cover }) => [value, cover]);

/** The workers that start while something runs; those of earlier work are waiting in their threads and do not start again. */
async function startedDuring(work: (workers: readonly Worker[]) => Promise<void>): Promise<void> {
  const workers: Worker[] = [];
  const note = (worker: Worker): void => {
    workers.push(worker);
  };
  process.on('worker', note);
  try {
    await work(workers);
  } finally {
    process.off('worker', note);
  }
}

describe('a thread that ends during training', () => {
  it('is given up in the middle of a job, and training starts again without it', async () => {
    const expected = known(await fit({ threads: 1 }, () => {}));
    const rounds: number[] = [];
    await startedDuring(async (workers) => {
      const model = await fit({ threads: 2 }, (round) => {
        rounds.push(round);
        if (rounds.length !== 2) return;
        for (const worker of workers) void worker.terminate();
        // The thread is gone before the round begins, and the event loop has not turned.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
      });
      expect(workers.length).toBe(1);
      expect(known(model)).toEqual(expected);
    });
    expect(rounds).toEqual([0, 1, 0, 1, 2, 3, 4]);
  });
});

describe('training', () => {
  it('lets the event loop turn within a tree', async () => {
    let turns = 0;
    let running = true;
    const turn = (): void => {
      turns++;
      if (running) setImmediate(turn);
    };
    setImmediate(turn);
    await fit({ threads: 1 }, () => {}, { rounds: 1, leaves: 2 });
    const few = turns;
    turns = 0;
    await fit({ threads: 1 }, () => {}, { rounds: 1, leaves: 9000, minRows: 1, minChildWeight: 0 });
    running = false;
    expect(turns - few).toBeGreaterThanOrEqual(1);
  });

  it('says how much memory it would need when the machine has less', async () => {
    await expect(fit({ threads: 1, memory: 1_000_000 }, () => {})).rejects.toMatchObject({
      code: 'MW_MODEL_TOO_LARGE',
      message: /40000 rows x 12 features need 0\.\d GiB of training memory; this process may have 0\.0 GiB/,
    });
  });
});
