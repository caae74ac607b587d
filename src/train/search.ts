import type { Clock } from '../base/clock.js';
import { asMillwrightError, fail } from '../base/error.js';
import { resolveOptions } from '../base/options.js';
import type { Watch } from '../base/progress.js';
import type { CandidatePlan, TrainPlan, ValuePlan } from '../define/plan.js';
import { type Frame, takeRows } from '../frame/frame.js';
import { ESTIMATORS } from '../models/catalogue.js';
import type { TrainingData } from '../models/estimator.js';
import { type FittedEncoder, fitEncoder } from '../pipeline/encoder.js';
import type { FeatureInput } from '../pipeline/pipeline.js';
import { type Proposal, proposeTrial } from './propose-trial.js';
import { estimatorFor, valuesAt } from './refit.js';
import { isBetter, type Scored, scoreRows } from './score.js';
import type { Fold } from './split-rows.js';
import { type CodedTarget, classCount } from './target.js';
import type { Trial } from './trial.js';

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
    const fitted = await fitter.run(proposal, best === null ? null : deadline - reserve);
    if (fitted === null) break;
    const trial: Trial = {
      number: trials.length + 1,
      estimator: proposal.candidate.estimator,
      params: proposal.params,
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
    winner = await fitter.run({ candidate, params: best.params }, null);
    if (winner === null) fail('MW_INTERRUPTED', { what: 'The search was interrupted.' });
  }
  return { trials, best, predictions: winner.predictions, rows, threshold: winner.threshold };
}

const specsOf = (estimator: string) => ESTIMATORS[estimator]?.params ?? {};

interface FittedTrial extends Scored {
  readonly predictions: Float64Array;
  readonly rounds: number | null;
}

interface EncodedFold {
  readonly training: TrainingData;
  readonly validation: TrainingData;
}

class TrialFitter {
  readonly #input: SearchInput;
  readonly #target: Float64Array;
  readonly #encoded = new Map<string, EncodedFold>();

  constructor(input: SearchInput, rows: Int32Array) {
    this.#input = input;
    this.#target = valuesAt(input.target.values, rows);
  }

  /** Null when the time was up before the trial ended. */
  async run({ candidate, params }: Proposal, until: number | null): Promise<FittedTrial | null> {
    const { folds, target, plan, value, clock } = this.#input;
    const estimator = estimatorFor(candidate.estimator, target);
    const resolved = resolveOptions(estimator.name, estimator.params, params);
    const outputs: Float64Array[] = [];
    let rounds = 0;
    let counted = false;
    for (let fold = 0; fold < folds.length; fold++) {
      const { training, validation } = this.#encode(fold, candidate.estimator);
      const late = new AbortController();
      const forward = () => late.abort();
      this.#input.signal?.addEventListener('abort', forward);
      try {
        const model = await estimator.fit(training, resolved, {
          task: target.task,
          classes: classCount(target),
          seed: plan.search.seed,
          validation,
          signal: late.signal,
          onProgress: () => {
            if (until !== null && clock.now() >= until) late.abort();
          },
        });
        outputs.push(model.predict(validation.matrix));
        if (Object.hasOwn(estimator.params, 'rounds') && model.summary['rounds'] !== undefined) {
          rounds += model.summary['rounds'];
          counted = true;
        }
      } catch (thrown) {
        const error = asMillwrightError(thrown);
        if (error.code === 'MW_INTERRUPTED' && !this.#input.signal?.aborted) return null;
        throw error;
      } finally {
        this.#input.signal?.removeEventListener('abort', forward);
      }
    }
    const predictions = joined(outputs);
    const scored = scoreRows(plan.search.by, target.task, this.#target, predictions, value);
    return { ...scored, predictions, rounds: counted ? Math.max(1, Math.round(rounds / folds.length)) : null };
  }

  #encode(fold: number, name: string): EncodedFold {
    const { folds, table, features, target, plan } = this.#input;
    const { needs } = estimatorFor(name, target);
    const key = `${fold} ${needs.imputed} ${needs.scaled} ${needs.categories}`;
    const known = this.#encoded.get(key);
    if (known) return known;
    const part = folds[fold] as Fold;
    const values = valuesAt(target.values, part.train);
    const coded = { task: target.task, classes: classCount(target), values };
    const fitted: FittedEncoder = fitEncoder(takeRows(table, part.train), features, coded, needs, {}, plan.search.seed);
    const encoded = {
      training: { matrix: fitted.training, target: values },
      validation: {
        matrix: fitted.encoder.encode(takeRows(table, part.validation)),
        target: valuesAt(target.values, part.validation),
      },
    };
    this.#encoded.set(key, encoded);
    return encoded;
  }
}

function concatenated(parts: readonly Int32Array[]): Int32Array {
  const out = new Int32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
