/** Share of the time that is left which the first trial of an estimator with rounds may take, for the others' sake. */
const FIRST_SHARE = 0.6;
/** Share of its time at which a trial makes no more rounds; the rest is for what comes after them. */
const MARGIN = 0.85;
/** Multiple of its time at which a trial is given up. */
const PATIENCE = 1.1;

/** Moments that a trial has to keep. */
export interface TrialLimits {
  /** From here on it is enough: no more rounds. */
  readonly enough: number;
  /** Here it is given up. */
  readonly late: number;
}

/** The time of a search: when it ends, and what of it each trial may have so that the final fit still ends in time. */
export class TimePlan {
  readonly #deadline: number;
  readonly #refitCost: number;

  /** @param refitCost time of the final fit as a multiple of its trial's */
  constructor(started: number, budget: number | null, refitCost: number) {
    this.#deadline = budget === null ? Number.POSITIVE_INFINITY : started + budget;
    this.#refitCost = refitCost;
  }

  /** Milliseconds that are left; infinite without a budget. */
  left(now: number): number {
    return Math.max(0, this.#deadline - now);
  }

  /**
   * What a trial that begins now may take; null when there is no time for it.
   * @param best milliseconds that the best trial took; null while there is none
   * @param first whether it is the first of its estimator
   */
  limits(now: number, best: number | null, first: boolean): TrialLimits | null {
    if (this.#deadline === Number.POSITIVE_INFINITY) return { enough: this.#deadline, late: this.#deadline };
    const left = this.left(now);
    const untilRefit = left - (best ?? 0) * this.#refitCost;
    if (best !== null && untilRefit <= 0) return null;
    // Should it win, its own final fit has to find room too.
    const most = Math.min(left / (1 + this.#refitCost), untilRefit);
    // Without a model to fall back on, one that is late is better than none.
    const late = best === null ? this.#deadline : now + PATIENCE * most;
    const share = first ? Math.min(FIRST_SHARE * left, most) : most;
    return { enough: now + MARGIN * share, late };
  }
}
