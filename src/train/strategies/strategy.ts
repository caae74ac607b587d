import type { CandidatePlan } from '../../define/plan.js';
import type { Proposal, Trial } from '../trial.js';

/** What a strategy knows when it proposes a trial. */
export interface Situation {
  readonly candidates: readonly CandidatePlan[];
  /** All proposals before, in order; the first are the candidates' defaults. */
  readonly proposed: readonly Proposal[];
  /** The outcomes that count for this proposal: those of the first of `proposed`. */
  readonly trials: readonly Trial[];
  /** Whether a score is better than another. */
  readonly better: (score: number, than: number) => boolean;
  /** Whether the same trial was proposed before. */
  readonly isTried: (proposal: Proposal) => boolean;
  readonly seed: number;
}

/**
 * A way to choose the next trial. Proposals depend on the situation alone, stay in their spaces and never come twice.
 * @returns null when there is nothing left to try
 */
export type Strategy = (situation: Situation, options: Readonly<Record<string, number>>) => Proposal | null;

/** Trials with a score, the best first, of equals the first. */
export function ranked({
  trials,
  better,
}: Pick<Situation, 'trials' | 'better'>): readonly (Trial & { readonly score: number })[] {
  return trials
    .filter((trial): trial is Trial & { readonly score: number } => trial.score !== null)
    .toSorted((a, b) => (better(a.score, b.score) ? -1 : better(b.score, a.score) ? 1 : a.number - b.number));
}
