import type { FitContext, FitHistory, TrainingData } from '../estimator.js';
import type { FeatureBins } from '../trees/binning.js';
import type { GrownTree } from '../trees/grown-tree.js';
import type { Objective } from './objective.js';
import type { GbdtParams } from './options.js';
import { WatchedRows } from './watched-rows.js';

/** Follows the losses round by round and says when to stop. */
export class RoundWatch {
  /** The validation rows, when somebody looks at them. */
  readonly watched: WatchedRows | undefined;
  readonly #data: TrainingData;
  readonly #objective: Objective;
  readonly #params: GbdtParams;
  readonly #stops: boolean;
  /** True when there are trees without any of this training. */
  readonly #mayKeepNone: boolean;
  readonly #training: number[] | undefined;
  readonly #validation: number[] = [];
  #best = Infinity;
  #bestRounds = 0;
  #rounds = 0;
  /** Leaf values as they were at the best round: DART changes those of earlier trees. */
  #bestValues: number[][] | undefined;

  /** @param scores what the sums of the validation rows begin with */
  constructor(
    data: TrainingData,
    bins: readonly FeatureBins[],
    objective: Objective,
    params: GbdtParams,
    { validation, from, history, shared }: FitContext,
    scores: () => Float64Array,
  ) {
    this.#data = data;
    this.#objective = objective;
    this.#params = params;
    this.#stops = validation !== undefined && params.earlyStopping > 0;
    this.#training = history ? [] : undefined;
    if (validation && (this.#stops || history)) this.watched = new WatchedRows(validation, bins, objective, scores(), shared);
    // What is gone on from may already be the best.
    if (from && this.#stops && this.watched) this.#best = this.watched.loss();
    this.#mayKeepNone = from !== undefined;
  }

  /** Takes notice of the last round; true when the training has waited long enough for a better one. */
  after(trees: readonly GrownTree[], scores: Float64Array): boolean {
    const { outputs } = this.#objective;
    const { earlyStopping, minDelta, boosting } = this.#params;
    this.#rounds++;
    this.#training?.push(this.#objective.meanLoss(scores, this.#data));
    if (!this.watched) return false;
    this.watched.add(trees.slice(-outputs));
    const loss = this.watched.loss();
    this.#validation.push(loss);
    if (!this.#stops) return false;
    if (loss < this.#best - minDelta || (this.#bestRounds === 0 && !this.#mayKeepNone)) {
      this.#best = loss;
      this.#bestRounds = this.#rounds;
      if (boosting === 'dart') this.#bestValues = trees.map(({ value }) => value.slice());
      return false;
    }
    return this.#rounds - this.#bestRounds >= earlyStopping;
  }

  /** Takes the trees back to the best round. */
  finish(trees: GrownTree[]): { readonly history?: FitHistory; readonly best?: number } {
    if (this.#stops) {
      trees.length = Math.min(trees.length, this.#bestRounds * this.#objective.outputs);
      this.#bestValues?.forEach((values, t) => {
        values.forEach((value, node) => {
          trees[t].value[node] = value;
        });
      });
    }
    const history = {
      ...(this.#training ? { training: Float64Array.from(this.#training) } : {}),
      ...(this.watched ? { validation: Float64Array.from(this.#validation) } : {}),
    };
    return {
      ...(this.#training || this.watched ? { history } : {}),
      ...(this.#stops ? { best: this.#best } : {}),
    };
  }
}
