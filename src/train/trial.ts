import type { TrialParams } from './search-space.js';

/** A trial to make. */
export interface Proposal {
  /** Place of its candidate in the plan. */
  readonly candidate: number;
  readonly estimator: string;
  readonly params: TrialParams;
  /** Share of the rounds, or of the training rows of an estimator without rounds; 1 is the whole. */
  readonly share: number;
}

/** One finished trial of a search: plain data, kept with the run. */
export interface Trial extends Proposal {
  /** Counted from 1. */
  readonly number: number;
  /** Rounds that early stopping kept (mean over the folds); null for an estimator without rounds. */
  readonly rounds: number | null;
  /** What validation rows settled, by parameter: rounds of an ensemble's members, shapes that were left open. */
  readonly settled?: Readonly<Record<string, number | string>>;
  /** The search metric on the validation rows; null when the trial failed or the rows do not define it. */
  readonly score: number | null;
  /** Every metric of the problem on the validation rows. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Why it has no score. */
  readonly failure?: string;
  readonly seconds: number;
  /** Seconds from the beginning of the search to its end, the time before an interruption included. */
  readonly elapsed: number;
}
