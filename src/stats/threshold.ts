import { sortedScores } from './metrics/rows.js';
import { type PayOffs, totalPayOff } from './pay-off.js';
import { sortNumbers } from './sort-numbers.js';

/** Pay-offs of a binary decision; `capacity` is the largest share of rows that may be decided positive. */
export interface DecisionValue extends PayOffs {
  readonly capacity: number | null;
}

/** What a threshold is chosen for: the mean pay-off a row, or the F1 of the positive class. */
export type ThresholdRule = { readonly by: 'value'; readonly value: DecisionValue } | { readonly by: 'f1' };

export interface ChosenThreshold {
  /** Rows of at least this probability are decided positive. */
  readonly threshold: number;
  /** Mean pay-off a row, or F1, of deciding so. */
  readonly score: number;
  /** Share of the rows decided positive. */
  readonly share: number;
}

/** F1 scores this close, relatively, are noise: the threshold nearest one half among them is taken. */
const PLATEAU = 0.005;

/**
 * The best threshold on given rows, over all that tell two rows apart: midpoints between neighbouring probabilities, above the largest,
 * and 0. By value, ties go to the fewest positives and a capacity is never exceeded; by F1, to the threshold nearest one half among
 * those within half a percent of the best.
 * @param probability of the positive class, a row
 * @param target 0 or 1, a row
 */
export function chooseThreshold(probability: Float64Array, target: Float64Array, rule: ThresholdRule): ChosenThreshold {
  const n = probability.length;
  if (n === 0) return { threshold: 0.5, score: 0, share: 0 };
  const ranked = sortNumbers(probability.slice());
  const { positives: sure } = sortedScores(
    { task: 'binary', outputs: 1, predictions: probability, target, threshold: 0 },
    0,
    1,
  );
  const positives = sure.length;
  const score = scorer(rule, positives, n);
  const most = rule.by === 'value' && rule.value.capacity !== null ? Math.floor(rule.value.capacity * n + 1e-9) : n;
  // A cut after `count` rows: NaN where equal probabilities cannot be told apart.
  const scores = new Float64Array(most + 1).fill(Number.NaN);
  let hits = 0;
  let best = 0;
  for (let count = 0; count <= most; count++) {
    const last = ranked[n - count];
    if (count > 0 && count < n && last === ranked[n - 1 - count]) continue;
    if (count > 0) while (hits < positives && sure[positives - 1 - hits] >= last) hits++;
    const figure = score(hits, count);
    scores[count] = figure;
    if (figure > scores[best]) best = count;
  }
  const thresholdAt = (count: number): number =>
    thresholdBetween(count > 0 ? ranked[n - count] : 1, count < n ? ranked[n - 1 - count] : 0, count, n);
  let chosen = best;
  if (rule.by === 'f1') {
    const floor = scores[best] * (1 - PLATEAU);
    for (let count = 0; count <= most; count++)
      if (scores[count] >= floor && Math.abs(thresholdAt(count) - 0.5) < Math.abs(thresholdAt(chosen) - 0.5)) chosen = count;
  }
  return { threshold: thresholdAt(chosen), score: scores[chosen], share: chosen / n };
}

function thresholdBetween(above: number, below: number, count: number, n: number): number {
  // Every probability must be below the threshold that decides nothing positive.
  if (count === 0) return below < 1 ? (1 + below) / 2 : 1 + Number.EPSILON;
  if (count === n) return 0;
  const middle = below + (above - below) / 2;
  return middle > below ? middle : above;
}

function scorer(rule: ThresholdRule, positives: number, n: number): (hits: number, count: number) => number {
  if (rule.by === 'f1') return (hits, count) => (count + positives > 0 ? (2 * hits) / (count + positives) : 0);
  const { value } = rule;
  return (hits, count) => totalPayOff(value, n, positives, count, hits) / n;
}
