import { random } from '../../src/base/random.js';
import { evaluate } from '../../src/evaluate/evaluate.js';
import { columnFrom, type StringColumn } from '../../src/frame/column.js';
import { CoverageCount, WORLDS } from '../../src/stats/intervals/testing/worlds.js';
import type { Benchmark, Figure, TableRow } from '../benchmark.js';
import { type BenchOptions, scaled } from '../options.js';

const SAMPLES = 4000;

/** How often 95 % intervals hold the true figure: the share that is furthest from 95 %. */
async function coverage(options: BenchOptions): Promise<Figure> {
  const table: TableRow[] = [];
  let worst = 0.95;
  for (const world of WORLDS)
    for (const rows of [100, 1000]) {
      const source = random(17).fork(world.name).fork(rows);
      const counts = new CoverageCount(world, source);
      const samples = scaled(SAMPLES, options);
      for (let i = 0; i < samples; i++) counts.sample(rows, source.fork(i));
      const shares = counts.coverage.map(({ metric, held, given }) => [metric, held / given] as const);
      for (const [metric, share] of shares) {
        const oneSided = metric === 'ece' && share > 0.95;
        if (!oneSided && Math.abs(share - 0.95) > Math.abs(worst - 0.95)) worst = share;
      }
      table.push({ world: world.name, rows, ...Object.fromEntries(shares.map(([metric, share]) => [metric, 100 * share])) });
    }
  return {
    value: 100 * worst,
    unit: '% of true figures held where it is furthest from 95',
    must: { of: 'value', atLeast: 93, atMost: 97 },
    table,
  };
}

/** Seconds that judging 200,000 rows with twenty slices takes. */
async function speed(options: BenchOptions): Promise<Figure> {
  const rows = scaled(200_000, options);
  const source = random(3);
  const predictions = Float64Array.from({ length: rows }, () => source.next());
  const target = predictions.map((p) => Number(source.next() < p));
  const group = columnFrom(
    'string',
    Array.from({ length: rows }, () => `group ${source.below(20)}`),
  ) as StringColumn;
  const slices = [{ feature: 'group', metric: 'auc', column: group }];
  const before = performance.now();
  evaluate({ task: 'binary', classes: ['no', 'yes'], target, predictions, threshold: 0.4, value: null, slices });
  return { value: (performance.now() - before) / 1000, unit: 's' };
}

export const benchmarks: readonly Benchmark[] = [
  { group: 'evaluation', name: 'what 95 % intervals hold', run: coverage },
  { group: 'evaluation', name: 'judging 200,000 rows', run: speed },
];
