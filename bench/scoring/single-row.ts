import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainingData } from '../../src/models/estimator.js';
import { writeLightgbmText } from '../../src/models/exchange/write-lightgbm-text.js';
import { gbdt } from '../../src/models/gbdt/estimator.js';
import { ForestModel } from '../../src/models/trees/forest-model.js';
import type { Benchmark, Figure, TableRow } from '../benchmark.js';
import { type BenchOptions, scaled } from '../options.js';
import { readDoubles, withFolder, writeTable } from '../peers/exchange.js';
import { ran, runPeer } from '../peers/peer.js';
import { fitParams } from '../training/compare-fits.js';
import { higgsShaped } from '../training/higgs-shaped.js';
import { textForLleaves } from './text-for-lleaves.js';

const TRAIN_ROWS = 50_000;
const BATCH_ROWS = 10_000;
const SINGLE_ROWS = 2_000;
const PASSES = 15;
/** ONNX compares in single precision, so that a few rows fall to the other side of a threshold. */
const SAME = 1e-6;
const PEERS = ['lightgbm', 'lleaves', 'tl2cgen', 'onnxruntime'] as const;

interface PeerScore {
  readonly rowNs: number;
  readonly batchNs: number;
  /** What a call costs that does nothing, where it is made from Python. */
  readonly callNs?: number;
  readonly how: string;
  readonly version: string;
}

/** The same trees, one row at a time and many at once, on one thread, by us and by four peers; the fastest of them is compared with. */
async function scoring(rounds: number, leaves: number, options: BenchOptions): Promise<Figure> {
  const train = higgsShaped(scaled(TRAIN_ROWS, options), 3);
  const test = higgsShaped(scaled(BATCH_ROWS, options), 4);
  const model = await gbdt.fit(train, { ...fitParams(leaves), rounds }, { task: 'binary', classes: 2, seed: 1 });
  if (!(model instanceof ForestModel)) throw new Error('gbdt gives a forest');
  const singleRows = Math.min(SINGLE_ROWS, test.matrix.rows);
  const ours = timed(model, test, singleRows);
  const table: TableRow[] = [
    { scorer: 'ours', 'row µs': ours.rowNs / 1000, 'batch µs a row': ours.batchNs / 1000, called: 'JavaScript loop' },
  ];
  const notes: string[] = [];
  let best = Infinity;
  let fastest = 'the fastest peer';
  await withFolder(async (folder) => {
    const path = join(folder, 'model.txt');
    writeFileSync(path, textForLleaves(writeLightgbmText(model, train.matrix.features)));
    const given = { folder, model: path, table: writeTable(join(folder, 'table'), test), singleRows, passes: PASSES };
    for (const library of PEERS) {
      const out = join(folder, library);
      const score = await runPeer<PeerScore>('score.py', { ...given, library, out });
      if (!ran(score)) {
        notes.push(`${library} not run: ${score}`);
        continue;
      }
      const other = readDoubles(out).filter((value, i) => Math.abs(value - ours.predictions[i]) > SAME).length;
      table.push({
        scorer: `${library} ${score.version}`,
        'row µs': score.rowNs / 1000,
        'batch µs a row': score.batchNs / 1000,
        called:
          score.callNs === undefined
            ? score.how
            : `${score.how}, of which ${(score.callNs / 1000).toFixed(1)} µs for an empty call`,
        'rows that differ': other,
      });
      if (score.rowNs < best) {
        best = score.rowNs;
        fastest = library;
      }
    }
  });
  return {
    value: ours.rowNs / 1000,
    unit: 'µs a row',
    peer: fastest,
    peerValue: best === Infinity ? null : best / 1000,
    must: { of: 'ratio', atMost: 1 },
    note: [`${model.forest.roots.length - 1} trees, ${model.forest.left.length} nodes`, ...notes].join('; '),
    table,
  };
}

function timed(model: ForestModel, test: TrainingData, singleRows: number) {
  const rows = Array.from({ length: singleRows }, (_, i) => Float64Array.from(test.matrix.columns, (column) => column[i]));
  const predictions = new Float64Array(singleRows);
  const single: number[] = [];
  const batch: number[] = [];
  for (let pass = 0; pass < PASSES; pass++) {
    let began = performance.now();
    for (let i = 0; i < singleRows; i++) model.predictRow(rows[i], predictions, i);
    single.push(((performance.now() - began) * 1e6) / singleRows);
    began = performance.now();
    model.predict(test.matrix);
    batch.push(((performance.now() - began) * 1e6) / test.matrix.rows);
  }
  return { rowNs: median(single), batchNs: median(batch), predictions };
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];

const benchmark = (rounds: number, leaves: number): Benchmark => ({
  group: 'scoring',
  name: `single rows, ${rounds} trees x ${leaves} leaves`,
  run: (options) => scoring(rounds, leaves, options),
});

export const benchmarks: readonly Benchmark[] = [benchmark(100, 31), benchmark(500, 63)];
