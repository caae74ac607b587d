import { type Column, MISSING_BOOLEAN } from '../frame/column.js';
import type { Frame } from '../frame/frame.js';
import { finding } from './find-in-columns.js';
import type { Finding } from './profile.js';

const SAMPLE = 40_000;
const BINS = 256;
/** Share of what there is to explain that one column explains, from which on it is no feature but the answer. */
const TOO_GOOD = 0.98;
const LEAST_ROWS = 50;

/**
 * Columns that alone predict the target (almost) perfectly: half of the rows learn the commonest class (or the mean) of each value or of each
 * of 256 bins, the other half are predicted. Texts that do not repeat learn nothing and so are not accused.
 * @param classes whether the target is a class; otherwise it is measured
 */
export function findLeakage(table: Frame, names: readonly string[], target: string, classes: boolean): Finding[] {
  const truth = answers(table.columns[target] as Column);
  const rows = sampleRows(truth, Math.max(1, Math.floor(table.rows / SAMPLE)));
  if (rows.length < LEAST_ROWS) return [];
  const found: Finding[] = [];
  for (const name of names) {
    if (name === target) continue;
    const bins = binned(table.columns[name] as Column, rows);
    const explained = classes ? explainedClasses(bins, truth, rows) : explainedVariance(bins, truth, rows);
    if (explained < TOO_GOOD) continue;
    const share = `${(explained * 100).toFixed(1)} % of ${classes ? 'the errors a constant makes' : 'the variance'}`;
    found.push(
      finding(
        'leakage',
        [name],
        explained,
        `Column '${name}' alone removes ${share} in '${target}': is it known when a prediction is made?`,
      ),
    );
  }
  return found;
}

/** The target as numbers, NaN for missing; texts by their code. */
function answers(column: Column): Float64Array {
  if (column.kind === 'string') return Float64Array.from(column.codes, (code) => (code < 0 ? Number.NaN : code));
  if (column.kind === 'boolean')
    return Float64Array.from(column.values, (value) => (value === MISSING_BOOLEAN ? Number.NaN : value));
  return column.values;
}

function sampleRows(truth: Float64Array, stride: number): Int32Array {
  const rows: number[] = [];
  for (let row = 0; row < truth.length; row += stride) if (truth[row] === truth[row]) rows.push(row);
  return Int32Array.from(rows);
}

/** A small whole number for each sampled row: the value's code, or the bin between quantiles of the rows that learn; 0 is missing. */
function binned(column: Column, rows: Int32Array): Int32Array {
  const bins = new Int32Array(rows.length);
  if (column.kind === 'string' || column.kind === 'boolean') {
    for (let i = 0; i < rows.length; i++) {
      const value = (column.kind === 'string' ? column.codes[rows[i] as number] : column.values[rows[i] as number]) as number;
      bins[i] = column.kind === 'boolean' && value === MISSING_BOOLEAN ? 0 : value + 1;
    }
    return bins;
  }
  const learnt: number[] = [];
  for (let i = 0; i < rows.length; i += 2) {
    const value = column.values[rows[i] as number] as number;
    if (value === value) learnt.push(value);
  }
  const sorted = Float64Array.from(learnt).sort();
  const edges: number[] = [];
  for (let bin = 1; bin < BINS; bin++) {
    const edge = sorted[Math.floor((sorted.length * bin) / BINS)];
    if (edge !== undefined && edge !== edges.at(-1)) edges.push(edge);
  }
  for (let i = 0; i < rows.length; i++) {
    const value = column.values[rows[i] as number] as number;
    if (value !== value) continue;
    let low = 0;
    let high = edges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((edges[middle] as number) <= value) low = middle + 1;
      else high = middle;
    }
    bins[i] = low + 1;
  }
  return bins;
}

function explainedClasses(bins: Int32Array, truth: Float64Array, rows: Int32Array): number {
  const overall = new Map<number, number>();
  const byBin = new Map<number, Map<number, number>>();
  for (let i = 0; i < rows.length; i += 2) {
    const label = truth[rows[i] as number] as number;
    overall.set(label, (overall.get(label) ?? 0) + 1);
    const bin = bins[i] as number;
    const counts = byBin.get(bin) ?? new Map<number, number>();
    counts.set(label, (counts.get(label) ?? 0) + 1);
    byBin.set(bin, counts);
  }
  const usual = commonest(overall);
  const guess = new Map([...byBin].map(([bin, counts]) => [bin, commonest(counts)]));
  let wrong = 0;
  let constantWrong = 0;
  for (let i = 1; i < rows.length; i += 2) {
    const label = truth[rows[i] as number] as number;
    if ((guess.get(bins[i] as number) ?? usual) !== label) wrong++;
    if (usual !== label) constantWrong++;
  }
  return constantWrong < 5 ? 0 : 1 - wrong / constantWrong;
}

function commonest(counts: ReadonlyMap<number, number>): number {
  let best = Number.NaN;
  let most = 0;
  for (const [label, count] of counts)
    if (count > most) {
      best = label;
      most = count;
    }
  return best;
}

function explainedVariance(bins: Int32Array, truth: Float64Array, rows: Int32Array): number {
  let most = 0;
  for (let i = 0; i < bins.length; i++) if ((bins[i] as number) > most) most = bins[i] as number;
  const sums = new Float64Array(most + 1);
  const counts = new Float64Array(most + 1);
  let sum = 0;
  let learnt = 0;
  for (let i = 0; i < rows.length; i += 2) {
    const value = truth[rows[i] as number] as number;
    const bin = bins[i] as number;
    sums[bin] = (sums[bin] as number) + value;
    counts[bin] = (counts[bin] as number) + 1;
    sum += value;
    learnt++;
  }
  const mean = sum / learnt;
  let left = 0;
  let all = 0;
  for (let i = 1; i < rows.length; i += 2) {
    const value = truth[rows[i] as number] as number;
    const bin = bins[i] as number;
    const guess = (counts[bin] as number) > 0 ? (sums[bin] as number) / (counts[bin] as number) : mean;
    left += (value - guess) ** 2;
    all += (value - mean) ** 2;
  }
  return all > 0 ? 1 - left / all : 0;
}
