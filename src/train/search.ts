import type { Clock } from '../base/clock.js';
import { fail } from '../base/error.js';
import type { Watch } from '../base/progress.js';
import type { CandidatePlan, TrainPlan, ValuePlan } from '../define/plan.js';
import type { Frame } from '../frame/frame.js';
import { ESTIMATORS } from '../models/catalogue.js';
import type { FeatureInput } from '../pipeline/pipeline.js';
import { type Proposal, proposeTrial } from './propose-trial.js';
import { estimatorFor } from './refit.js';
import { isBetter } from './score.js';
import type { Fold } from './split-rows.js';
import type { CodedTarget } from './target.js';
import type { Trial } from './trial.js';
import { type FittedTrial, TrialFitter } from './trial-fitter.js';

export interface SearchInput extends Watch {
  readonly plan: TrainPlan;
  readonly value: ValuePlan | null;
  readonly table: Frame;
  readonly features: readonly FeatureInput[];
  readonly target: CodedTarget;
  readonly folds: readonly Fold[];
  readonly clock: Clock;
  /** Time that the final fit will take at most, as a multiple of the best trial's: kept free of the time budget. */
  readonly refitCost: number;
  /** Trials of an interrupted search over the same plan and rows, in order; they are not fitted again. */
  readonly finished: readonly Trial[];
  readonly onTrial?: ((trial: Trial) => void) | undefined;
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

/**
 * Random search over the plan's candidates. Every trial fits on the training rows of each fold and is scored on the validation rows of
 * all folds together; encoders are fitted on training rows only and shared by trials with the same needs.
 * @throws MW_TRAIN_CANDIDATE_UNFIT, MW_TRAIN_NO_TRIAL, MW_OPTION_*, MW_MODEL_*, MW_INTERRUPTED
 */
export async function search(input: SearchInput): Promise<SearchResult> {
  const { plan, target, clock, onTrial, onProgress } = input;
  for (const { estimator } of plan.candidates) estimatorFor(estimator, target);
  const started = clock.now();
  const deadline = plan.search.timeBudget === null ? Number.POSITIVE_INFINITY : started + plan.search.timeBudget;
  const rows = concatenated(input.folds.map(({ validation }) => validation));
  const fitter = new TrialFitter(input, rows);
  const trials: Trial[] = [...input.finished].slice(0, plan.search.trials);
  let best = trials.reduce<Trial | null>(
    (lead, trial) => (lead && !isBetter(plan.search.by, trial.score, lead.score) ? lead : trial),
    null,
  );
  let winner: FittedTrial | null = null;
  while (trials.length < plan.search.trials) {
    if (input.signal?.aborted) fail('MW_INTERRUPTED', { what: `The search was interrupted after ${trials.length} trials.` });
    const reserve = best === null ? 0 : best.seconds * 1000 * input.refitCost;
    if (best !== null && clock.now() + reserve >= deadline) break;
    const leader = best && (plan.candidates.find(({ estimator }) => estimator === best?.estimator) ?? null);
    const proposal = proposeTrial(plan.candidates, specsOf, trials, leader, plan.search.seed);
    if (proposal === null) break;
    onProgress?.({ step: 'search', done: trials.length, total: plan.search.trials, note: proposal.candidate.estimator });
    const before = clock.now();
    const made = await inTime(
      fitter,
      proposal,
      trials,
      clock.now(),
      best === null ? Number.POSITIVE_INFINITY : deadline - reserve,
    );
    if (made === null) break;
    const { fitted, params } = made;
    const trial: Trial = {
      number: trials.length + 1,
      estimator: proposal.candidate.estimator,
      params,
      rounds: fitted.rounds,
      score: fitted.score,
      metrics: fitted.metrics,
      seconds: (clock.now() - before) / 1000,
    };
    trials.push(trial);
    onTrial?.(trial);
    if (best === null || isBetter(plan.search.by, trial.score, best.score)) {
      best = trial;
      winner = fitted;
    }
  }
  if (best === null) fail('MW_TRAIN_NO_TRIAL', { what: 'The search has no candidate or no trial to make.' });
  onProgress?.({ step: 'search', done: trials.length, total: trials.length, note: best.estimator });
  if (winner === null) {
    // The best trial was made before an interruption: fit it once more for its predictions.
    const candidate: CandidatePlan = { kind: 'candidate', estimator: best.estimator, params: {} };
    const again = await fitter.run({ candidate, params: best.params }, Number.POSITIVE_INFINITY);
    if ('late' in again) fail('MW_INTERRUPTED', { what: 'The search was interrupted.' });
    winner = again;
  }
  return { trials, best, predictions: winner.predictions, rows, threshold: winner.threshold };
}

/** Fewest rounds that are worth a trial. */
const FEWEST_ROUNDS = 10;

/**
 * The trial, if it ends before the given moment. The first trial of an estimator with rounds must not be lost to the clock: it may take
 * three fifths of what is left, and is made again with half the rounds it had by then, which takes the half of that.
 */
async function inTime(fitter: TrialFitter, proposal: Proposal, trials: readonly Trial[], now: number, until: number) {
  const { estimator } = proposal.candidate;
  const first = Object.hasOwn(specsOf(estimator), 'rounds') && !trials.some((trial) => trial.estimator === estimator);
  const tried = await fitter.run(proposal, first && until < Number.POSITIVE_INFINITY ? now + 0.6 * (until - now) : until);
  if (!('late' in tried)) return { fitted: tried, params: proposal.params };
  const rounds = Math.floor(tried.late / 2);
  if (!first || rounds < FEWEST_ROUNDS) return null;
  const params = { ...proposal.params, rounds };
  const fitted = await fitter.run({ ...proposal, params }, Number.POSITIVE_INFINITY);
  return 'late' in fitted ? null : { fitted, params };
}

const specsOf = (estimator: string) => ESTIMATORS[estimator]?.params ?? {};

function concatenated(parts: readonly Int32Array[]): Int32Array {
  const out = new Int32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
