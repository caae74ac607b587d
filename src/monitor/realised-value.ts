import type { ValuePlan } from '../define/plan.js';
import type { LabelledScores } from './outcome-metrics.js';

/** What a binary decision was worth once the truth is known, in the owner's currency. */
export function payOff(value: ValuePlan, decided: number, label: number): number {
  if (decided === 1) return label === 1 ? value.truePositive : value.falsePositive;
  return label === 1 ? value.falseNegative : value.trueNegative;
}

/** Sum of the pay-offs of labelled decisions. */
export function realisedValue(value: ValuePlan, { rows, decided, labels }: LabelledScores): number {
  let total = 0;
  for (let i = 0; i < rows; i++) total += payOff(value, decided[i] as number, labels[i] as number);
  return total;
}
