import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { type ErrorCode, fail, MillwrightError } from '../base/error.js';
import type { SparseColumn, TrainingData } from '../models/estimator.js';
import type { EncodedFold, FoldsFitted, FoldsWatch, FoldWork } from './fit-folds.js';
import { DONE, ENOUGH, type FromWorker, type ToWorker } from './fit-worker.js';

/** Milliseconds between two looks at the clock and at the progress of a worker. */
const TICK = 20;
/** Workers that may die of one piece of work before it is given up. */
const LIVES = 2;

/** A fold by a name that stands for its rows and its encoding. */
export interface KeyedFold {
  readonly key: string;
  readonly fold: EncodedFold;
}

interface Hand {
  readonly worker: Worker;
  /** Folds that it has. */
  readonly has: Set<string>;
}

/**
 * Worker threads that fit folds: the data lie in shared memory, each worker does one piece of work at a time. A worker that dies is
 * replaced and its work begun again; the results are those of `fitFolds`, to the bit.
 */
export class FitCrew {
  readonly #shared = new Map<string, EncodedFold>();
  readonly #idle: Hand[] = [];
  readonly #all = new Set<Worker>();
  readonly #start: () => Worker;

  constructor(start: () => Worker = startWorker) {
    this.#start = start;
  }

  /** @throws MW_MODEL_*, MW_TRAIN_WORKER_LOST when workers die of it, MW_INTERRUPTED */
  async fit(folds: readonly KeyedFold[], work: FoldWork, watch: FoldsWatch): Promise<FoldsFitted> {
    let reason = '';
    for (let life = 0; life < LIVES; life++) {
      const hand = this.#idle.pop() ?? this.#hire();
      const outcome = await this.#order(hand, folds, work, watch);
      if (!('lost' in outcome)) {
        this.#idle.push(hand);
        if (outcome.kind === 'fitted') return outcome.fitted;
        throw new MillwrightError(outcome.code as ErrorCode, { what: outcome.message });
      }
      this.#all.delete(hand.worker);
      void hand.worker.terminate();
      if (watch.signal?.aborted) fail('MW_INTERRUPTED', { what: 'Learning was interrupted before it ended.' });
      reason = outcome.lost;
    }
    return fail('MW_TRAIN_WORKER_LOST', { what: `The worker that fitted '${work.estimator}' ended: ${reason}` });
  }

  /** Ends all workers, whatever they do. */
  close(): void {
    for (const worker of this.#all) void worker.terminate();
    this.#all.clear();
    this.#idle.length = 0;
  }

  #hire(): Hand {
    const worker = this.#start();
    // A worker that dies while it has nothing to do is noticed when it is given some.
    worker.on('error', () => {});
    worker.unref();
    this.#all.add(worker);
    return { worker, has: new Set() };
  }

  /** What a worker answers, or why it does not. */
  #order({ worker, has }: Hand, folds: readonly KeyedFold[], work: FoldWork, { signal, onProgress, enough }: FoldsWatch) {
    return new Promise<FromWorker | { readonly lost: string }>((resolve) => {
      const control = new Int32Array(new SharedArrayBuffer(8));
      const settle = (outcome: FromWorker | { readonly lost: string }) => {
        clearInterval(timer);
        worker.off('message', settle).off('error', onError).off('exit', onExit);
        signal?.removeEventListener('abort', onAbort);
        worker.unref();
        resolve(outcome);
      };
      const onError = (error: Error) => settle({ lost: error.message });
      const onExit = (code: number) => settle({ lost: `exit code ${code}` });
      const onAbort = () => settle({ lost: 'interrupted' });
      const timer = setInterval(() => {
        onProgress?.({ step: 'boost', done: Atomics.load(control, DONE) });
        if (enough?.()) Atomics.store(control, ENOUGH, 1);
      }, TICK);
      worker.on('message', settle).on('error', onError).on('exit', onExit);
      worker.ref();
      signal?.addEventListener('abort', onAbort);
      if (signal?.aborted) {
        onAbort();
        return;
      }
      const tell = (message: ToWorker) => worker.postMessage(message);
      for (const { key, fold } of folds) {
        if (has.has(key)) continue;
        tell({ kind: 'fold', key, fold: this.#share(key, fold) });
        has.add(key);
      }
      tell({ kind: 'work', keys: folds.map(({ key }) => key), work, control });
    });
  }

  #share(key: string, { training, validation }: EncodedFold): EncodedFold {
    let shared = this.#shared.get(key);
    if (!shared) {
      shared = { training: sharedData(training), validation: sharedData(validation) };
      this.#shared.set(key, shared);
    }
    return shared;
  }
}

function sharedData({ matrix, target, weight }: TrainingData): TrainingData {
  const { columns, sparse } = matrix;
  return {
    matrix: {
      ...matrix,
      columns: columns.map(sharedValues),
      ...(sparse ? { sparse: sparse.map((column) => column && sharedSparse(column)) } : {}),
    },
    target: sharedValues(target),
    ...(weight ? { weight: sharedValues(weight) } : {}),
  };
}

function sharedValues(values: Float64Array): Float64Array {
  const shared = new Float64Array(new SharedArrayBuffer(values.byteLength));
  shared.set(values);
  return shared;
}

function sharedSparse({ indexes, values }: SparseColumn): SparseColumn {
  const shared = new Uint32Array(new SharedArrayBuffer(indexes.byteLength));
  shared.set(indexes);
  return { indexes: shared, values: sharedValues(values) };
}

/** Loads TypeScript where this runs from its sources. */
const FROM_SOURCES = `
const { workerData } = require('node:worker_threads');
const { createJiti } = require(workerData.jiti);
void createJiti(workerData.script).import(workerData.script);
`;

const SCRIPT = fileURLToPath(new URL('./fit-worker.js', import.meta.url));
const SOURCE = fileURLToPath(new URL('./fit-worker.ts', import.meta.url));

/** Whether there is a script that workers can run; there is none in a bundle. */
export const hasWorkers = (): boolean => existsSync(SCRIPT) || existsSync(SOURCE);

/** A thread that runs fit-worker. */
export function startWorker(): Worker {
  if (existsSync(SCRIPT)) return new Worker(SCRIPT);
  const workerData = { jiti: createRequire(import.meta.url).resolve('jiti'), script: SOURCE };
  return new Worker(FROM_SOURCES, { eval: true, workerData });
}
