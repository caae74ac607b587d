/** Pay-off of each outcome of a binary decision; `capacity` is the largest share of rows that may be decided positive. */
export interface DecisionValue {
  readonly truePositive: number;
  readonly falsePositive: number;
  readonly falseNegative: number;
  readonly trueNegative: number;
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
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort(
    (a, b) => (probability[b] as number) - (probability[a] as number) || a - b,
  );
  let positives = 0;
  for (let i = 0; i < n; i++) positives += target[i] as number;
  const score = scorer(rule, positives, n);
  const most = rule.by === 'value' && rule.value.capacity !== null ? Math.floor(rule.value.capacity * n + 1e-9) : n;
  // A cut after `count` rows: NaN where equal probabilities cannot be told apart.
  const scores = new Float64Array(most + 1).fill(Number.NaN);
  let hits = 0;
  let best = 0;
  for (let count = 0; count <= most; count++) {
    if (count > 0) hits += target[order[count - 1] as number] as number;
    if (count > 0 && count < n && probability[order[count - 1] as number] === probability[order[count] as number]) continue;
    const figure = score(hits, count);
    scores[count] = figure;
    if (figure > (scores[best] as number)) best = count;
  }
  const thresholdAt = (count: number): number => {
    const above = count > 0 ? (probability[order[count - 1] as number] as number) : 1;
    const below = count < n ? (probability[order[count] as number] as number) : 0;
    return thresholdBetween(above, below, count, n);
  };
  let chosen = best;
  if (rule.by === 'f1') {
    const floor = (scores[best] as number) * (1 - PLATEAU);
    for (let count = 0; count <= most; count++)
      if ((scores[count] as number) >= floor && Math.abs(thresholdAt(count) - 0.5) < Math.abs(thresholdAt(chosen) - 0.5))
        chosen = count;
  }
  return { threshold: thresholdAt(chosen), score: scores[chosen] as number, share: chosen / n };
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
  const { truePositive, falsePositive, falseNegative, trueNegative } = rule.value;
  return (hits, count) =>
    (hits * truePositive +
      (count - hits) * falsePositive +
      (positives - hits) * falseNegative +
      (n - count - positives + hits) * trueNegative) /
    n;
}
