import type { Watch } from '../base/progress.js';
import { estimatorOf } from '../models/catalogue.js';
import type { Task, TrainingData } from '../models/estimator.js';
import type { BinCache } from '../models/trees/bin-cache.js';

/** A fold as an estimator takes it. */
export interface EncodedFold {
  readonly training: TrainingData;
  readonly validation: TrainingData;
}

/** What is fitted on every fold. */
export interface FoldWork {
  readonly estimator: string;
  /** Resolved. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly task: Task;
  readonly classes: number;
  readonly seed: number;
}

export interface FoldsFitted {
  /** Outputs for the validation rows, fold by fold. */
  readonly outputs: readonly Float64Array[];
  /** Rounds that were kept, in the mean of the folds; null for an estimator without rounds. */
  readonly rounds: number | null;
  /** The same for the members of an ensemble, by parameter. */
  readonly settled: Readonly<Record<string, number>>;
  /**
   * What all folds were limited to because the first one was told that it was enough: its rounds, and its learning rate where that follows
   * from the rounds asked for. Null when it was not.
   */
  readonly cut: Readonly<Record<string, number>> | null;
}

/** Told before every round; `enough` ends the first fold with the rounds it has, and the others at as many. */
export interface FoldsWatch extends Watch {
  readonly enough?: () => boolean;
  /** Columns that trials before have binned. */
  readonly shared?: BinCache;
}

/** Fits an estimator on the training rows of each fold and predicts its validation rows. @throws MW_MODEL_*, MW_INTERRUPTED */
export async function fitFolds(
  folds: readonly EncodedFold[],
  { estimator: name, params, task, classes, seed }: FoldWork,
  { signal, onProgress, enough, shared }: FoldsWatch,
): Promise<FoldsFitted> {
  const estimator = estimatorOf(name);
  const outputs: Float64Array[] = [];
  const rounds = Object.keys(estimator.params).filter((param) => /(^|\.)rounds$/.test(param));
  const sums = new Map<string, number>();
  let cut: Readonly<Record<string, number>> | null = null;
  for (let fold = 0; fold < folds.length; fold++) {
    const { training, validation } = folds[fold] as EncodedFold;
    let done = 0;
    const stop = () => {
      if (!enough?.()) return false;
      cut = { rounds: done };
      return true;
    };
    const model = await estimator.fit(
      training,
      { ...params, ...cut },
      {
        task,
        classes,
        seed,
        validation,
        signal,
        shared,
        onProgress: (progress) => {
          done = progress.done + 1;
          onProgress?.(progress);
        },
        ...(fold === 0 && enough ? { enough: stop } : {}),
      },
    );
    outputs.push(model.predict(validation.matrix));
    const rate = model.summary['learningRate'];
    if (fold === 0 && cut !== null && rate !== undefined)
      cut = { ...(cut as Readonly<Record<string, number>>), learningRate: rate };
    for (const param of rounds) {
      const kept = model.summary[param];
      if (kept !== undefined) sums.set(param, (sums.get(param) ?? 0) + kept);
    }
  }
  const { rounds: own = null, ...settled } = Object.fromEntries(
    [...sums].map(([param, sum]) => [param, Math.max(1, Math.round(sum / folds.length))]),
  );
  return { outputs, rounds: own, settled, cut };
}
