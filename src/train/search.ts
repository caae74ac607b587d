import type { Clock } from '../base/clock.js';
import { asMillwrightError, fail, MillwrightError } from '../base/error.js';
import { resolveOptions } from '../base/options.js';
import type { Watch } from '../base/progress.js';
import type { TrainPlan, ValuePlan } from '../define/plan.js';
import type { Frame } from '../frame/frame.js';
import type { FeatureInput } from '../pipeline/pipeline.js';
import { LAG, proposeTrial } from './propose-trial.js';
import { estimatorFor } from './refit.js';
import { isBetter } from './score.js';
import { SearchProgress } from './search-progress.js';
import { defaultParams } from './search-space.js';
import type { Fold } from './split-rows.js';
import type { CodedTarget } from './target.js';
import { TimePlan, type TrialLimits } from './time-plan.js';
import type { Proposal, Trial } from './trial.js';
import { type FittedTrial, TrialFitter } from './trial-fitter.js';

export interface SearchInput extends Watch {
  readonly plan: TrainPlan;
  readonly value: ValuePlan | null;
  readonly table: Frame;
  readonly features: readonly FeatureInput[];
  readonly target: CodedTarget;
  readonly folds: readonly Fold[];
  readonly clock: Clock;
  /** Most trials at a time; 'cores' is one a core, once the search is long enough to be worth workers. */
  readonly workers: number | 'cores';
  /** Time that the final fit will take at most, as a multiple of the best trial's: kept free of the time budget. */
  readonly refitCost: number;
  /** Trials of an interrupted search over the same plan and rows, in order; they are not fitted again. */
  readonly finished: readonly Trial[];
  /** Told of each trial in their order, and waited for. */
  readonly onTrial?: ((trial: Trial) => void | Promise<void>) | undefined;
}

export interface SearchResult {
  readonly trials: readonly Trial[];
  readonly best: Trial;
  /** The best trial's outputs for the validation rows of all folds, row-major, in the order of `rows`. */
  readonly predictions: Float64Array;
  readonly rows: Int32Array;
  /** Threshold that is best on those rows; 0.5 unless the task is binary. */
  readonly threshold: number;
}

/** A trial without a model; `error` says more where there is one. */
interface Failure {
  readonly failure: string;
  readonly error?: MillwrightError;
}

/** How a trial ended; null outcome when its time and that of the search was over. */
interface Ended {
  readonly number: number;
  readonly proposal: Proposal;
  readonly outcome: FittedTrial | Failure | null;
  readonly seconds: number;
}

/**
 * Searches the plan's candidates by its strategy. Every trial fits on the training rows of each fold and is scored on the validation rows
 * of all folds together; encoders are fitted on training rows only and shared by trials with the same needs. A trial whose model
 * cannot be fitted has failed, and the search goes on.
 * @throws MW_TRAIN_CANDIDATE_UNFIT, MW_TRAIN_NO_TRIAL, MW_OPTION_*, MW_MODEL_* when no trial succeeds, MW_INTERRUPTED
 */
export async function search(input: SearchInput): Promise<SearchResult> {
  const running = new Search(input);
  return running.run();
}

class Search {
  readonly #input: SearchInput;
  readonly #rows: Int32Array;
  readonly #fitter: TrialFitter;
  readonly #started: number;
  readonly #time: TimePlan;
  readonly #progress: SearchProgress;
  readonly #trials: Trial[];
  /** All trials that were begun, in order; the first are the finished ones. */
  readonly #proposed: Proposal[];
  #best: Trial | null = null;
  #winner: FittedTrial | null = null;
  /** Number of the trial to be recorded next. */
  #next: number;
  #firstError: MillwrightError | null = null;

  constructor(input: SearchInput) {
    const { plan, target, clock } = input;
    for (const candidate of plan.candidates) {
      const { name, params } = estimatorFor(candidate.estimator, target);
      resolveOptions(name, params, defaultParams(candidate, params));
    }
    this.#input = input;
    this.#rows = validationRows(input.folds);
    this.#fitter = new TrialFitter(input, this.#rows);
    this.#trials = input.finished.slice(0, plan.search.trials);
    this.#proposed = [...this.#trials];
    this.#next = this.#trials.length + 1;
    this.#started = clock.now() - (this.#trials.at(-1)?.elapsed ?? 0) * 1000;
    this.#time = new TimePlan(this.#started, plan.search.timeBudget, input.refitCost);
    this.#progress = new SearchProgress(input, this.#time);
    for (const trial of this.#trials) this.#judge(trial, null);
  }

  async run(): Promise<SearchResult> {
    try {
      await this.#makeTrials();
      return await this.#result();
    } finally {
      this.#fitter.close();
    }
  }

  async #result(): Promise<SearchResult> {
    const best = this.#best;
    if (best === null) throw this.#firstError ?? this.#nothing();
    this.#progress.end(this.#trials.length, best);
    // The best trial may have been made before an interruption: then it is fitted once more for its predictions.
    const winner = this.#winner ?? (await this.#fitter.run(best, { signal: this.#input.signal }));
    return { trials: this.#trials, best, predictions: winner.predictions, rows: this.#rows, threshold: winner.threshold };
  }

  /** Begins trials while there is room, and records them in their order, whichever ends first. */
  async #makeTrials(): Promise<void> {
    const running = new Map<number, Promise<Ended>>();
    const early = new Map<number, Ended>();
    let open = true;
    for (;;) {
      this.#stopIfAborted();
      while (open && running.size < this.#fitter.slots) {
        const begun = this.#begin();
        if (begun === 'wait') break;
        if (begun === 'over') open = false;
        else running.set(begun.number, begun.ended);
      }
      if (running.size === 0) break;
      const ended = await Promise.race(running.values());
      running.delete(ended.number);
      early.set(ended.number, ended);
      if (ended.outcome === null) open = false;
      for (let next = early.get(this.#next); next && next.outcome !== null; next = early.get(this.#next)) {
        early.delete(this.#next);
        this.#next++;
        await this.#record(next);
      }
    }
    // Behind a trial that ran out of time, the others still count.
    for (const [, ended] of [...early].toSorted(([a], [b]) => a - b)) if (ended.outcome !== null) await this.#record(ended);
  }

  /** The next trial, begun; 'wait' when it depends on one that still runs, 'over' when there is none or no time for it. */
  #begin(): { readonly number: number; readonly ended: Promise<Ended> } | 'wait' | 'over' {
    const { plan } = this.#input;
    if (this.#proposed.length >= plan.search.trials) return 'over';
    if (this.#proposed.length >= this.#trials.length + LAG) return 'wait';
    const proposal = proposeTrial(plan.candidates, plan.search, this.#proposed, this.#trials);
    const limits = proposal && this.#limits(proposal);
    if (!proposal || !limits) return 'over';
    this.#proposed.push(proposal);
    const ended = this.#make(proposal, limits);
    // Waited for in its turn; until then a failure has been noticed.
    ended.catch(() => {});
    return { number: this.#proposed.length, ended };
  }

  #stopIfAborted(): void {
    if (this.#input.signal?.aborted)
      fail('MW_INTERRUPTED', { what: `The search was interrupted after ${this.#trials.length} trials.` });
  }

  #limits({ estimator }: Proposal): TrialLimits | null {
    const first = !this.#proposed.some((proposal) => proposal.estimator === estimator);
    return this.#time.limits(this.#input.clock.now(), this.#bestTook(), first);
  }

  /**
   * Milliseconds that the best trial took, without the rounds that early stopping waited in vain, which a final fit does not make; twice
   * where it is to be fitted once more for its predictions.
   */
  #bestTook(): number | null {
    const best = this.#best;
    if (best === null) return null;
    const { rounds: most, earlyStopping } = best.params;
    const waited = typeof earlyStopping === 'number' ? earlyStopping : 0;
    const made = best.rounds === null ? 1 : Math.min(best.rounds + waited, typeof most === 'number' ? most : Infinity);
    const needed = best.rounds === null ? 1 : Math.min(1, best.rounds / made);
    return 1000 * best.seconds * (needed + (this.#winner === null ? 1 / this.#input.refitCost : 0));
  }

  /** What is said of a trial that was given up: a failure where there is time for others, else nothing. */
  #lateness(took: number): Failure | null {
    if (this.#time.limits(this.#input.clock.now(), this.#bestTook(), false) === null || this.#best === null) return null;
    return { failure: `Given up after ${(took / 1000).toFixed(1)} s, since the final fit would have had no time left.` };
  }

  async #make(proposal: Proposal, { enough, late }: TrialLimits): Promise<Ended> {
    const { clock, signal, folds } = this.#input;
    const before = clock.now();
    const number = this.#proposed.length;
    this.#progress.begin(number, proposal, this.#best);
    const overdue = new AbortController();
    const forward = () => overdue.abort();
    signal?.addEventListener('abort', forward);
    const ended = (outcome: Ended['outcome']): Ended => ({ number, proposal, outcome, seconds: (clock.now() - before) / 1000 });
    // The first fold decides about the rounds of all.
    const firstEnough = before + (enough - before) / folds.length;
    try {
      return ended(
        await this.#fitter.run(proposal, {
          signal: overdue.signal,
          onProgress: () => {
            this.#progress.go(number, proposal, this.#best);
            if (clock.now() >= late) overdue.abort();
          },
          enough: () => clock.now() >= firstEnough,
        }),
      );
    } catch (thrown) {
      const error = asMillwrightError(thrown);
      if (error.code === 'MW_INTERRUPTED' && !signal?.aborted) return ended(this.#lateness(clock.now() - before));
      if (!error.code.startsWith('MW_MODEL_') && error.code !== 'MW_TRAIN_WORKER_LOST') throw error;
      return ended({ failure: error.message, error });
    } finally {
      signal?.removeEventListener('abort', forward);
    }
  }

  async #record({ proposal, outcome, seconds }: Ended): Promise<void> {
    const { clock, onTrial } = this.#input;
    const elapsed = (clock.now() - this.#started) / 1000;
    const place = { ...proposal, number: this.#trials.length + 1, seconds, elapsed };
    const fitted = outcome === null || 'failure' in outcome ? null : outcome;
    const trial: Trial = fitted
      ? {
          ...place,
          params: fitted.params,
          rounds: fitted.rounds,
          ...(Object.keys(fitted.settled).length === 0 ? {} : { settled: fitted.settled }),
          score: Number.isFinite(fitted.score) ? fitted.score : null,
          metrics: fitted.metrics,
        }
      : { ...place, rounds: null, score: null, metrics: {}, failure: (outcome as Failure).failure };
    if (outcome && 'failure' in outcome) this.#firstError ??= outcome.error ?? null;
    this.#trials.push(trial);
    this.#judge(trial, fitted);
    this.#progress.finished(trial, this.#best);
    await onTrial?.(trial);
  }

  /** A trial of all rounds and rows is better than one of a part of them, whatever their scores; of equals the first. */
  #judge(trial: Trial, fitted: FittedTrial | null): void {
    const best = this.#best;
    if (trial.score === null && (best !== null || trial.failure !== undefined)) return;
    const leads =
      best === null ||
      trial.share > best.share ||
      (trial.share === best.share && isBetter(this.#input.plan.search.by, trial.score ?? Number.NaN, best.score ?? Number.NaN));
    if (!leads) return;
    this.#best = trial;
    this.#winner = fitted;
  }

  #nothing(): MillwrightError {
    const { candidates, search } = this.#input.plan;
    const failure = this.#trials.find((trial) => trial.failure !== undefined)?.failure;
    const what =
      failure !== undefined
        ? `Every trial failed; the first: ${failure}`
        : candidates.length === 0 || search.trials === 0
          ? 'The search has no candidate or no trial to make.'
          : `The time budget of ${(search.timeBudget ?? 0) / 1000} s ended before the first trial did.`;
    return new MillwrightError('MW_TRAIN_NO_TRIAL', { what });
  }
}

/** The validation rows of all folds, one after the other. */
export function validationRows(folds: readonly Fold[]): Int32Array {
  const parts = folds.map(({ validation }) => validation);
  const out = new Int32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
