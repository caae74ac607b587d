import type { Benchmark, Figure, TableRow } from '../benchmark.js';
import { type BenchOptions, scaled } from '../options.js';
import { compareFits, type FitResult, fitParams } from './compare-fits.js';
import { higgsShaped } from './higgs-shaped.js';

const SIZES = [10_000, 100_000, 1_000_000, 10_000_000];
const TEST_ROWS = 100_000;
const LEAVES = 31;

interface Point {
  readonly rows: number;
  readonly ours: FitResult;
  readonly lightgbm: FitResult | string;
}

let running: Promise<readonly Point[]> | undefined;

/** One curve serves every figure of this file. The largest size is fitted once, the others as often as asked. */
function curve(options: BenchOptions): Promise<readonly Point[]> {
  running ??= measure(options);
  return running;
}

async function measure(options: BenchOptions): Promise<readonly Point[]> {
  const points: Point[] = [];
  for (const size of SIZES) {
    const rows = scaled(size, options);
    const make = () => ({ train: higgsShaped(rows, 1), test: higgsShaped(scaled(TEST_ROWS, options), 2) });
    const runs = size === SIZES.at(-1) ? 1 : options.runs;
    const [ours, lightgbm] = await compareFits(make, fitParams(LEAVES), ['ours', 'lightgbm'], runs);
    if (typeof ours === 'string') throw new Error(`${rows} rows: ${ours}`);
    points.push({ rows, ours, lightgbm });
  }
  return points;
}

async function largest(options: BenchOptions): Promise<Figure> {
  const points = await curve(options);
  const { ours, lightgbm } = points[points.length - 1];
  return {
    value: ours.seconds,
    unit: 's',
    peer: 'LightGBM',
    ...(typeof lightgbm === 'string' ? { peerValue: null, note: lightgbm } : { peerValue: lightgbm.seconds }),
    table: points.map(row),
  };
}

const row = ({ rows, ours, lightgbm }: Point): TableRow => {
  const peer = typeof lightgbm === 'string' ? null : lightgbm;
  return {
    rows,
    'our seconds': ours.seconds,
    'our peak GiB': ours.peakBytes / 2 ** 30,
    'our AUC': ours.auc,
    'LightGBM seconds': peer && peer.seconds,
    'its peak GiB': peer && peer.peakBytes / 2 ** 30,
    'its AUC': peer && peer.auc,
  };
};

/** Ten times the rows should take ten times as long. */
async function growth(options: BenchOptions): Promise<Figure> {
  const [before, last] = (await curve(options)).slice(-2);
  const value = last.ours.seconds / last.rows / (before.ours.seconds / before.rows);
  return { value, unit: 'x the time a row', must: { of: 'value', atMost: 1.3 } };
}

export const benchmarks: readonly Benchmark[] = [
  { group: 'cost', name: 'gbdt 10k to 10M rows x 28, 100 trees x 31 leaves: seconds of the largest', run: largest },
  { group: 'cost', name: 'from 1M to 10M rows', run: growth },
];
