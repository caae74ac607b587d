import { type Column, columnLength } from '../frame/column.js';
import { countLevels, numbersOf, textsOf } from '../pipeline/read-column.js';
import type { CodedTarget } from '../train/target.js';

/** Fewest rows from which a conclusion about a column is drawn. */
const ENOUGH = 50;
/** Share of distinct values from which text counts as identifying. */
const DISTINCT = 0.95;
/** Rows from which one column that parts the classes perfectly is too good to be true, unless it has so few values. */
const MANY = 1000;
const FEW_VALUES = 10;
const IDENTIFIER_NAME =
  /(^|[_\s-])(id|uuid|guid|key|no|nr|index|row)$|^(id|uuid|guid|index|row_?number|unnamed:? ?\d*)([_\s-]|$)|[a-z]I[dD]$/;

/** Why a column says nothing that a model could use on new rows, as the end of a sentence; null when it may. */
export function reasonToLeaveOut(name: string, column: Column, target: CodedTarget): string | null {
  const texts = column.kind === 'string' || column.kind === 'boolean' ? textsOf(column) : null;
  const values = texts ? null : numbersOf(column);
  const present = texts ? countLevels(texts).reduce((sum, rows) => sum + rows, 0) : countPresent(values as Float64Array);
  if (present === 0) return 'it is empty';
  const distinct = texts
    ? countLevels(texts).filter((rows) => rows > 0).length
    : new Set(values).size - (present < columnLength(column) ? 1 : 0);
  if (distinct === 1 && present === columnLength(column)) return 'it has the same value in every row';
  if (texts && column.kind === 'string' && present >= ENOUGH && distinct >= DISTINCT * present && !wordy(texts.dictionary))
    return `it looks like an identifier (${distinct} different values in ${present} rows)`;
  if (values && looksNumbered(name, values, present, distinct)) return 'it looks like an identifier or row number';
  const leak = texts ? levelLeak(texts, distinct, target) : numberLeak(values as Float64Array, distinct, target);
  return leak ? `it gives the target away (${leak})` : null;
}

/** Pairs of numeric columns whose sum is a regression's target in every row: they are its parts, not its causes. */
export function partsOfTarget(columns: Readonly<Record<string, Column>>, target: CodedTarget): readonly [string, string][] {
  if (target.task !== 'regression') return [];
  const numeric = Object.entries(columns).flatMap(([name, column]) =>
    column.kind === 'number' ? [[name, column.values] as const] : [],
  );
  const pairs: [string, string][] = [];
  for (let i = 0; i < numeric.length; i++)
    for (let j = i + 1; j < numeric.length; j++) {
      const [a, b] = [numeric[i] as (typeof numeric)[0], numeric[j] as (typeof numeric)[0]];
      if (sumIsTarget(a[1], b[1], target.values)) pairs.push([a[0], b[0]]);
    }
  return pairs;
}

/** More than one word in most values: names and addresses, which are text rather than identifiers. */
export function wordy(dictionary: readonly string[]): boolean {
  const sample = dictionary.slice(0, 200);
  return sample.filter((text) => /\S\s+\S/.test(text)).length > sample.length / 2;
}

function countPresent(values: Float64Array): number {
  let present = 0;
  for (const value of values) if (value === value) present += 1;
  return present;
}

/** Whole numbers, no two alike, that rise row by row, fill their range, or are called an identifier. */
function looksNumbered(name: string, values: Float64Array, present: number, distinct: number): boolean {
  if (present < ENOUGH || distinct < present * (IDENTIFIER_NAME.test(name) ? DISTINCT : 1)) return false;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value !== value) continue;
    if (!Number.isInteger(value)) return false;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return IDENTIFIER_NAME.test(name) || high - low < 1.5 * present;
}

/** Every level has one class only, and there are hardly more levels than classes: the column is the target under other names. */
function levelLeak(texts: ReturnType<typeof textsOf>, distinct: number, target: CodedTarget): string | null {
  if (target.task === 'regression' || distinct > 2 * target.classes.length || distinct < target.classes.length) return null;
  const classOf = new Int32Array(texts.dictionary.length).fill(-1);
  let rows = 0;
  for (let i = 0; i < texts.codes.length; i++) {
    const label = target.values[i] as number;
    const code = texts.codes[i] as number;
    if (label !== label) continue;
    if (code < 0) return null;
    if (classOf[code] === -1) classOf[code] = label;
    else if (classOf[code] !== label) return null;
    rows += 1;
  }
  return rows >= ENOUGH ? 'each of its values occurs with one class only' : null;
}

function numberLeak(values: Float64Array, distinct: number, target: CodedTarget): string | null {
  if (target.task === 'multiclass') return null;
  return target.task === 'regression' ? linearLeak(values, target.values) : separationLeak(values, distinct, target.values);
}

/** The target is the column, up to a factor and an offset. */
function linearLeak(values: Float64Array, target: Float64Array): string | null {
  let n = 0;
  let [mx, my, xx, yy, xy] = [0, 0, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const [x, y] = [values[i] as number, target[i] as number];
    if (y !== y) continue;
    if (x !== x) return null;
    n += 1;
    const dx = x - mx;
    const dy = y - my;
    mx += dx / n;
    my += dy / n;
    xx += dx * (x - mx);
    yy += dy * (y - my);
    xy += dx * (y - my);
  }
  if (n < ENOUGH || xx === 0 || yy === 0) return null;
  const correlation = xy / Math.sqrt(xx * yy);
  return Math.abs(correlation) > 0.99999 ? `correlation ${correlation.toFixed(6)}` : null;
}

/**
 * One threshold on the column parts the classes without an error. A measurement may do so by luck on few rows, so it takes many, or a
 * column of few values.
 */
function separationLeak(values: Float64Array, distinct: number, target: Float64Array): string | null {
  if (distinct > FEW_VALUES && values.length < MANY) return null;
  const range = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] as [
    number,
    number,
    number,
    number,
  ];
  let n = 0;
  for (let i = 0; i < values.length; i++) {
    const [x, y] = [values[i] as number, target[i] as number];
    if (y !== y) continue;
    if (x !== x) return null;
    n += 1;
    range[2 * y] = Math.min(range[2 * y] as number, x);
    range[2 * y + 1] = Math.max(range[2 * y + 1] as number, x);
  }
  const apart = range[1] < range[2] || range[3] < range[0];
  return n >= ENOUGH && apart ? 'one threshold on it parts the classes without an error' : null;
}

function sumIsTarget(a: Float64Array, b: Float64Array, target: Float64Array): boolean {
  let rows = 0;
  let bothVary = 0;
  for (let i = 0; i < target.length; i++) {
    const y = target[i] as number;
    if (y !== y) continue;
    const [x, z] = [a[i] as number, b[i] as number];
    if (Math.abs(x + z - y) > 1e-9 * Math.abs(y) || x !== x || z !== z) return false;
    if (x !== 0 && z !== 0) bothVary += 1;
    rows += 1;
  }
  return rows >= ENOUGH && bothVary > rows / 10;
}
