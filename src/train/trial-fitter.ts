import { resolveOptions } from '../base/options.js';
import type { Watch } from '../base/progress.js';
import type { Estimator } from '../models/estimator.js';
import { type FoldsFitted, type FoldsWatch, type FoldWork, fitFolds } from './fit-folds.js';
import { FoldEncoder } from './fold-encoder.js';
import { estimatorFor, valuesAt } from './refit.js';
import { type Scored, scoreRows } from './score.js';
import type { SearchInput } from './search.js';
import type { TrialParams } from './search-space.js';
import { classCount } from './target.js';
import type { Proposal } from './trial.js';

export interface FittedTrial extends Scored {
  /** The proposed ones, with fewer rounds where time was short. */
  readonly params: TrialParams;
  readonly predictions: Float64Array;
  readonly rounds: number | null;
}

/** Fits and scores trials on every fold. */
export class TrialFitter {
  readonly #input: SearchInput;
  readonly #target: Float64Array;
  readonly #encoder: FoldEncoder;

  constructor(input: SearchInput, rows: Int32Array) {
    this.#input = input;
    this.#target = valuesAt(input.target.values, rows);
    this.#encoder = new FoldEncoder(input);
  }

  /** Fits on the training rows of each fold and scores the validation rows of all. @throws MW_MODEL_*, MW_INTERRUPTED */
  async run(proposal: Proposal, watch: FoldsWatch): Promise<FittedTrial> {
    const { target, plan, value, folds } = this.#input;
    const estimator = estimatorFor(proposal.estimator, target);
    const { params, rowShare } = resourced(estimator, proposal);
    const encoded = folds.map((_, fold) => this.#encoder.encode(fold, proposal.estimator, rowShare));
    const work: FoldWork = {
      estimator: proposal.estimator,
      params,
      task: target.task,
      classes: classCount(target),
      seed: plan.search.seed,
    };
    const { outputs, rounds, cut } = await this.#fit(
      encoded.map(({ fold }) => fold),
      work,
      watch,
    );
    const predictions = joined(outputs);
    const scored = scoreRows(plan.search.by, target.task, this.#target, predictions, value);
    return { ...scored, predictions, rounds, params: cut === null ? proposal.params : { ...proposal.params, rounds: cut } };
  }

  #fit(folds: Parameters<typeof fitFolds>[0], work: FoldWork, watch: FoldsWatch & Watch): Promise<FoldsFitted> {
    return fitFolds(folds, work, watch);
  }
}

/** A share is a share of the rounds where an estimator has them, else of the training rows. */
function resourced(estimator: Estimator, { params, share }: Proposal) {
  const resolved: Readonly<Record<string, unknown>> = resolveOptions(estimator.name, estimator.params, params);
  if (share === 1 || !Object.hasOwn(estimator.params, 'rounds')) return { params: resolved, rowShare: share };
  return { params: { ...resolved, rounds: Math.max(1, Math.ceil((resolved['rounds'] as number) * share)) }, rowShare: 1 };
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
