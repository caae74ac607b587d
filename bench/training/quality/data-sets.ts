import { random, shuffle } from '../../../src/base/random.js';
import type { Task, TrainingData } from '../../../src/models/estimator.js';
import { type BenchOptions, scaled } from '../../options.js';
import { COVER_TYPES, coverTypes } from './cover-types.js';
import { type Layout, readDelimited } from './read-delimited.js';

export interface DataSet {
  readonly name: string;
  readonly task: Task;
  readonly classes: number;
  readonly data: TrainingData;
}

interface Source {
  readonly name: string;
  readonly layout: Layout;
}

/** The seven sets that the defaults are judged by; bank marketing is run where the folder holds it, Telco churn is always. */
const JUDGED: readonly Source[] = [
  {
    name: 'Adult',
    layout: {
      files: ['adult/adult-train.csv', 'adult/adult-test.csv'],
      header: false,
      target: -1,
      task: 'binary',
      positive: (text) => text.startsWith('>50K'),
    },
  },
  {
    name: 'German credit',
    layout: { files: ['small/german.csv'], header: false, target: -1, task: 'binary', positive: (text) => text === '2' },
  },
  {
    name: 'phoneme',
    layout: { files: ['small/phoneme.csv'], header: false, target: -1, task: 'binary', positive: (text) => text === '1' },
  },
  {
    name: 'bank marketing',
    layout: {
      files: ['bank/bank-full.csv'],
      delimiter: ';',
      header: true,
      target: -1,
      task: 'binary',
      positive: (text) => text === 'yes',
    },
  },
  {
    name: 'Telco churn',
    layout: {
      files: ['telco-churn/telco_customer_churn.csv'],
      header: true,
      target: -1,
      dropped: [0],
      task: 'binary',
      positive: (text) => text === 'Yes',
    },
  },
  { name: 'abalone', layout: { files: ['small/abalone.csv'], header: false, target: -1, task: 'regression' } },
  {
    name: 'California housing',
    layout: { files: ['california-housing/housing.csv'], header: true, target: 8, task: 'regression' },
  },
];

/** Sets that no default was chosen by. */
const HELD_OUT: readonly Source[] = [
  {
    name: 'mammography',
    layout: { files: ['small/mammography.csv'], header: false, target: -1, task: 'binary', positive: (text) => text === '1' },
  },
  {
    name: 'Higgs, 7,500 rows',
    layout: {
      files: ['higgs/binary.train', 'higgs/binary.test'],
      delimiter: '\t',
      header: false,
      target: 0,
      task: 'binary',
      positive: (text) => Number(text) === 1,
    },
  },
  { name: 'red wine', layout: { files: ['small/winequality-red.csv'], header: false, target: -1, task: 'regression' } },
  { name: 'white wine', layout: { files: ['small/winequality-white.csv'], header: false, target: -1, task: 'regression' } },
  {
    name: 'white wine, classes',
    layout: { files: ['small/winequality-white.csv'], header: false, target: -1, task: 'multiclass' },
  },
  {
    name: 'bike sharing',
    layout: { files: ['bike-sharing/hour.csv'], header: true, target: -1, dropped: [0, 1, 14, 15], task: 'regression' },
  },
];

const COVER_ROWS = 20_000;

/** The sets of a list, each at most once; `missing` names those whose files are not in the folder. */
export function dataSets(
  which: 'judged' | 'held out',
  options: BenchOptions,
): { readonly sets: readonly DataSet[]; readonly missing: readonly string[] } {
  const sets: DataSet[] = [];
  const missing: string[] = [];
  for (const { name, layout } of which === 'judged' ? JUDGED : HELD_OUT) {
    const read = options.data === null ? null : readDelimited(options.data, layout);
    if (read) sets.push({ name, task: layout.task, classes: read.classes, data: sampled(read.data, options) });
    else missing.push(name);
  }
  if (which === 'judged') {
    const data = coverTypes(scaled(COVER_ROWS, options), 1);
    sets.push({ name: 'cover types (generated)', task: 'multiclass', classes: COVER_TYPES, data });
  }
  return { sets, missing };
}

/** A random part of the rows when the run is a small one. */
function sampled(data: TrainingData, options: BenchOptions): TrainingData {
  const { rows } = data.matrix;
  const wanted = scaled(rows, options);
  return wanted === rows
    ? data
    : pickRows(
        data,
        shuffle(
          Uint32Array.from({ length: rows }, (_, i) => i),
          random(1),
        ).slice(0, wanted),
      );
}

/** The rows of a table at some positions. */
export function pickRows({ matrix, target }: TrainingData, at: Uint32Array): TrainingData {
  const columns = matrix.columns.map((column) => Float64Array.from(at, (i) => column[i]));
  return { matrix: { ...matrix, rows: at.length, columns }, target: Float64Array.from(at, (i) => target[i]) };
}
