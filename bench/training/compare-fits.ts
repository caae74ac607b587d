import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { TrainingData } from '../../src/models/estimator.js';
import { metricOf } from '../../src/stats/metrics/catalogue.js';
import type { TableRow } from '../benchmark.js';
import { readDoubles, withFolder, writeTable } from '../peers/exchange.js';
import { ran, runOurs, runPeer } from '../peers/peer.js';

export type Trainer = 'ours' | 'lightgbm' | 'xgboost';

interface Fit {
  readonly seconds: number;
  readonly peakBytes: number;
  readonly version: string;
}

/** What the fits of one trainer came to: the median time, the largest peak of memory, AUC on the test rows. */
export interface FitResult {
  readonly trainer: Trainer;
  readonly seconds: number;
  readonly times: readonly number[];
  readonly peakBytes: number;
  readonly auc: number;
  readonly version: string;
}

/** The parameters that matter, given to everyone, so that nobody's defaults are measured. */
export const fitParams = (leaves: number) => ({
  rounds: 100,
  leaves,
  learningRate: 0.1,
  minRows: 20,
  minChildWeight: 1e-3,
  columnSample: 1,
  rowSample: 1,
  l1: 0,
  l2: 0,
  bins: 255,
});

/**
 * Fits the same rows by each trainer in turn, `runs` times, every fit in a process of its own on all cores. Binning counts, reading
 * the rows does not.
 * @returns a sentence in the place of a trainer that cannot be run
 */
export function compareFits(
  make: () => { readonly train: TrainingData; readonly test: TrainingData },
  params: ReturnType<typeof fitParams>,
  trainers: readonly Trainer[],
  runs: number,
): Promise<readonly (FitResult | string)[]> {
  return withFolder(async (folder) => {
    const { train, test, target } = written(folder, make());
    const fits = new Map<Trainer, Fit[]>(trainers.map((trainer) => [trainer, []]));
    const failed = new Map<Trainer, string>();
    for (let run = 0; run < runs; run++)
      for (const trainer of trainers) {
        const input = { library: trainer, train, test, params, threads: availableParallelism(), out: join(folder, trainer) };
        const fit =
          trainer === 'ours'
            ? await runOurs<Fit>(new URL('./fit-program.js', import.meta.url), input)
            : await runPeer<Fit>('fit.py', input);
        if (ran(fit)) fits.get(trainer)?.push(fit);
        else failed.set(trainer, fit);
      }
    return trainers.map(
      (trainer) => failed.get(trainer) ?? summed(trainer, fits.get(trainer) ?? [], target, join(folder, trainer)),
    );
  });
}

/** The rows go out of memory when this returns: the fits need it. */
function written(folder: string, { train, test }: { readonly train: TrainingData; readonly test: TrainingData }) {
  return { train: writeTable(join(folder, 'train'), train), test: writeTable(join(folder, 'test'), test), target: test.target };
}

function summed(trainer: Trainer, fits: readonly Fit[], target: Float64Array, out: string): FitResult {
  const times = fits.map(({ seconds }) => seconds);
  const auc = metricOf('auc').compute({ task: 'binary', outputs: 1, predictions: readDoubles(out), target, threshold: 0.5 });
  const seconds = times.toSorted((a, b) => a - b)[times.length >> 1];
  return { trainer, seconds, times, peakBytes: Math.max(...fits.map((fit) => fit.peakBytes)), auc, version: fits[0].version };
}

/** A result as a line of a table. */
export const fitRow = (result: FitResult): TableRow => ({
  trainer: `${result.trainer} ${result.version}`.trim(),
  seconds: result.seconds,
  'all runs': result.times.map((time) => time.toFixed(2)).join(' '),
  'peak GiB': result.peakBytes / 2 ** 30,
  AUC: result.auc,
});
