/** One finished trial of a search: plain data, kept with the run. */
export interface Trial {
  /** Counted from 1. */
  readonly number: number;
  readonly estimator: string;
  readonly params: Readonly<Record<string, number | string | boolean>>;
  /** Rounds that early stopping kept (mean over the folds); null for an estimator without rounds. */
  readonly rounds: number | null;
  /** The search metric on the validation rows. */
  readonly score: number;
  /** Every metric of the problem on the validation rows. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly seconds: number;
}
