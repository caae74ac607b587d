import type { Estimate } from './estimate.js';
import type { MetricInput } from './metric.js';
import { confusionCounts } from './rows.js';

/** True positives, false positives and false negatives of a class against the rest. */
export type ClassCounts = readonly [tp: number, fp: number, fn: number];

export interface ClassMeasure {
  readonly of: (...counts: ClassCounts) => number;
  /** How the measure changes with each count. */
  readonly gradient: (...counts: ClassCounts) => ClassCounts;
  /** Which counts of mistakes the measure looks at: the half row that smooths them is theirs. */
  readonly mistakes: { readonly fp: boolean; readonly fn: boolean };
}

/** A measure of class 1 in a binary problem, else the mean over the classes that occur. */
export function perClass(input: MetricInput, { of }: ClassMeasure): number {
  const { classes } = countedClasses(input);
  return classes.length === 0 ? Number.NaN : classes.reduce((sum, { counts }) => sum + of(...counts), 0) / classes.length;
}

/**
 * The measure as an estimate: half a row is added to what was decided right and to the mistakes (Haldane, 1956), so that few rows that
 * are all right or all wrong do not look certain, and each row counts with what it does to every class it is in (delta method).
 */
export function perClassEstimate(input: MetricInput, { of, gradient, mistakes }: ClassMeasure): Estimate {
  const { all, matrix, classes } = countedClasses(input);
  const half = mistakes.fp && mistakes.fn ? 0.25 : 0.5;
  const added: ClassCounts = [0.5, mistakes.fp ? half : 0, mistakes.fn ? half : 0];
  const influence = new Float64Array(matrix.length);
  let value = 0;
  let variance = 0;
  for (const { k, counts } of classes) {
    const smooth = counts.map((count, i) => count + added[i]) as unknown as ClassCounts;
    const [right, called, missed] = gradient(...smooth).map((slope) => slope / classes.length);
    value += of(...smooth) / classes.length;
    variance += added[0] * right ** 2 + added[1] * called ** 2 + added[2] * missed ** 2;
    influence[k * all + k] += right;
    for (let other = 0; other < all; other++) {
      if (other === k) continue;
      influence[other * all + k] += called;
      influence[k * all + other] += missed;
    }
  }
  matrix.forEach((count, cell) => {
    variance += count * influence[cell] ** 2;
  });
  return { value, error: Math.sqrt(variance) };
}

/** The classes that a measure is the mean of, with their counts; `matrix` as `confusionCounts` gives it over `all` classes. */
function countedClasses(input: MetricInput): {
  readonly all: number;
  readonly matrix: Float64Array;
  readonly classes: readonly { readonly k: number; readonly counts: ClassCounts }[];
} {
  const { classes: all, counts: matrix } = confusionCounts(input);
  const ofClass = (k: number) => {
    let fp = 0;
    let fn = 0;
    for (let other = 0; other < all; other++) {
      if (other === k) continue;
      fp += matrix[other * all + k];
      fn += matrix[k * all + other];
    }
    return { k, counts: [matrix[k * all + k], fp, fn] as const };
  };
  if (input.target.length === 0) return { all, matrix, classes: [] };
  const each = input.task === 'binary' ? [ofClass(1)] : Array.from({ length: all }, (_, k) => ofClass(k));
  return { all, matrix, classes: each.filter(({ counts: [tp, , fn] }) => input.task === 'binary' || tp + fn > 0) };
}
