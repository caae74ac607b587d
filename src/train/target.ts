import { fail } from '../base/error.js';
import { type Column, MISSING_BOOLEAN } from '../frame/column.js';
import type { Task } from '../models/estimator.js';
import { countLevels, textsOf } from '../pipeline/read-column.js';

/** The labels of a table as an estimator takes them. */
export interface CodedTarget {
  readonly task: Task;
  /** Class labels as text in coding order, [negative, positive] for binary; empty for regression. */
  readonly classes: readonly string[];
  /** A row: 0/1, class index or number; NaN where the label is missing. */
  readonly values: Float64Array;
  /** Rows without a label, which are left out of training. */
  readonly missing: number;
}

/** Number of outputs classes stand for as `FitContext.classes` counts them. */
export const classCount = (target: CodedTarget): number => (target.task === 'regression' ? 1 : target.classes.length);

/** Most classes of a multiclass problem. */
const MOST_CLASSES = 200;
/** Whole numbers up to this many, counted from 0 or 1 without a gap, are taken for classes. */
const NUMBERED_CLASSES = 20;

/**
 * What kind of problem a target column poses: two values are binary; other text is multiclass; so are whole numbers that count up to
 * 20 classes from 0 or 1 without a gap; any other numbers are a regression.
 * @throws MW_TRAIN_TARGET_MISSING, MW_TRAIN_TARGET_CONSTANT
 */
export function inferTask(column: Column): Task {
  const levels = presentLevels(column);
  refuseTrivial(levels);
  if (levels.length === 2) return 'binary';
  const numbers = levels.map(Number);
  if (numbers.some((value, i) => Number.isNaN(value) || (levels[i] as string).trim() === '')) return 'multiclass';
  const low = Math.min(...numbers.slice(0, NUMBERED_CLASSES + 1));
  const counted =
    numbers.length <= NUMBERED_CLASSES &&
    numbers.every(Number.isInteger) &&
    (low === 0 || low === 1) &&
    Math.max(...numbers) === low + numbers.length - 1;
  return counted ? 'multiclass' : 'regression';
}

/** Most different whole numbers that might as well be grades. */
const GRADES = 50;

/** Why numbers were taken for amounts or for classes, where one might think otherwise, and how to have it the other way; else null. */
export function whyTask(column: Column, task: Task): string | null {
  const levels = presentLevels(column);
  const numbers = levels.map(Number);
  if (task === 'binary' || levels.length > GRADES || !numbers.every(Number.isInteger)) return null;
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  return task === 'multiclass'
    ? `the whole numbers ${low} to ${high} are taken for classes; --problem regression takes them for amounts`
    : `the ${levels.length} whole numbers from ${low} to ${high} are taken for amounts; --problem multiclass takes them for classes`;
}

/**
 * Codes a target column. Classes are ordered as numbers when all are numbers, else as text.
 * @param positive the positive class of a binary task as text; null chooses it (see `positiveClass`)
 * @throws MW_TRAIN_TARGET_MISSING, MW_TRAIN_TARGET_CONSTANT, MW_TRAIN_TARGET_CLASSES, MW_TRAIN_TARGET_NOT_NUMERIC,
 *   MW_TRAIN_POSITIVE_UNKNOWN
 */
export function codeTarget(column: Column, task: Task, positive: string | null = null): CodedTarget {
  if (task === 'regression') return codeNumbers(column);
  const levels = presentLevels(column);
  refuseTrivial(levels);
  if (task === 'binary' && levels.length !== 2)
    fail('MW_TRAIN_TARGET_CLASSES', {
      what: `A binary target has two values and this one has ${levels.length}: ${shown(levels)}.`,
      fix: 'Train with --problem multiclass, or regression if they are amounts.',
    });
  if (levels.length > MOST_CLASSES)
    fail('MW_TRAIN_TARGET_CLASSES', {
      what: `The target has ${levels.length} different values; at most ${MOST_CLASSES} can be classes.`,
      fix: 'Merge rare classes, or train with --problem regression if they are amounts.',
    });
  const classes = ordered(levels);
  if (task === 'binary') {
    const chosen = positive ?? positiveClass(column, classes);
    if (!classes.includes(chosen))
      fail('MW_TRAIN_POSITIVE_UNKNOWN', {
        what: `The positive class '${chosen}' does not occur in the target, which holds ${shown(classes)}.`,
      });
    if (classes[0] === chosen) classes.reverse();
  }
  const { codes, dictionary } = textsOf(column);
  const index = dictionary.map((level) => classes.indexOf(level));
  const values = Float64Array.from(codes, (code) => (code < 0 ? Number.NaN : (index[code] as number)));
  return { task, classes, values, missing: countMissing(values) };
}

/** Labels of further rows (a test file), coded by classes that are settled. */
export interface FurtherLabels {
  readonly values: Float64Array;
  /** Labels that are none of the classes, each once; their rows are NaN. */
  readonly unknown: readonly string[];
}

/**
 * Codes labels of other rows like `target`. A label that is no class as it stands is tried without white space around it, without a
 * full stop at its end, and in any case of letters; numbers are compared as numbers.
 * @throws MW_TRAIN_TARGET_NOT_NUMERIC
 */
export function codeFurther(target: Pick<CodedTarget, 'task' | 'classes'>, column: Column): FurtherLabels {
  if (target.task === 'regression')
    return {
      values: column.kind === 'string' ? numbersInText(column) : Float64Array.from(column.values, finiteOrMissing(column)),
      unknown: [],
    };
  const known = new Map<string, number>();
  for (const form of FORMS)
    target.classes.forEach((label, index) => {
      if (!known.has(form(label))) known.set(form(label), index);
    });
  const { codes, dictionary } = textsOf(column);
  const unknown: string[] = [];
  const rows = countLevels({ codes, dictionary });
  const table = dictionary.map((label, code) => {
    for (const form of FORMS) {
      const index = known.get(form(label));
      if (index !== undefined) return index;
    }
    if ((rows[code] as number) > 0) unknown.push(label);
    return Number.NaN;
  });
  return { values: Float64Array.from(codes, (code) => (code < 0 ? Number.NaN : (table[code] as number))), unknown };
}

const bare = (label: string): string => label.trim().replace(/\.$/, '').toLowerCase();
const FORMS: readonly ((label: string) => string)[] = [
  (label) => label,
  bare,
  (label) => (bare(label) !== '' && Number.isFinite(Number(bare(label))) ? String(Number(bare(label))) : bare(label)),
];

function codeNumbers(column: Column): CodedTarget {
  const values = column.kind === 'string' ? numbersInText(column) : Float64Array.from(column.values, finiteOrMissing(column));
  const missing = countMissing(values);
  if (missing === values.length) fail('MW_TRAIN_TARGET_MISSING', { what: 'The target holds no number at all.' });
  const first = values.find((value) => value === value) as number;
  if (values.every((value) => value !== value || value === first)) refuseTrivial([String(first)]);
  return { task: 'regression', classes: [], values, missing };
}

const finiteOrMissing =
  (column: Column) =>
  (value: number): number =>
    !Number.isFinite(value) || (column.kind === 'boolean' && value === MISSING_BOOLEAN) ? Number.NaN : value;

function numbersInText(column: Column): Float64Array {
  const { codes, dictionary } = textsOf(column);
  const numbers = dictionary.map((text) => (text.trim() === '' ? Number.NaN : Number(text)));
  const bad = dictionary.filter((text, code) => text.trim() !== '' && !Number.isFinite(numbers[code]));
  if (bad.length > 0) fail('MW_TRAIN_TARGET_NOT_NUMERIC', { what: `The target holds ${shown(bad)}, not numbers alone.` });
  return Float64Array.from(codes, (code) => (code < 0 ? Number.NaN : (numbers[code] as number)));
}

const YES = new Set([
  'true',
  'yes',
  'y',
  't',
  '1',
  'pos',
  'positive',
  'good',
  'spam',
  'fraud',
  'churned',
  'won',
  'pass',
  'success',
]);
const NO = new Set([
  'false',
  'no',
  'n',
  'f',
  '0',
  'neg',
  'negative',
  'bad',
  'ham',
  'legit',
  'stayed',
  'lost',
  'fail',
  'failure',
  '-1',
]);

/**
 * The class that a probability should speak of: the larger of two numbers; the one that reads like a yes, or that is not the one that
 * reads like a no; the one that begins with '>'; else the rarer one, ties by text.
 */
function positiveClass(column: Column, classes: readonly string[]): string {
  const [a, b] = classes as [string, string];
  const plain = classes.map((label) => label.trim().toLowerCase());
  if (plain.every((label) => label !== '' && Number.isFinite(Number(label)))) return Number(a) > Number(b) ? a : b;
  for (const [i, label] of plain.entries()) if (YES.has(label) && !YES.has(plain[1 - i] as string)) return classes[i] as string;
  for (const [i, label] of plain.entries())
    if (NO.has(label) && !NO.has(plain[1 - i] as string)) return classes[1 - i] as string;
  for (const [i, label] of plain.entries())
    if (label.startsWith('>') && !plain[1 - i]?.startsWith('>')) return classes[i] as string;
  const texts = textsOf(column);
  const counts = countLevels(texts);
  const rows = (label: string) => counts[texts.dictionary.indexOf(label)] as number;
  return rows(a) < rows(b) ? a : b;
}

function presentLevels(column: Column): string[] {
  const texts = textsOf(column);
  const counts = countLevels(texts);
  return texts.dictionary.filter((_, code) => (counts[code] as number) > 0);
}

function refuseTrivial(levels: readonly string[]): void {
  if (levels.length === 0) fail('MW_TRAIN_TARGET_MISSING', { what: 'The target holds no value at all.' });
  if (levels.length === 1)
    fail('MW_TRAIN_TARGET_CONSTANT', { what: `The target is '${levels[0]}' in every row that has one.` });
}

function ordered(levels: readonly string[]): string[] {
  const numeric = levels.every((level) => level.trim() !== '' && Number.isFinite(Number(level)));
  return [...levels].sort((a, b) => (numeric ? Number(a) - Number(b) : 0) || (a < b ? -1 : 1));
}

function shown(levels: readonly string[]): string {
  const some = levels.slice(0, 5).map((level) => `'${level}'`);
  return `${some.join(', ')}${levels.length > 5 ? ` and ${levels.length - 5} more` : ''}`;
}

function countMissing(values: Float64Array): number {
  let missing = 0;
  for (const value of values) if (value !== value) missing += 1;
  return missing;
}
