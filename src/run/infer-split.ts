import { MillwrightError } from '../base/error.js';
import type { ColumnPlan, SplitPlan } from '../define/plan.js';
import type { Column } from '../frame/column.js';
import type { Frame } from '../frame/frame.js';
import { splitRows } from '../train/split-rows.js';
import type { CodedTarget } from '../train/target.js';

export interface SplitInput {
  readonly table: Frame;
  readonly columns: Readonly<Record<string, ColumnPlan>>;
  readonly target: string;
  readonly coded: CodedTarget;
  /** Share of the rows kept for the test; 0 when there is a test file. */
  readonly testShare: number;
  readonly seed: number;
  /** The column to split by, 'none', or null to find one. */
  readonly time: string | null;
}

export interface InferredSplit {
  readonly split: SplitPlan;
  readonly warnings: readonly string[];
}

/** Tables with fewer rows are chosen on by folds, because one validation part would be too small to tell candidates apart. */
const FOLD_ROWS = 4000;
const FOLDS = 5;
const VALIDATION = 0.2;
/** Different moments from which rows can be parted by them. */
const MOMENTS = 20;
/** Dates of this kind say when someone was born, not when the row happened. */
const NO_EVENT = /birth|born|\bdob\b/i;

/**
 * How the rows are parted: by time where the table has one column of moments that says when its rows happened, because a model that was
 * tested on rows between those it learnt from looks better than it will be; at random otherwise, with a word where there are moments.
 */
export function inferSplit(input: SplitInput): InferredSplit {
  const { columns, target, time } = input;
  const random = randomSplit(input);
  if (time === 'none') return { split: random, warnings: [] };
  if (time !== null) return { split: timeSplit(input, time), warnings: [] };
  const moments = Object.keys(columns).filter((name) => name !== target && columns[name]?.type === 'timestamp');
  if (moments.length === 0) return { split: random, warnings: [] };
  const usable = moments.filter((name) => isEventTime(name, input.table.columns[name] as Column));
  const instead = `Rows are split at random. Say --time COLUMN to split by one, --time none if that is right.`;
  if (usable.length === 0)
    return {
      split: random,
      warnings: [
        `${named(moments)} ${moments.length === 1 ? 'has' : 'have'} gaps or too few moments to split by, or ${moments.length === 1 ? 'is' : 'are'} about birth. ${instead}`,
      ],
    };
  if (usable.length > 1)
    return { split: random, warnings: [`Each of ${named(usable)} may say when rows happened. ${instead}`] };
  const column = usable[0] as string;
  const split = timeSplit(input, column);
  try {
    splitRows(split, input.coded, (input.table.columns[column] as Column & { kind: 'timestamp' }).values, input.seed);
  } catch (problem) {
    if (!(problem instanceof MillwrightError)) throw problem;
    return { split: random, warnings: [`The rows cannot be split by '${column}': ${problem.message} ${instead}`] };
  }
  return {
    split,
    warnings: [`Rows are split by '${column}', the latest to test. Say --time none to split them at random.`],
  };
}

const named = (names: readonly string[]) => names.map((name) => `'${name}'`).join(', ');

/** A moment in every row, and many different ones. */
function isEventTime(name: string, column: Column): boolean {
  if (column.kind !== 'timestamp' || NO_EVENT.test(name)) return false;
  const seen = new Set<number>();
  for (const value of column.values) {
    if (value !== value) return false;
    if (seen.size < MOMENTS) seen.add(value);
  }
  return seen.size >= MOMENTS;
}

function timeSplit({ table, coded, testShare }: SplitInput, column: string): SplitPlan {
  const { values } = table.columns[column] as Column & { kind: 'timestamp' };
  const labelled = values.filter((at, row) => at === at && !Number.isNaN(coded.values[row])).sort();
  const folds: SplitPlan = { kind: 'foldSplit', test: testShare, folds: FOLDS, column, gap: 0 };
  if (labelled.length < FOLD_ROWS || testShare === 0) return folds;
  const at = (share: number) => labelled[Math.round((labelled.length - 1) * share)] as number;
  const bounds = { from: at(0), validationFrom: at(1 - testShare - VALIDATION), testFrom: at(1 - testShare), to: at(1) + 1 };
  const apart = bounds.from < bounds.validationFrom && bounds.validationFrom < bounds.testFrom;
  return apart ? { kind: 'timeSplit', column, ...bounds, gap: 0 } : folds;
}

function randomSplit({ coded, testShare }: SplitInput): SplitPlan {
  const rows = coded.values.length - coded.missing;
  if (rows >= FOLD_ROWS) return { kind: 'randomSplit', test: testShare, validation: VALIDATION };
  // A fold needs a row of each class, after the test has had its share.
  const rarest = coded.task === 'binary' ? Math.min(...classRows(coded)) : rows;
  const folds = Math.max(2, Math.min(FOLDS, Math.floor(rarest * (1 - testShare))));
  return { kind: 'foldSplit', test: testShare, folds, column: null, gap: 0 };
}

/** Rows of each class. */
export function classRows(coded: CodedTarget): Float64Array {
  const rows = new Float64Array(coded.classes.length);
  for (const value of coded.values) if (value === value) rows[value] = (rows[value] as number) + 1;
  return rows;
}
