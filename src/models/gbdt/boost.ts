import { availableParallelism, totalmem } from 'node:os';
import { fail } from '../../base/error.js';
import { type Random, random } from '../../base/random.js';
import type { LeafSums, Scales } from '../../kernels/tree-arena.js';
import { GRADIENT_LEVELS, HESSIAN_LEVELS } from '../../kernels/tree-kernels.js';
import { pause } from '../data.js';
import type { FitContext, FitHistory, TrainingData } from '../estimator.js';
import { type BinnedRows, binRows, type Machinery, onThreads } from '../trees/binned-rows.js';
import { type FeatureBins, fitBins } from '../trees/binning.js';
import { type Constraints, constraintsOf } from '../trees/constraints.js';
import { drawFeatures, eligibleFeatures } from '../trees/eligible-features.js';
import type { ForestModel } from '../trees/forest-model.js';
import { type LeafRows, TreeGrower } from '../trees/grow.js';
import type { GrownTree } from '../trees/grown-tree.js';
import { columnShareFor } from './column-share.js';
import { sameCategories, scoresOf } from './continued.js';
import { DroppedRounds, drawDrops } from './dropout.js';
import { settleQuantiles } from './leaf-quantiles.js';
import { learningRateFor } from './learning-rate.js';
import type { Largest, Objective } from './objective.js';
import type { GbdtParams } from './options.js';
import { RoundWatch } from './round-watch.js';
import { gossSample, type RowSample, uniformSample, usableRows } from './row-samples.js';
import { TreeWalk } from './tree-walk.js';

export type { GbdtParams } from './options.js';
export { usableRows } from './row-samples.js';

export interface Boosted {
  /** The trees of this training, without those it went on from. */
  readonly trees: readonly GrownTree[];
  readonly bins: readonly FeatureBins[];
  readonly start: Float64Array;
  /** Sum of the gains of the splits on each feature. */
  readonly gain: Float64Array;
  readonly summary: Readonly<Record<string, number>>;
  readonly history?: FitHistory;
}

const MOST_SUM = 2 ** 31 - 1;

/**
 * Gradient boosting of trees (Friedman 2001) with histograms and Newton steps. Gradients are rounded at random to small integers for
 * the search of splits (Shi et al. 2022), so that histograms are exact; leaf values come from the unrounded gradients.
 * @param from trees that boosting goes on from: with the same rows, parameters and seed as if it had never stopped
 */
export function boost(
  data: TrainingData,
  objective: Objective,
  params: GbdtParams,
  context: FitContext,
  machinery: Machinery = machineryFor(data, context),
  from?: ForestModel,
): Promise<Boosted> {
  return onThreads(machinery, (chosen) => boostOn(chosen, data, objective, params, context, from));
}

async function boostOn(
  machinery: Machinery,
  data: TrainingData,
  objective: Objective,
  params: GbdtParams,
  context: FitContext,
  from?: ForestModel,
): Promise<Boosted> {
  const source = random(context.seed);
  const constraints = constraintsOf('gbdt', params, data.matrix.features, objective.outputs);
  const fitted = fitBins(data.matrix, params, source.fork('bins'), machinery.shared);
  const bins = from ? sameCategories(fitted, from.forest) : fitted;
  // Rows outside a sample, and those of dropped trees, are scored by the bytes of each feature.
  const bundled = params.rowSample === 1 && params.sampling === 'uniform' && params.boosting === 'plain';
  const binned = await binRows(
    data,
    bins,
    params.leaves,
    objective.outputs,
    { bundled, ...machinery },
    objective.loss === 'softmax',
  );
  try {
    return await new Booster(data, binned, objective, params, constraints, context, source, from).run();
  } finally {
    binned.engine.close();
  }
}

/** Threads pay from half a million values on. */
export function machineryFor(data: TrainingData, { shared }: Pick<FitContext, 'shared'>): Machinery {
  const values = data.matrix.rows * data.matrix.columns.length;
  const threads = values < 500_000 ? 1 : Math.min(8, availableParallelism());
  return { threads, memory: Math.min(totalmem(), process.constrainedMemory() || Infinity), shared };
}

class Booster {
  readonly #data: TrainingData;
  readonly #binned: BinnedRows;
  readonly #objective: Objective;
  readonly #params: GbdtParams;
  readonly #learningRate: number;
  readonly #columnSample: number;
  readonly #constraints: Constraints;
  readonly #context: FitContext;
  readonly #source: Random;
  readonly #from: ForestModel | undefined;
  readonly #grower: TreeGrower;
  readonly #features: readonly number[];
  /** Rows with weight. */
  readonly #rows: Uint32Array;
  readonly #scores: Float64Array;
  readonly #pairs: Float32Array;
  readonly #trees: GrownTree[] = [];
  /** What the objective's gradients are computed from in this round; null where the engine computes them. */
  #prepared: Float64Array | null = null;

  constructor(
    data: TrainingData,
    binned: BinnedRows,
    objective: Objective,
    params: GbdtParams,
    constraints: Constraints,
    context: FitContext,
    source: Random,
    from: ForestModel | undefined,
  ) {
    const { arena, memory } = binned;
    this.#data = data;
    this.#binned = binned;
    this.#objective = objective;
    this.#params = params;
    this.#learningRate = params.learningRate ?? learningRateFor(data.matrix.rows, params.rounds, params.earlyStopping);
    this.#columnSample = params.columnSample ?? columnShareFor(binned.bins.length);
    this.#constraints = constraints;
    this.#context = context;
    this.#source = source;
    this.#from = from;
    this.#grower = new TreeGrower(binned, params, params, constraints.monotone);
    this.#features = binned.bins.map((_, feature) => feature);
    this.#rows = usableRows(data);
    this.#scores = memory.f64.subarray(arena.scoresAt >>> 3, (arena.scoresAt >>> 3) + arena.rows * objective.outputs);
    this.#pairs = memory.f32.subarray(arena.pairsAt >>> 2, (arena.pairsAt >>> 2) + 2 * arena.rows);
  }

  async run(): Promise<Boosted> {
    const { outputs } = this.#objective;
    const { rounds } = this.#params;
    const { onProgress, signal, enough } = this.#context;
    const from = this.#from;
    const before = from ? (from.forest.roots.length - 1) / outputs : 0;
    const start = from ? from.start : this.#objective.start(this.#data);
    this.#scores.set(from ? scoresOf(from, this.#data.matrix) : filled(this.#scores.length, start));
    const watch = this.#watch(start);
    const trees = this.#trees;
    for (let round = before; round < before + rounds; round++) {
      await pause(signal);
      if (round > before && enough?.()) break;
      onProgress?.({ step: 'boost', done: round - before, total: rounds });
      const dropped = this.#drop(round);
      const grew = await this.#round(round, this.#learningRate * (dropped?.share ?? 1));
      if (!grew && this.#settled()) {
        trees.length -= outputs;
        break;
      }
      dropped?.restore(watch.watched);
      if (watch.after(trees, this.#scores)) break;
    }
    onProgress?.({ step: 'boost', done: rounds, total: rounds });
    const { history, best } = watch.finish(trees);
    return {
      trees,
      bins: this.#binned.bins,
      start,
      gain: gains(trees, this.#binned.bins.length, from?.importances()),
      summary: {
        rounds: before + trees.length / outputs,
        learningRate: this.#learningRate,
        ...(best === undefined ? {} : { validationLoss: best }),
      },
      ...(history ? { history } : {}),
    };
  }

  #watch(start: Float64Array): RoundWatch {
    const { validation } = this.#context;
    const scores = (): Float64Array => {
      const { matrix, target } = validation as TrainingData;
      return this.#from ? scoresOf(this.#from, matrix) : filled(target.length * start.length, start);
    };
    return new RoundWatch(this.#data, this.#binned.bins, this.#objective, this.#params, this.#context, scores);
  }

  /** True when a round without a split means that no later one has any. */
  #settled(): boolean {
    const { rowSample, columnSampleByNode, boosting, sampling } = this.#params;
    return (
      rowSample === 1 && this.#columnSample === 1 && columnSampleByNode === 1 && boosting === 'plain' && sampling === 'uniform'
    );
  }

  #drop(round: number): DroppedRounds | undefined {
    if (this.#params.boosting !== 'dart') return undefined;
    const { outputs } = this.#objective;
    const dropped = drawDrops(round, this.#params, this.#source.fork(`drop ${round}`));
    const trees = dropped.flatMap((one) => this.#trees.slice(one * outputs, (one + 1) * outputs));
    return new DroppedRounds(trees, outputs, this.#binned, this.#scores);
  }

  /** Grows the trees of a round, which all answer to the scores before it; returns whether any has a split. */
  async #round(round: number, learningRate: number): Promise<boolean> {
    const { engine } = this.#binned;
    const { outputs } = this.#objective;
    this.#prepare();
    const sample = this.#sample(round);
    let grew = false;
    for (let output = 0; output < outputs; output++) {
      const largest = this.#amplified(sample, this.#gradients(round, output), round);
      engine.list(sample.rows);
      const key = this.#source.fork(`round ${round} output ${output}`).uint32();
      const room = MOST_SUM / sample.rows.length - 1;
      const gradientScale = largest.gradient > 0 ? Math.min(GRADIENT_LEVELS, room) / largest.gradient : 1;
      const hessianScale = largest.hessian > 0 ? Math.min(HESSIAN_LEVELS, room) / largest.hessian : 1;
      const sums = engine.quantize(sample.rows.length, gradientScale, hessianScale, key);
      const scales = { gradient: 1 / gradientScale, hessian: 1 / hessianScale };
      const { tree, leaves } = await this.#grow(round, output, sums, scales);
      const share = this.#objective.leafQuantile;
      const values =
        share === undefined
          ? engine.settleLeaves(leaves, learningRate, this.#params.l1, output)
          : settleQuantiles(leaves, this.#data, sample, this.#binned, share, learningRate);
      leaves.forEach((leaf, i) => {
        tree.value[leaf.node] = values[i];
      });
      if (sample.rows.length < this.#rows.length) this.#scoreOthers(tree, sample.rows, output);
      if (leaves.length > 1) grew = true;
      this.#trees.push(tree);
    }
    return grew;
  }

  #grow(round: number, output: number, sums: LeafSums, scales: Scales): Promise<{ tree: GrownTree; leaves: LeafRows[] }> {
    const { columnSampleByNode } = this.#params;
    const features = drawFeatures(this.#features, this.#columnSample, this.#source.fork(`columns ${round} ${output}`));
    const nodes = this.#source.fork(`nodes ${round} ${output}`);
    const eligible = eligibleFeatures(features, this.#constraints.groups, columnSampleByNode, nodes);
    return this.#grower.grow(sums, scales, features, undefined, eligible);
  }

  #prepare(): void {
    const { loss, prepare, outputs } = this.#objective;
    if (loss && this.#binned.engine.prepare(loss)) this.#prepared = null;
    else if (prepare) this.#prepared = prepare(this.#scores, this.#data);
    else this.#prepared = outputs > 1 ? this.#scores.slice() : this.#scores;
  }

  /** Sets the pairs of all rows for one output. */
  #gradients(round: number, output: number): Largest {
    const { loss } = this.#objective;
    const largest =
      (this.#prepared === null && loss && this.#binned.engine.gradients(loss, output)) ||
      this.#objective.gradients(this.#prepared ?? this.#scores, this.#data, output, this.#pairs);
    return finite(largest, round);
  }

  /** The rows of a round. The first rounds of GOSS take all, until gradients tell rows apart. */
  #sample(round: number): RowSample {
    const { sampling, rowSample, topRate, otherRate } = this.#params;
    if (sampling === 'uniform') return uniformSample(this.#rows, rowSample, this.#source.fork(`rows ${round}`));
    if (round < 1 / this.#learningRate || topRate + otherRate >= 1) return { rows: this.#rows };
    const importance = new Float32Array(this.#binned.arena.rows);
    const pairs = this.#pairs;
    for (let output = 0; output < this.#objective.outputs; output++) {
      this.#gradients(round, output);
      for (let row = 0; row < importance.length; row++) importance[row] += Math.abs(pairs[2 * row]);
    }
    return gossSample(this.#rows, importance, topRate, otherRate, this.#source.fork(`rows ${round}`));
  }

  /** Multiplies the pairs by the factors of the sample, before the scales of their integers are chosen. */
  #amplified({ rows, factor }: RowSample, largest: Largest, round: number): Largest {
    if (!factor) return largest;
    const pairs = this.#pairs;
    let gradient = 0;
    let hessian = 0;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i];
      pairs[2 * row] *= factor[row];
      pairs[2 * row + 1] *= factor[row];
      gradient = Math.max(gradient, Math.abs(pairs[2 * row]));
      hessian = Math.max(hessian, pairs[2 * row + 1]);
    }
    return finite({ gradient, hessian }, round);
  }

  /** Adds the tree to the scores of the rows outside the sample, which are in no leaf's range. */
  #scoreOthers(tree: GrownTree, drawn: Uint32Array, output: number): void {
    const { arena, memory } = this.#binned;
    const columns = { bytes: memory.u8, columnsAt: arena.columnsAt, rows: arena.rows };
    new TreeWalk(tree).addSome(columns, this.#rows, drawn, this.#scores, arena.outputs, output);
  }
}

/** @throws MW_MODEL_DIVERGED unless the gradients of a round have a largest one */
function finite(largest: Largest, round: number): Largest {
  if (!(largest.gradient < Infinity && largest.hessian < Infinity))
    fail('MW_MODEL_DIVERGED', { what: `The gradients of round ${round + 1} are not finite.`, where: { round: round + 1 } });
  return largest;
}

/** The starting scores of so many rows and outputs. */
function filled(length: number, start: Float64Array): Float64Array {
  const scores = new Float64Array(length);
  for (let i = 0, k = 0; i < length; i++, k = k + 1 === start.length ? 0 : k + 1) scores[i] = start[k];
  return scores;
}

/** Sum of the gains of the splits on each feature, added to those of earlier trees. */
export function gains(trees: readonly GrownTree[], features: number, earlier?: Float64Array): Float64Array {
  const out = earlier ?? new Float64Array(features);
  for (const tree of trees) for (const split of tree.splits) if (split) out[split.feature] += split.gain;
  return out;
}
