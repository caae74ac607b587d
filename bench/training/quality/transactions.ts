import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { SimulatedClock } from '../../../src/base/clock.js';
import { random, shuffle } from '../../../src/base/random.js';
import type { CandidatePlan, TrainPlan } from '../../../src/define/plan.js';
import { columnFrom } from '../../../src/frame/column.js';
import { type Frame, frame, takeRows } from '../../../src/frame/frame.js';
import { metricOf } from '../../../src/stats/metrics/catalogue.js';
import { codeTarget } from '../../../src/train/target.js';
import { trainModel } from '../../../src/train/train-model.js';
import type { Benchmark, Figure, TableRow } from '../../benchmark.js';
import type { BenchOptions } from '../../options.js';

const DAY = 86_400;
/** Labels are known so many days late. */
const DELAY = 7;
const TRAIN = [45, 58] as const;
const TEST = [66, 79] as const;
const WINDOWS = [1, 7, 30] as const;

interface Payments {
  readonly seconds: Float64Array;
  readonly customer: Int32Array;
  readonly terminal: Int32Array;
  readonly amount: Float64Array;
  readonly fraud: Float64Array;
}

/** The simulated card payments, in the order of time; null where the file is not. */
function readPayments(folder: string): Payments | null {
  const path = `${folder}/transactions/transactions.csv.gz`;
  if (!existsSync(path)) return null;
  const rows = gunzipSync(readFileSync(path)).toString('utf8').trimEnd().split('\n').slice(1);
  const cells = rows.map((row) => row.split(',').map(Number));
  const column = (at: number) => cells.map((row) => row[at] as number);
  return {
    seconds: Float64Array.from(column(1)),
    customer: Int32Array.from(column(2)),
    terminal: Int32Array.from(column(3)),
    amount: Float64Array.from(column(4)),
    fraud: Float64Array.from(column(5)),
  };
}

/** Rows, and the sum of a value, of the same key in the `days` that end `late` days before each row, the row's own moment included. */
function windowOf(key: Int32Array, seconds: Float64Array, value: Float64Array, days: number, late: number) {
  const count = new Float64Array(key.length);
  const sum = new Float64Array(key.length);
  const seen = new Map<number, { readonly rows: number[]; from: number; to: number; sum: number }>();
  for (let i = 0; i < key.length; i++) {
    const own = seen.get(key[i]) ?? { rows: [], from: 0, to: 0, sum: 0 };
    seen.set(key[i], own);
    own.rows.push(i);
    const end = seconds[i] - late * DAY;
    while (own.to < own.rows.length && seconds[own.rows[own.to]] <= end) own.sum += value[own.rows[own.to++]];
    while (own.from < own.to && seconds[own.rows[own.from]] <= end - days * DAY) own.sum -= value[own.rows[own.from++]];
    count[i] = own.to - own.from;
    sum[i] = own.sum;
  }
  return { count, sum };
}

/** The fifteen features that such payments are judged by. */
function featuresOf({ seconds, customer, terminal, amount, fraud }: Payments): Frame {
  const columns: Record<string, Float64Array> = {
    amount,
    weekend: seconds.map((at) => Number(Math.floor(at / DAY) % 7 >= 5)),
    night: seconds.map((at) => Number(Math.floor((at % DAY) / 3600) <= 6)),
  };
  for (const days of WINDOWS) {
    const spent = windowOf(customer, seconds, amount, days, 0);
    columns[`customer count ${days} d`] = spent.count;
    columns[`customer mean ${days} d`] = spent.sum.map((sum, i) => sum / spent.count[i]);
    const risk = windowOf(terminal, seconds, fraud, days, DELAY);
    columns[`terminal count ${days} d`] = risk.count;
    columns[`terminal risk ${days} d`] = risk.sum.map((sum, i) => (risk.count[i] === 0 ? 0 : sum / risk.count[i]));
  }
  return frame(Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, columnFrom('number', [...values])])));
}

/** The rows learnt from, and those tested on: without the customers that since the first of the former are known to be compromised. */
function rowsOf({ seconds, customer, fraud }: Payments): { readonly train: Int32Array; readonly test: Int32Array } {
  const day = seconds.map((at) => Math.floor(at / DAY));
  const compromised = new Map<number, number>();
  for (let i = 0; i < day.length; i++)
    if (fraud[i] === 1 && day[i] >= TRAIN[0])
      compromised.set(customer[i], Math.min(day[i], compromised.get(customer[i]) ?? Infinity));
  const within = (i: number, [from, to]: readonly [number, number]) => day[i] >= from && day[i] <= to;
  const rows = Int32Array.from(day.keys());
  return {
    train: rows.filter((i) => within(i, TRAIN)),
    test: rows.filter((i) => within(i, TEST) && !((compromised.get(customer[i]) ?? Infinity) <= day[i] - DELAY - 1)),
  };
}

const one = (estimator: string, params: CandidatePlan['params']): CandidatePlan => ({ kind: 'candidate', estimator, params });

/** What is learnt, and the AUC and average precision of scikit-learn 1.9.1's on the same rows. */
const MODELS: readonly {
  readonly name: string;
  readonly candidate: CandidatePlan;
  readonly peer: readonly [number, number];
}[] = [
  { name: 'logistic', candidate: one('logistic', { l2: 1 }), peer: [0.821, 0.54] },
  { name: "logistic, shape 'none'", candidate: one('logistic', { l2: 1, shape: 'none' }), peer: [0.821, 0.54] },
  { name: "logistic, shape 'log'", candidate: one('logistic', { l2: 1, shape: 'log' }), peer: [0.821, 0.54] },
  { name: 'tree of depth 2', candidate: one('tree', { maxDepth: 2, minRows: 1 }), peer: [0.756, 0.474] },
];

async function judge(options: BenchOptions): Promise<Figure> {
  const payments = options.data === null ? null : readPayments(options.data);
  const unit = 'average precision of logistic';
  if (payments === null) return { value: null, unit, note: 'its file is not in a folder given by --data' };
  const table = featuresOf(payments);
  const { train, test } = rowsOf(payments);
  const target = codeTarget(columnFrom('number', [...payments.fraud]), 'binary', '1');
  const truth = Float64Array.from(test, (row) => payments.fraud[row]);
  const unseen = takeRows(table, test);
  const rows: TableRow[] = [];
  for (const { name, candidate, peer } of MODELS) {
    const folds = foldsOf(train);
    const search = { kind: 'search', by: 'logloss', trials: 1, timeBudget: null, seed: 1 } as const;
    const split = { kind: 'foldSplit', test: 0.2, folds: folds.length, column: null, gap: 0 } as const;
    const plan: TrainPlan = { kind: 'train', split, sample: null, candidates: [candidate], search };
    const features = Object.keys(table.columns).map((column) => ({ name: column, type: 'number' as const }));
    const parts = { folds, fit: train, test, leftOut: 0 };
    const { pipeline, best } = await trainModel({
      plan,
      value: null,
      table,
      features,
      target,
      split: parts,
      clock: new SimulatedClock(0),
    } as Parameters<typeof trainModel>[0]);
    const predictions = pipeline.predict(unseen);
    const input = { task: 'binary', outputs: 1, predictions, target: truth, threshold: 0.5 } as const;
    rows.push({
      model: name,
      shape: best.settled?.['shape'] ?? '',
      AUC: metricOf('auc').compute(input),
      'AUC, scikit-learn': peer[0],
      AP: metricOf('prauc').compute(input),
      'AP, scikit-learn': peer[1],
    });
  }
  const count = (of: Int32Array) => `${of.length} rows with ${of.reduce((sum, row) => sum + payments.fraud[row], 0)} frauds`;
  return { value: rows[0]['AP'] as number, unit, note: `learnt from ${count(train)}, tested on ${count(test)}`, table: rows };
}

function foldsOf(rows: Int32Array, folds = 3) {
  const order = shuffle(rows.slice(), random(1));
  return Array.from({ length: folds }, (_, fold) => ({
    train: order.filter((_row, place) => place % folds !== fold).sort(),
    validation: order.filter((_row, place) => place % folds === fold).sort(),
  }));
}

export const benchmarks: readonly Benchmark[] = [
  { group: 'quality', name: 'frauds among simulated card payments', run: judge },
];
