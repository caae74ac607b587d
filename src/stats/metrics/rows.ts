import { sortNumbers } from '../sort-numbers.js';
import type { MetricInput } from './metric.js';

/**
 * Whether every row has a truth and predictions that are numbers; figures of rows that have not are not defined.
 * @throws TypeError when the sizes do not fit together, or a class is none of the problem's: a bug of the caller
 */
export function soundRows({ task, outputs, predictions, target }: MetricInput): boolean {
  const rows = target.length;
  if (rows === 0 && predictions.length === 0) return true;
  if (predictions.length !== rows * outputs || (task !== 'multiclass' && outputs !== 1))
    throw new TypeError(`${predictions.length} predictions are not ${rows} rows of ${outputs} outputs of a ${task} problem.`);
  let sum = 0;
  for (let i = 0; i < predictions.length; i++) sum += Number.isNaN(predictions[i]) ? 1 : 0;
  const classes = task === 'binary' ? 2 : outputs;
  for (let i = 0; i < rows; i++) {
    const truth = target[i];
    if (Number.isNaN(truth)) sum++;
    else if (task !== 'regression' && !(truth >= 0 && truth < classes && Number.isInteger(truth)))
      throw new TypeError(`Row ${i} is of class ${truth}, and there are ${classes}.`);
  }
  return sum === 0;
}

/** Rows of the rarer class of a binary problem, else all rows. */
export function rarerRows({ task, target }: MetricInput): number {
  if (task !== 'binary') return target.length;
  let positives = 0;
  for (let i = 0; i < target.length; i++) if (target[i] === 1) positives++;
  return Math.min(positives, target.length - positives);
}

/** Decided classes instead of probabilities, for figures that look at decisions only, whatever threshold decided. */
export function asDecided(input: Omit<MetricInput, 'threshold'>, decided: Int32Array): MetricInput {
  return { ...input, predictions: Float64Array.from(decided), threshold: 0.5 };
}

/** Rows of predictions that are taken again and again into the same memory: what `take` gives is overwritten by the next. */
export class RowSample {
  readonly #from: MetricInput;
  readonly #taken: MetricInput;

  constructor(from: MetricInput, size: number) {
    this.#from = from;
    this.#taken = { ...from, target: new Float64Array(size), predictions: new Float64Array(size * from.outputs) };
  }

  take(rows: Int32Array | Uint32Array): MetricInput {
    const { outputs, predictions, target } = this.#from;
    const taken = this.#taken;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i];
      taken.target[i] = target[row];
      for (let c = 0; c < outputs; c++) taken.predictions[i * outputs + c] = predictions[row * outputs + c];
    }
    return taken;
  }
}

/** The decided class of each row: by threshold (binary) or the most probable one, the first of equals. */
export function decisions({ task, outputs, predictions, target, threshold }: MetricInput): Int32Array {
  const decided = new Int32Array(target.length);
  for (let i = 0; i < decided.length; i++) {
    if (task === 'binary') {
      decided[i] = predictions[i] >= threshold ? 1 : 0;
      continue;
    }
    let best = 0;
    for (let c = 1; c < outputs; c++) if (predictions[i * outputs + c] > predictions[i * outputs + best]) best = c;
    decided[i] = best;
  }
  return decided;
}

/** Rows by true class and decided class: `counts[truth * classes + decided]`. */
export function confusionCounts(input: MetricInput): { readonly classes: number; readonly counts: Float64Array } {
  const classes = input.task === 'binary' ? 2 : input.outputs;
  const counts = new Float64Array(classes * classes);
  const decided = decisions(input);
  for (let i = 0; i < decided.length; i++) {
    const cell = input.target[i] * classes + decided[i];
    counts[cell] = counts[cell] + 1;
  }
  return { classes, counts };
}

/** Scores of the rows of one class and of all others, each sorted. `output` is the column of predictions that speaks of the class. */
export function sortedScores(
  { outputs, predictions, target }: MetricInput,
  output: number,
  positive: number,
): { readonly positives: Float64Array; readonly negatives: Float64Array } {
  let count = 0;
  for (let i = 0; i < target.length; i++) if (target[i] === positive) count++;
  const positives = new Float64Array(count);
  const negatives = new Float64Array(target.length - count);
  for (let i = 0, p = 0, n = 0; i < target.length; i++) {
    const score = predictions[i * outputs + output];
    if (target[i] === positive) positives[p++] = score;
    else negatives[n++] = score;
  }
  return { positives: sortNumbers(positives), negatives: sortNumbers(negatives) };
}
