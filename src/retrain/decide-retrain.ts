import { formatDuration } from '../base/duration.js';
import type { RetrainPlan } from '../define/plan.js';

/** What the decision reads of a judged signal. */
export interface JudgedSignal {
  readonly name: string;
  readonly state: 'quiet' | 'fired' | 'insufficient';
  readonly sentence: string;
}

export interface RetrainDecision {
  readonly retrain: boolean;
  /** The reason with its figures, for the audit log. */
  readonly because: string;
}

/** Whether to train a challenger now: a named signal has fired and the last training is long enough ago. */
export function decideRetrain(
  plan: RetrainPlan | null,
  signals: readonly JudgedSignal[],
  lastRetrain: number | null,
  now: number,
): RetrainDecision {
  if (plan === null) return { retrain: false, because: 'The definition names no triggers.' };
  const named = signals.filter(({ name }) => plan.on.includes(name));
  const fired = named.filter(({ state }) => state === 'fired');
  if (fired.length === 0) {
    const unknown = named.filter(({ state }) => state === 'insufficient').map(({ name }) => name);
    const rest = unknown.length > 0 ? ` (insufficient data: ${unknown.join(', ')})` : '';
    return { retrain: false, because: `No trigger has fired${rest}.` };
  }
  const reasons = fired.map(({ name, sentence }) => `${name}: ${sentence}`).join(' ');
  if (lastRetrain !== null && now - lastRetrain < plan.atMostEvery) {
    const ago = formatDuration(Math.floor((now - lastRetrain) / 60_000) * 60_000);
    const because = `${reasons} But the last retraining was ${ago} ago, and ${formatDuration(plan.atMostEvery)} must lie between two.`;
    return { retrain: false, because };
  }
  return { retrain: true, because: reasons };
}
