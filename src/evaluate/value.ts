import type { ValuePlan } from '../define/plan.js';
import { totalPayOff } from '../stats/pay-off.js';

/** Mean pay-off a row by threshold, in steps of a hundredth. */
export function valueByThreshold(
  value: ValuePlan,
  target: Float64Array,
  probability: Float64Array,
): { readonly threshold: number; readonly perRow: number; readonly share: number }[] {
  const positives = new Float64Array(101);
  const negatives = new Float64Array(101);
  for (let i = 0; i < target.length; i++) {
    const bin = Math.min(100, Math.floor(probability[i] * 100));
    const counts = target[i] === 1 ? positives : negatives;
    counts[bin]++;
  }
  const allPositives = positives.reduce((sum, count) => sum + count, 0);
  let tp = 0;
  let fp = 0;
  const points = [];
  for (let bin = 100; bin >= 0; bin--) {
    tp += positives[bin];
    fp += negatives[bin];
    const perRow = totalPayOff(value, target.length, allPositives, tp + fp, tp) / target.length;
    points.push({ threshold: bin / 100, perRow, share: (tp + fp) / target.length });
  }
  return points.toReversed();
}
