import { availableParallelism } from 'node:os';
import { fail } from '../../base/error.js';
import type { OptionValues } from '../../base/options.js';
import { type Random, random } from '../../base/random.js';
import { GRADIENT_LEVELS, HESSIAN_LEVELS } from '../../kernels/tree-kernels.js';
import { pause } from '../data.js';
import type { FitContext, TrainingData } from '../estimator.js';
import { type BinnedRows, binRows, type Machinery } from '../trees/binned-rows.js';
import { binColumn, type FeatureBins, fitBins } from '../trees/binning.js';
import { type Constraints, constraintsOf } from '../trees/constraints.js';
import { drawFeatures, eligibleFeatures } from '../trees/eligible-features.js';
import { TreeGrower } from '../trees/grow.js';
import { type GrownTree, leafOf } from '../trees/grown-tree.js';
import type { Objective } from './objective.js';
import type { gbdtOptions } from './options.js';

export type GbdtParams = OptionValues<typeof gbdtOptions>;

export interface Boosted {
  readonly trees: readonly GrownTree[];
  readonly bins: readonly FeatureBins[];
  readonly start: Float64Array;
  /** Sum of the gains of the splits on each feature. */
  readonly gain: Float64Array;
  readonly summary: Readonly<Record<string, number>>;
}

const MOST_SUM = 2 ** 31 - 1;

/**
 * Gradient boosting of trees (Friedman 2001) with histograms and Newton steps. Gradients are rounded at random to small integers for
 * the search of splits (Shi et al. 2022), so that histograms are exact; leaf values come from the unrounded gradients.
 */
export async function boost(
  data: TrainingData,
  objective: Objective,
  params: GbdtParams,
  context: FitContext,
  machinery: Machinery = machineryFor(data),
): Promise<Boosted> {
  const source = random(context.seed);
  const constraints = constraintsOf('gbdt', params, data.matrix.features, objective.outputs);
  const bins = fitBins(data.matrix, params, source.fork('bins'));
  const binned = await binRows(data, bins, params.leaves, objective.outputs, machinery);
  try {
    return await run(data, binned, objective, params, constraints, context, source);
  } finally {
    binned.engine.close();
  }
}

/** Threads pay from half a million values on. */
export function machineryFor(data: TrainingData): Machinery {
  const values = data.matrix.rows * data.matrix.columns.length;
  return { threads: values < 500_000 ? 1 : Math.min(8, availableParallelism()) };
}

async function run(
  data: TrainingData,
  binned: BinnedRows,
  objective: Objective,
  params: GbdtParams,
  { monotone, groups }: Constraints,
  context: FitContext,
  source: Random,
): Promise<Boosted> {
  const { arena, engine, memory, bins } = binned;
  const grower = new TreeGrower(binned, params, params, monotone);
  const all = bins.map((_, feature) => feature);
  const start = objective.start(data);
  const { outputs } = objective;
  const rows = usableRows(data);
  const scores = memory.f64.subarray(arena.scoresAt >>> 3, (arena.scoresAt >>> 3) + arena.rows * outputs);
  fillScores(scores, start);
  const pairs = memory.f32.subarray(arena.pairsAt >>> 2, (arena.pairsAt >>> 2) + 2 * arena.rows);
  const watched =
    context.validation && params.earlyStopping > 0 ? new Validation(context.validation, bins, objective, start) : undefined;
  const trees: GrownTree[] = [];
  let best = Infinity;
  let bestRounds = 0;
  for (let round = 0; round < params.rounds; round++) {
    await pause(context.signal);
    if (round > 0 && context.enough?.()) break;
    context.onProgress?.({ step: 'boost', done: round, total: params.rounds });
    const drawn = sampleRows(rows, params.rowSample, source.fork(`rows ${round}`));
    // The trees of a round, one an output, all answer to the scores before it.
    const before = outputs > 1 ? scores.slice() : scores;
    let grew = false;
    for (let output = 0; output < outputs; output++) {
      const largest = (objective.loss && engine.gradients(objective.loss)) ?? objective.gradients(before, data, output, pairs);
      if (!(largest.gradient < Infinity && largest.hessian < Infinity))
        fail('MW_MODEL_DIVERGED', { what: `The gradients of round ${round + 1} are not finite.`, where: { round: round + 1 } });
      const list = arena.entriesAt >>> 2;
      for (let i = 0; i < drawn.length; i++) memory.u32[list + 2 * i] = drawn[i];
      const key = source.fork(`round ${round} output ${output}`).uint32();
      const room = MOST_SUM / drawn.length - 1;
      const gradientScale = largest.gradient > 0 ? Math.min(GRADIENT_LEVELS, room) / largest.gradient : 1;
      const hessianScale = largest.hessian > 0 ? Math.min(HESSIAN_LEVELS, room) / largest.hessian : 1;
      const sums = engine.quantize(drawn.length, gradientScale, hessianScale, key);
      const features = drawFeatures(all, params.columnSample, source.fork(`columns ${round} ${output}`));
      const nodes = source.fork(`nodes ${round} ${output}`);
      const eligible = eligibleFeatures(features, groups, params.columnSampleByNode, nodes);
      const scales = { gradient: 1 / gradientScale, hessian: 1 / hessianScale };
      const { tree, leaves } = grower.grow(sums, scales, features, undefined, eligible);
      const values = engine.settleLeaves(leaves, params.learningRate, params.l1, output);
      leaves.forEach((leaf, i) => {
        tree.value[leaf.node] = values[i];
      });
      if (drawn.length < rows.length) scoreOthers(tree, rows, drawn, binned, scores, output);
      if (leaves.length > 1) grew = true;
      trees.push(tree);
    }
    if (!grew && params.rowSample === 1 && params.columnSample === 1 && params.columnSampleByNode === 1) {
      trees.length -= outputs;
      break;
    }
    if (!watched) continue;
    const loss = watched.add(trees, outputs);
    if (loss < best - params.minDelta || bestRounds === 0) {
      best = loss;
      bestRounds = round + 1;
    } else if (round + 1 - bestRounds >= params.earlyStopping) break;
  }
  if (watched) trees.length = Math.min(trees.length, bestRounds * outputs);
  context.onProgress?.({ step: 'boost', done: params.rounds, total: params.rounds });
  return {
    trees,
    bins,
    start,
    gain: gains(trees, bins.length),
    summary: { rounds: trees.length / outputs, ...(watched ? { validationLoss: best } : {}) },
  };
}

/** Rows with weight; the others cannot matter. */
export function usableRows(data: TrainingData): Uint32Array {
  const rows = new Uint32Array(data.target.length);
  let found = 0;
  for (let i = 0; i < rows.length; i++) if (!data.weight || data.weight[i] > 0) rows[found++] = i;
  return rows.slice(0, found);
}

function sampleRows(rows: Uint32Array, share: number, source: Random): Uint32Array {
  if (share >= 1) return rows;
  const wanted = Math.max(1, Math.round(rows.length * share));
  const chosen = new Uint32Array(wanted);
  for (let i = 0, found = 0; found < wanted; i++)
    if ((rows.length - i) * source.next() < wanted - found) chosen[found++] = rows[i];
  return chosen;
}

function fillScores(scores: Float64Array, start: Float64Array): void {
  for (let i = 0, k = 0; i < scores.length; i++, k = k + 1 === start.length ? 0 : k + 1) scores[i] = start[k];
}

/** Adds the tree to the scores of the rows outside the sample, which are in no leaf's range; both lists ascend. */
function scoreOthers(
  tree: GrownTree,
  rows: Uint32Array,
  drawn: Uint32Array,
  { arena, memory }: BinnedRows,
  scores: Float64Array,
  output: number,
): void {
  let next = 0;
  for (const row of rows) {
    if (drawn[next] === row) next++;
    else scores[row * arena.outputs + output] += tree.value[leafOf(tree, memory.u8, arena.columnsAt, arena.rows, row)];
  }
}

/** Sum of the gains of the splits on each feature. */
export function gains(trees: readonly GrownTree[], features: number): Float64Array {
  const out = new Float64Array(features);
  for (const tree of trees) for (const split of tree.splits) if (split) out[split.feature] += split.gain;
  return out;
}

/** Scores of the validation rows, kept up with the trees. */
class Validation {
  readonly #data: TrainingData;
  readonly #bytes: Uint8Array;
  readonly #scores: Float64Array;
  readonly #objective: Objective;

  constructor(data: TrainingData, bins: readonly FeatureBins[], objective: Objective, start: Float64Array) {
    const { rows, columns } = data.matrix;
    this.#data = data;
    this.#objective = objective;
    this.#bytes = new Uint8Array(rows * bins.length);
    for (let j = 0; j < bins.length; j++) binColumn(columns[j], bins[j], this.#bytes, j * rows, 1);
    this.#scores = new Float64Array(rows * start.length);
    fillScores(this.#scores, start);
  }

  /** Adds the last round's trees; returns the loss. */
  add(trees: readonly GrownTree[], outputs: number): number {
    const { rows } = this.#data.matrix;
    for (let output = 0; output < outputs; output++) {
      const tree = trees[trees.length - outputs + output];
      for (let row = 0; row < rows; row++)
        this.#scores[row * outputs + output] += tree.value[leafOf(tree, this.#bytes, 0, rows, row)];
    }
    return this.#objective.meanLoss(this.#scores, this.#data);
  }
}
