import { asMillwrightError } from '../base/error.js';
import { resolveOptions } from '../base/options.js';
import { takeRows } from '../frame/frame.js';
import type { TrainingData } from '../models/estimator.js';
import { type FittedEncoder, fitEncoder } from '../pipeline/encoder.js';
import type { Proposal } from './propose-trial.js';
import { estimatorFor, featureColumns, valuesAt } from './refit.js';
import { type Scored, scoreRows } from './score.js';
import type { SearchInput } from './search.js';
import type { Fold } from './split-rows.js';
import { classCount } from './target.js';

export interface FittedTrial extends Scored {
  readonly predictions: Float64Array;
  readonly rounds: number | null;
}

interface EncodedFold {
  readonly training: TrainingData;
  readonly validation: TrainingData;
}

/** Fits and scores trials; encoded folds are kept for trials with the same needs. */
export class TrialFitter {
  readonly #input: SearchInput;
  readonly #target: Float64Array;
  readonly #encoded = new Map<string, EncodedFold>();

  constructor(input: SearchInput, rows: Int32Array) {
    this.#input = input;
    this.#target = valuesAt(input.target.values, rows);
  }

  /**
   * Fits on every fold and scores on the validation rows of all.
   * @param until moment at which the trial is given up; `late` then holds the rounds a fold had on average
   */
  async run({ candidate, params }: Proposal, until: number): Promise<FittedTrial | { readonly late: number }> {
    const { folds, target, plan, value, clock } = this.#input;
    const estimator = estimatorFor(candidate.estimator, target);
    const resolved = resolveOptions(estimator.name, estimator.params, params);
    const outputs: Float64Array[] = [];
    let rounds = 0;
    let counted = false;
    let made = 0;
    for (let fold = 0; fold < folds.length; fold++) {
      const { training, validation } = this.#encode(fold, candidate.estimator);
      let done = 0;
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
          onProgress: (progress) => {
            done = progress.done;
            if (clock.now() >= until) late.abort();
          },
        });
        made += done;
        outputs.push(model.predict(validation.matrix));
        if (Object.hasOwn(estimator.params, 'rounds') && model.summary['rounds'] !== undefined) {
          rounds += model.summary['rounds'];
          counted = true;
        }
      } catch (thrown) {
        const error = asMillwrightError(thrown);
        if (error.code === 'MW_INTERRUPTED' && !this.#input.signal?.aborted) return { late: (made + done) / folds.length };
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
    const fitted: FittedEncoder = fitEncoder(
      takeRows(featureColumns(table, features), part.train),
      features,
      coded,
      needs,
      {},
      plan.search.seed,
    );
    const encoded = {
      training: { matrix: fitted.training, target: values },
      validation: {
        matrix: fitted.encoder.encode(takeRows(featureColumns(table, features), part.validation)),
        target: valuesAt(target.values, part.validation),
      },
    };
    this.#encoded.set(key, encoded);
    return encoded;
  }
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
