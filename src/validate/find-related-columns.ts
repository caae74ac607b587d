import { type Column, MISSING_BOOLEAN } from '../frame/column.js';
import type { Frame } from '../frame/frame.js';
import { finding } from './find-in-columns.js';
import type { Finding } from './profile.js';

const SAMPLE = 10_000;
/** Products of two values over all pairs: of very many columns fewer rows are looked at before a pair is confirmed on all of them. */
const MOST_PRODUCTS = 2e9;
const FEWEST = 60;
/** Correlations at or above this are as good as 1. */
const PERFECT = 0.9999;

/**
 * Columns that say the same: equal or one to one in every row, or numbers that are a linear function of one another. Pairs are
 * looked for on an even sample of rows and confirmed on all.
 * @param names columns that vary
 */
export function findRelatedColumns(table: Frame, names: readonly string[]): Finding[] {
  const stride = Math.max(1, Math.floor(table.rows / SAMPLE));
  const found: Finding[] = [];
  const told = new Set<string>();
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const key = fingerprint(table.columns[name] as Column, stride);
    const group = groups.get(key);
    if (group) group.push(name);
    else groups.set(key, [name]);
  }
  for (const group of groups.values())
    for (let i = 1; i < group.length; i++) {
      const [a, b] = [group[0] as string, group[i] as string];
      if (!oneToOne(table.columns[a] as Column, table.columns[b] as Column)) continue;
      told.add(b);
      found.push(finding('duplicateColumns', [a, b], 1, `Columns '${a}' and '${b}' say the same in every row.`));
    }
  const numbers = names.filter((name) => !told.has(name) && isNumeric(table.columns[name] as Column));
  const pairs = (numbers.length * (numbers.length - 1)) / 2;
  const looked = Math.max(FEWEST, Math.min(SAMPLE, MOST_PRODUCTS / Math.max(1, pairs)));
  const apart = Math.max(stride, Math.floor(table.rows / looked));
  const samples = numbers.map((name) => standardised(table.columns[name] as Column, apart));
  for (let i = 0; i < numbers.length; i++)
    for (let j = i + 1; j < numbers.length; j++) {
      const [x, y] = [samples[i], samples[j]];
      if (!x || !y || Math.abs(dot(x, y)) < PERFECT) continue;
      const [a, b] = [numbers[i] as string, numbers[j] as string];
      const r = correlation(table.columns[a] as Column, table.columns[b] as Column);
      if (Math.abs(r) >= PERFECT)
        found.push(
          finding(
            'correlatedColumns',
            [a, b],
            r,
            `Columns '${a}' and '${b}' are linear functions of one another (r = ${r.toFixed(5)}).`,
          ),
        );
    }
  return found;
}

const isNumeric = (column: Column) => column.kind === 'number' || column.kind === 'timestamp';

function rawValues(column: Column): ArrayLike<number> {
  return column.kind === 'string' ? column.codes : column.values;
}

/** The pattern of repeats in the sample: equal for columns that are one to one. */
function fingerprint(column: Column, stride: number): string {
  const values = rawValues(column);
  const missing = missingMark(column);
  const seen = new Map<number, number>();
  let hash = 0x811c9dc5;
  let other = 0x01234567;
  for (let row = 0; row < values.length; row += stride) {
    const value = values[row] as number;
    let code = -1;
    if (value === value && value !== missing) {
      code = seen.get(value) ?? seen.size;
      seen.set(value, code);
    }
    hash = Math.imul(hash ^ code, 0x01000193);
    other = Math.imul(other ^ (code + 0x9e37), 0x2c1b3c6d);
    other ^= other >>> 15;
  }
  // Two continuous columns without repeats are always one to one, and that means nothing.
  const free = isNumeric(column) && seen.size > (values.length / stride) * 0.5;
  return free ? `values ${valueHash(values, stride)}` : `codes ${hash} ${other} ${seen.size}`;
}

function valueHash(values: ArrayLike<number>, stride: number): string {
  const double = new Float64Array(1);
  const words = new Int32Array(double.buffer);
  let hash = 0x811c9dc5;
  for (let row = 0; row < values.length; row += stride) {
    double[0] = values[row] as number;
    hash = Math.imul(hash ^ (words[0] as number), 0x01000193);
    hash = Math.imul(hash ^ (words[1] as number), 0x85ebca6b);
    hash ^= hash >>> 13;
  }
  return String(hash);
}

const missingMark = (column: Column) =>
  column.kind === 'string' ? -1 : column.kind === 'boolean' ? MISSING_BOOLEAN : Number.NaN;

function oneToOne(a: Column, b: Column): boolean {
  const [x, y] = [rawValues(a), rawValues(b)];
  const [noX, noY] = [missingMark(a), missingMark(b)];
  const there = new Map<number, number>();
  const back = new Map<number, number>();
  for (let row = 0; row < x.length; row++) {
    const [u, v] = [x[row] as number, y[row] as number];
    const missing = u !== u || u === noX;
    if (missing !== (v !== v || v === noY)) return false;
    if (missing) continue;
    const to = there.get(u);
    if (to === undefined) {
      if (back.has(v)) return false;
      there.set(u, v);
      back.set(v, u);
    } else if (to !== v) return false;
  }
  return true;
}

/** A sample of mean 0 and length 1 with missing values at the mean; null for one that does not vary. */
function standardised(column: Column, stride: number): Float64Array | null {
  const values = rawValues(column);
  const out = new Float64Array(Math.ceil(values.length / stride));
  let sum = 0;
  let present = 0;
  for (let i = 0; i < out.length; i++) {
    const value = values[i * stride] as number;
    if (value !== value) continue;
    sum += value;
    present++;
  }
  const mean = sum / present;
  let squares = 0;
  for (let i = 0; i < out.length; i++) {
    const value = values[i * stride] as number;
    const off = value === value ? value - mean : 0;
    out[i] = off;
    squares += off * off;
  }
  if (!(squares > 0)) return null;
  const scale = 1 / Math.sqrt(squares);
  for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) * scale;
  return out;
}

function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i] as number) * (y[i] as number);
  return sum;
}

/** Pearson's r over the rows where both are present. */
function correlation(a: Column, b: Column): number {
  const [x, y] = [rawValues(a), rawValues(b)];
  let n = 0;
  let sumX = 0;
  let sumY = 0;
  for (let row = 0; row < x.length; row++) {
    const [u, v] = [x[row] as number, y[row] as number];
    if (u !== u || v !== v) continue;
    n++;
    sumX += u;
    sumY += v;
  }
  const [meanX, meanY] = [sumX / n, sumY / n];
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (let row = 0; row < x.length; row++) {
    const [u, v] = [(x[row] as number) - meanX, (y[row] as number) - meanY];
    if (u !== u || v !== v) continue;
    xx += u * u;
    yy += v * v;
    xy += u * v;
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : 0;
}
