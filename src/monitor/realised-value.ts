import type { ValuePlan } from '../define/plan.js';
import { payOff } from '../stats/pay-off.js';
import type { LabelledScores } from './outcome-metrics.js';

/** Sum of the pay-offs of labelled binary decisions, in the owner's currency. */
export function realisedValue(value: ValuePlan, { rows, decided, labels }: LabelledScores): number {
  let total = 0;
  for (let i = 0; i < rows; i++) total += payOff(value, labels[i], decided[i] === 1);
  return total;
}
