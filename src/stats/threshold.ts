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
  const cuts: ChosenThreshold[] = [];
  let hits = 0;
  for (let count = 0; count <= most; count++) {
    const above = count > 0 ? (probability[order[count - 1] as number] as number) : 1;
    const below = count < n ? (probability[order[count] as number] as number) : 0;
    if (count > 0) hits += target[order[count - 1] as number] as number;
    // Equal probabilities cannot be told apart.
    if (count > 0 && count < n && above === below) continue;
    cuts.push({ threshold: thresholdBetween(above, below, count, n), score: score(hits, count), share: count / n });
  }
  let best = cuts[0] as ChosenThreshold;
  for (const cut of cuts) if (cut.score > best.score) best = cut;
  if (rule.by === 'value') return best;
  const floor = best.score * (1 - PLATEAU);
  for (const cut of cuts) if (cut.score >= floor && Math.abs(cut.threshold - 0.5) < Math.abs(best.threshold - 0.5)) best = cut;
  return best;
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
