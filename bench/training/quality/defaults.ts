import { metricOf } from '../../../src/stats/metrics/catalogue.js';
import type { Benchmark, Figure, TableRow } from '../../benchmark.js';
import type { BenchOptions } from '../../options.js';
import { dataSets } from './data-sets.js';
import { foldsOf, LIBRARIES, METRICS_OF, meanOverFolds, ourPredictions, peerPredictions } from './out-of-fold.js';

/** Boosted trees of four makers at their defaults on the same folds; the figure is the mean rank of ours, 1 being the best. */
async function compare(which: 'judged' | 'held out', options: BenchOptions): Promise<Figure> {
  const { sets, missing } = dataSets(which, options);
  const notRun = missing.map((name) => `${name} not run: its file is not in ${options.data ?? 'a folder given by --data'}`);
  const table: TableRow[] = [];
  const ranks: number[] = [];
  for (const set of sets) {
    const folds = foldsOf(set.data.matrix.rows);
    const all = new Map<string, Float64Array>([['ours', await ourPredictions(set, folds)]]);
    for (const library of LIBRARIES) {
      const predictions = await peerPredictions(set, folds, library);
      if (typeof predictions === 'string') notRun.push(`${library} on ${set.name} not run: ${predictions}`);
      else all.set(library, predictions);
    }
    METRICS_OF[set.task].forEach((metric, decides) => {
      const figures = [...all].map(([name, predictions]) => [name, meanOverFolds(metric, set, folds, predictions)] as const);
      const rank = rankOf(
        figures[0][1],
        figures.map(([, figure]) => figure),
        metricOf(metric).better,
      );
      if (decides === 0 && all.size === LIBRARIES.length + 1) ranks.push(rank);
      table.push({ set: set.name, rows: set.data.matrix.rows, metric, ...Object.fromEntries(figures), 'our rank': rank });
    });
  }
  const shared = { unit: 'mean rank of 4', must: { of: 'value', atMost: 2 }, table } as const;
  const note = [`${ranks.length} sets`, ...notRun].join('; ');
  const value = ranks.length === 0 ? null : ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length;
  return { ...shared, value, note };
}

/** 1 is the best; equals share the mean of their ranks. */
function rankOf(mine: number, all: readonly number[], better: 'higher' | 'lower'): number {
  const before = all.filter((other) => (better === 'higher' ? other > mine : other < mine)).length;
  const equal = all.filter((other) => other === mine).length;
  return before + (equal + 1) / 2;
}

export const benchmarks: readonly Benchmark[] = [
  { group: 'quality', name: 'defaults against the defaults of others, 5 folds', run: (options) => compare('judged', options) },
  { group: 'quality', name: 'the same on sets that no default was chosen by', run: (options) => compare('held out', options) },
];
