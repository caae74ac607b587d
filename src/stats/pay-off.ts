/** Pay-off of each outcome of a binary decision, in the owner's currency. */
export interface PayOffs {
  readonly truePositive: number;
  readonly falsePositive: number;
  readonly falseNegative: number;
  readonly trueNegative: number;
}

/** What one decision is worth once the truth (1 is the positive class) is known. */
export function payOff(value: PayOffs, truth: number, decided: boolean): number {
  if (decided) return truth === 1 ? value.truePositive : value.falsePositive;
  return truth === 1 ? value.falseNegative : value.trueNegative;
}

/** What deciding `decided` of `rows` positive is worth in all when `hits` of them are among the `positives`. */
export function totalPayOff(value: PayOffs, rows: number, positives: number, decided: number, hits: number): number {
  return (
    hits * value.truePositive +
    (decided - hits) * value.falsePositive +
    (positives - hits) * value.falseNegative +
    (rows - decided - positives + hits) * value.trueNegative
  );
}

/** Mean pay-off a row when acting from a threshold on; NaN of no rows. */
export function meanPayOff(value: PayOffs, target: Float64Array, probability: Float64Array, threshold: number): number {
  let positives = 0;
  let decided = 0;
  let hits = 0;
  for (let i = 0; i < target.length; i++) {
    const positive = target[i] === 1;
    if (positive) positives++;
    if (probability[i] < threshold) continue;
    decided++;
    if (positive) hits++;
  }
  return totalPayOff(value, target.length, positives, decided, hits) / target.length;
}
