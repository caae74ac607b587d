import type { ValuePlan } from '../define/plan.js';

/** Pay-off of one row decided so. */
export function payOff(value: ValuePlan, truth: number, decided: boolean): number {
  if (decided) return truth === 1 ? value.truePositive : value.falsePositive;
  return truth === 1 ? value.falseNegative : value.trueNegative;
}

/** Pay-off of every row when acting from a threshold on. */
export function payOffs(value: ValuePlan, target: Float64Array, probability: Float64Array, threshold: number): Float64Array {
  return Float64Array.from(target, (truth, row) => payOff(value, truth, (probability[row] as number) >= threshold));
}

export function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Mean pay-off a row by threshold, in steps of a hundredth. */
export function valueByThreshold(
  value: ValuePlan,
  target: Float64Array,
  probability: Float64Array,
): { readonly threshold: number; readonly perRow: number; readonly share: number }[] {
  const positives = new Float64Array(101);
  const negatives = new Float64Array(101);
  for (let i = 0; i < target.length; i++) {
    const bin = Math.min(100, Math.floor((probability[i] as number) * 100));
    const counts = target[i] === 1 ? positives : negatives;
    counts[bin] = (counts[bin] as number) + 1;
  }
  const allPositives = positives.reduce((sum, count) => sum + count, 0);
  const allNegatives = target.length - allPositives;
  let tp = 0;
  let fp = 0;
  const points = [];
  for (let bin = 100; bin >= 0; bin--) {
    tp += positives[bin] as number;
    fp += negatives[bin] as number;
    const perRow =
      (tp * value.truePositive +
        fp * value.falsePositive +
        (allPositives - tp) * value.falseNegative +
        (allNegatives - fp) * value.trueNegative) /
      target.length;
    points.push({ threshold: bin / 100, perRow, share: (tp + fp) / target.length });
  }
  return points.toReversed();
}
