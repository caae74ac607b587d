import { fail } from '../base/error.js';
import { type Random, random, shuffle } from '../base/random.js';
import type { SplitPlan } from '../define/plan.js';
import type { CodedTarget } from './target.js';

/** Row indexes, rising. A trial trains on `train` and is scored on `validation`. */
export interface Fold {
  readonly train: Int32Array;
  readonly validation: Int32Array;
}

export interface RowSplit {
  /** One for a time or random split, k for folds. */
  readonly folds: readonly Fold[];
  /** All rows that the final model may learn from: training and validation rows together. */
  readonly fit: Int32Array;
  /** Rows kept for the last judgement; may be empty when the plan asks for none. */
  readonly test: Int32Array;
  /** Rows in no part: without a label, without a time, outside the bounds or in a gap. */
  readonly leftOut: number;
}

/** Fewest labelled rows that can be parted at all. */
export const FEWEST_ROWS = 10;

/**
 * Parts the labelled rows by a plan. Random parts are stratified by class, seeded. By time, rows within `gap` before a bound are left
 * out of the part before it; folds by time grow: each trains on everything before its validation block, and the test share is the
 * latest rows, because a random one would look into the future.
 * @param time epoch milliseconds a row, for splits by time; null when there is no such column
 * @throws MW_TRAIN_TOO_FEW_ROWS, MW_TRAIN_PART_EMPTY, MW_TRAIN_CLASS_MISSING, MW_TRAIN_TIME_MISSING
 */
export function splitRows(plan: SplitPlan, target: CodedTarget, time: Float64Array | null, seed: number): RowSplit {
  const labelled = rowsWhere(target.values.length, (row) => !Number.isNaN(target.values[row]));
  if (labelled.length < FEWEST_ROWS)
    fail('MW_TRAIN_TOO_FEW_ROWS', {
      what: `${labelled.length} rows have a label; at least ${FEWEST_ROWS} are needed to train, choose and test.`,
    });
  const source = random(seed).fork('split');
  const parts = partsOf(plan, target, labelled, time, source);
  check(parts, target, plan);
  const used = parts.fit.length + parts.test.length;
  return { ...parts, leftOut: target.values.length - used };
}

type Parts = Omit<RowSplit, 'leftOut'>;

function partsOf(plan: SplitPlan, target: CodedTarget, labelled: Int32Array, time: Float64Array | null, source: Random): Parts {
  switch (plan.kind) {
    case 'timeSplit': {
      const at = timeOf(time, plan.column);
      const between = (from: number, to: number) =>
        labelled.filter((row) => (at[row] as number) >= from && (at[row] as number) < to);
      const train = between(plan.from, plan.validationFrom - plan.gap);
      const validation = between(plan.validationFrom, plan.testFrom - plan.gap);
      const test = between(plan.testFrom, plan.to);
      return { folds: [{ train, validation }], fit: joined(train, validation), test };
    }
    case 'randomSplit': {
      const { parts } = stratified(labelled, target, [plan.test, plan.validation], source);
      const [test, validation, train] = parts as [Int32Array, Int32Array, Int32Array];
      return { folds: [{ train, validation }], fit: joined(train, validation), test };
    }
    case 'foldSplit':
      return plan.column === null
        ? shuffledFolds(plan.folds, plan.test, labelled, target, source)
        : timeFolds(plan.folds, plan.test, plan.gap, labelled, timeOf(time, plan.column));
  }
}

function shuffledFolds(k: number, testShare: number, labelled: Int32Array, target: CodedTarget, source: Random): Parts {
  const { parts } = stratified(labelled, target, [testShare], source);
  const [test, fit] = parts as [Int32Array, Int32Array];
  const foldOf = new Int32Array(target.values.length).fill(-1);
  // Dealing goes on from class to class, so that fold sizes differ by one at most.
  let next = 0;
  for (const rows of strata(fit, target, source.fork('folds'))) {
    // The one row of a stray class is learnt from in every fold, or the fold that it is dealt to would not know its class.
    if (target.task === 'multiclass' && rows.length === 1) continue;
    for (const row of rows) {
      foldOf[row] = next % k;
      next += 1;
    }
  }
  const folds = Array.from({ length: k }, (_, fold) => ({
    train: fit.filter((row) => foldOf[row] !== fold),
    validation: fit.filter((row) => foldOf[row] === fold),
  }));
  return { folds, fit, test };
}

function timeFolds(k: number, testShare: number, gap: number, labelled: Int32Array, time: Float64Array): Parts {
  const at = (row: number) => time[row] as number;
  const ordered = labelled.filter((row) => !Number.isNaN(at(row))).sort((a, b) => at(a) - at(b) || a - b);
  /** The place moved back to the first row of its moment, so that one moment is never in two parts. */
  const cut = (rows: Int32Array, place: number) => {
    let start = place;
    while (start > 0 && start < rows.length && at(rows[start]) === at(rows[start - 1])) start -= 1;
    return start;
  };
  /** Rows more than the gap before the row at a place. */
  const before = (rows: Int32Array, place: number) =>
    place < rows.length ? rows.subarray(0, place).filter((row) => at(row) < at(rows[place]) - gap) : rows;
  const testFrom = testShare > 0 ? cut(ordered, Math.round(ordered.length * (1 - testShare))) : ordered.length;
  const fit = before(ordered, testFrom);
  const starts = Array.from({ length: k }, (_, fold) => cut(fit, Math.round((fit.length * (fold + 1)) / (k + 1))));
  const folds = starts.map((start, fold) => ({
    train: before(fit, start).slice().sort(),
    validation: fit.slice(start, starts[fold + 1] ?? fit.length).sort(),
  }));
  return { folds, fit: fit.slice().sort(), test: ordered.slice(testFrom).sort() };
}

/** Parts of the given shares and, last, the rest; each class is spread over them, one row at least where it has enough. */
function stratified(labelled: Int32Array, target: CodedTarget, shares: readonly number[], source: Random) {
  const partOf = new Int32Array(target.values.length).fill(-1);
  for (const rows of strata(labelled, target, source)) {
    let start = 0;
    shares.forEach((share, part) => {
      const wanted = share > 0 ? Math.max(1, Math.round(share * rows.length)) : 0;
      // The rest must keep a row of the class.
      const count = Math.min(wanted, Math.max(0, rows.length - 1 - start));
      for (let i = start; i < start + count; i++) partOf[rows[i] as number] = part;
      start += count;
    });
    for (let i = start; i < rows.length; i++) partOf[rows[i] as number] = shares.length;
  }
  const parts = Array.from({ length: shares.length + 1 }, (_, part) => labelled.filter((row) => partOf[row] === part));
  return { parts };
}

/** The rows of each class, shuffled; all rows as one for a regression. */
function strata(rows: Int32Array, target: CodedTarget, source: Random): Int32Array[] {
  if (target.task === 'regression') return [shuffle(rows.slice(), source.fork('rows'))];
  return target.classes.map((_, index) =>
    shuffle(
      rows.filter((row) => target.values[row] === index),
      source.fork(index),
    ),
  );
}

function check({ folds, fit, test }: Parts, target: CodedTarget, plan: SplitPlan): void {
  const named = (fold: number, part: string) => (folds.length > 1 ? `${part} of fold ${fold + 1}` : part);
  const parts: { readonly name: string; readonly rows: Int32Array; readonly learns: boolean }[] = [];
  folds.forEach(({ train, validation }, fold) => {
    parts.push({ name: named(fold, 'training'), rows: train, learns: true });
    parts.push({ name: named(fold, 'validation'), rows: validation, learns: false });
  });
  if (plan.kind === 'timeSplit' || plan.test > 0) parts.push({ name: 'test', rows: test, learns: false });
  for (const { name, rows, learns } of parts) {
    if (rows.length === 0)
      fail('MW_TRAIN_PART_EMPTY', {
        what: `The ${name} part would hold no row of the ${fit.length + test.length} that can be used.`,
        where: { part: name },
      });
    if (target.task === 'regression') continue;
    // A rare class of many may be missing where models are only measured; two classes must both be everywhere.
    if (!learns && target.task === 'multiclass') continue;
    const seen = new Uint8Array(target.classes.length);
    for (const row of rows) seen[target.values[row] as number] = 1;
    const lost = seen.indexOf(0);
    if (lost >= 0)
      fail('MW_TRAIN_CLASS_MISSING', {
        what: `The ${name} part has ${rows.length} rows and none of class '${target.classes[lost]}'.`,
        where: { part: name, class: target.classes[lost] },
      });
  }
}

function timeOf(time: Float64Array | null, column: string): Float64Array {
  if (time === null)
    fail('MW_TRAIN_TIME_MISSING', { what: `There is no time column '${column}' to split by.`, where: { column } });
  return time;
}

function rowsWhere(n: number, test: (row: number) => boolean): Int32Array {
  return Int32Array.from({ length: n }, (_, row) => row).filter(test);
}

function joined(a: Int32Array, b: Int32Array): Int32Array {
  const out = new Int32Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out.sort();
}
