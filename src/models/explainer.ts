import { fail } from '../base/error.js';

/** What the margin is: the scale on which contributions add up. A 'share' is a probability before it is cut to 0..1 and to a sum of one, a 'log-value' the logarithm of the prediction, a 'score' what an imported model sums before a link that is none of these. */
export type MarginUnit = 'log-odds' | 'share' | 'value' | 'log-value' | 'score';

/**
 * Shapley values of a model's inputs for one row at a time, on the margin scale (before the logistic function, softmax or clipping):
 * `base[k]` plus the contributions to output k is the margin of output k. Holds the buffers that a row needs; calls must not overlap.
 */
export interface RowExplainer {
  readonly unit: MarginUnit;
  /** Margin of each output when nothing is known of the row. */
  readonly base: Float64Array;
  /**
   * Writes the contributions of a row (one value an input) to `contributions`, outputs x inputs, row-major, and the margin of each
   * output to `margins`.
   * @throws MW_MODEL_EXPLAIN when the contributions do not add up
   */
  explainRow(row: Float64Array, contributions: Float64Array, margins: Float64Array): void;
  /**
   * Writes the interaction values of a row to `interactions`, outputs x inputs x inputs: half of what two inputs do together beside what
   * each does alone, symmetric; the diagonal is what remains to an input alone, so that a row of the matrix adds up to its contribution.
   * `contributions` are those of the row.
   */
  interactRow(row: Float64Array, contributions: Float64Array, interactions: Float64Array): void;
}

/** Largest difference between a margin and its parts, relative to the size of the parts. */
const TOLERANCE = 1e-9;

/** @throws MW_MODEL_EXPLAIN unless base and contributions add up to the margin, for every output */
export function checkAdditive(
  estimator: string,
  base: Float64Array,
  contributions: Float64Array,
  margins: Float64Array,
  inputs: number,
): void {
  for (let k = 0; k < base.length; k++) {
    let sum = base[k];
    let size = Math.max(1, Math.abs(base[k]), Math.abs(margins[k]));
    for (let j = 0, at = k * inputs; j < inputs; j++, at++) {
      sum += contributions[at];
      size += Math.abs(contributions[at]);
    }
    if (!(Math.abs(sum - margins[k]) <= TOLERANCE * size))
      fail('MW_MODEL_EXPLAIN', {
        what: `The contributions to output ${k} add up to ${sum}, and the margin is ${margins[k]}.`,
        where: { estimator, output: k },
      });
  }
}

/** Sets the diagonal so that each input's values add up to its contribution. */
export function fillDiagonal(contributions: Float64Array, interactions: Float64Array, inputs: number): void {
  for (let at = 0; at < contributions.length; at++) {
    let others = 0;
    for (let j = 0; j < inputs; j++) if (j !== at % inputs) others += interactions[at * inputs + j];
    interactions[at * inputs + (at % inputs)] = contributions[at] - others;
  }
}
