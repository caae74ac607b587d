import { fail } from '../../base/error.js';
import { type OptionValues, resolveOptions } from '../../base/options.js';
import { type Random, random } from '../../base/random.js';
import { GRADIENT_LEVELS, HESSIAN_LEVELS } from '../../kernels/tree-kernels.js';
import { pause } from '../data.js';
import type { FitContext, TrainingData } from '../estimator.js';
import { type Boosted, gains, machineryFor, usableRows } from '../gbdt/boost.js';
import { gbdtOptions } from '../gbdt/options.js';
import { type BinnedRows, binRows, type Machinery, onThreads } from '../trees/binned-rows.js';
import { fitBins } from '../trees/binning.js';
import { TreeGrower } from '../trees/grow.js';
import type { GrownTree } from '../trees/grown-tree.js';
import type { forestOptions } from './options.js';
import { OutOfBag } from './out-of-bag.js';
import { bestSplit, drawnSearch, randomSplit } from './split-search.js';

export type ForestParams = OptionValues<typeof forestOptions>;

/**
 * Trees on the squared error, each on rows drawn with replacement and features drawn for each split (Breiman 2001), or with random
 * thresholds (Geurts, Ernst and Wehenkel 2006). A row drawn n times counts with n times its weight. Leaves hold means divided by the
 * number of trees, so that the sum of the trees is their average; several classes get a tree each.
 */
export function growForest(
  data: TrainingData,
  params: ForestParams,
  thresholds: 'best' | 'random',
  context: FitContext,
  machinery: Machinery = machineryFor(data, context),
): Promise<Boosted> {
  return onThreads(machinery, (chosen) => growOn(chosen, data, params, thresholds, context));
}

async function growOn(
  machinery: Machinery,
  data: TrainingData,
  params: ForestParams,
  thresholds: 'best' | 'random',
  context: FitContext,
): Promise<Boosted> {
  const source = random(context.seed);
  const outputs = context.task === 'multiclass' ? context.classes : 1;
  const rules = resolveOptions('forest', gbdtOptions, {
    minRows: params.minRows,
    minGain: params.minGain,
    leaves: params.leaves,
    maxDepth: params.maxDepth,
    bins: params.bins,
    minBinRows: 1,
    minChildWeight: 0,
    l2: 0,
    categorySmoothing: 1,
    categoryL2: 0,
    minCategoryRows: params.minRows,
  });
  const bins = fitBins(data.matrix, rules, source.fork('bins'), machinery.shared);
  const binned = await binRows(data, bins, params.leaves, outputs, machinery);
  const start = startOf(data, context, outputs);
  const rows = usableRows(data);
  const outOfBag = params.bootstrap ? new OutOfBag(data, binned, start) : undefined;
  const grower = new TreeGrower(binned, rules, rules);
  const trees: GrownTree[] = [];
  const counts = new Uint32Array(data.target.length);
  const wanted = columnsWanted(bins.length, params, context);
  try {
    for (let t = 0; t < params.trees; t++) {
      await pause(context.signal);
      context.onProgress?.({ step: 'grow', done: t, total: params.trees });
      const own = source.fork(`tree ${t}`);
      drawRows(rows, counts, params, own.fork('rows'));
      for (let output = 0; output < outputs; output++) {
        const { drawn, sums, scales } = quantized(data, binned, counts, start, output, own.fork(`round ${output}`));
        const columns = own.fork(`columns ${output}`);
        const all = bins.map((_, feature) => feature);
        const features = params.columnsPer === 'tree' ? draw(all, wanted, columns) : all;
        const splitOf =
          thresholds === 'best' ? bestSplit(binned, rules) : randomSplit(binned, rules, own.fork(`thresholds ${output}`));
        const search = drawnSearch(binned, features, wanted, splitOf, columns);
        const { tree, leaves } = await grower.grow({ ...sums, count: drawn }, scales, features, search);
        const values = binned.engine.settleLeaves(leaves, 1 / params.trees, 0, output);
        leaves.forEach((leaf, i) => {
          tree.value[leaf.node] = values[i];
        });
        outOfBag?.add(tree, counts, output);
        trees.push(tree);
      }
    }
  } finally {
    binned.engine.close();
  }
  context.onProgress?.({ step: 'grow', done: params.trees, total: params.trees });
  const leaves = trees.reduce((sum, { left }) => sum + (left.length + 1) / 2, 0) / trees.length;
  const summary = { trees: trees.length, leaves, ...outOfBag?.summary(params.trees) };
  return { trees, bins, start, gain: gains(trees, bins.length), summary };
}

/** The mean for regression, so that gradients are small; 0 for classes, whose gradients then are whole numbers. */
function startOf({ target, weight }: TrainingData, context: FitContext, outputs: number): Float64Array {
  const start = new Float64Array(outputs);
  if (context.task !== 'regression') return start;
  let total = 0;
  for (let i = 0; i < target.length; i++) {
    const w = weight ? weight[i] : 1;
    start[0] += w * target[i];
    total += w;
  }
  start[0] /= total;
  return start;
}

function columnsWanted(features: number, params: ForestParams, { task }: FitContext): number {
  const share = params.columnSample || (task === 'regression' ? 1 / 3 : 1 / Math.sqrt(features));
  return Math.min(features, Math.max(1, Math.round(features * share)));
}

function draw(from: readonly number[], wanted: number, source: Random): number[] {
  const rest = [...from];
  return Array.from({ length: wanted }, () => rest.splice(source.below(rest.length), 1)[0]);
}

/** How often each row is drawn. */
function drawRows(rows: Uint32Array, counts: Uint32Array, params: ForestParams, source: Random): void {
  counts.fill(0);
  if (!params.bootstrap) for (const row of rows) counts[row] = 1;
  else
    for (let k = Math.max(1, Math.round(rows.length * params.rowSample)); k > 0; k--) counts[rows[source.below(rows.length)]]++;
}

/** Sets the row list and the quantized gradients of an output; whole gradients within the levels stay exact. */
function quantized(
  data: TrainingData,
  { arena, memory, engine }: BinnedRows,
  counts: Uint32Array,
  start: Float64Array,
  output: number,
  source: Random,
) {
  const { target, weight } = data;
  const pairs = arena.pairsAt >>> 2;
  const list = arena.entriesAt >>> 2;
  let drawn = 0;
  let gradient = 0;
  let hessian = 0;
  for (let i = 0; i < target.length; i++) {
    if (counts[i] === 0) continue;
    const w = counts[i] * (weight ? weight[i] : 1);
    const wish = start.length > 1 ? (target[i] === output ? 1 : 0) : target[i];
    const g = Math.fround(w * (start[output] - wish));
    const h = Math.fround(w);
    memory.f32[pairs + 2 * i] = g;
    memory.f32[pairs + 2 * i + 1] = h;
    memory.u32[list + 2 * drawn++] = i;
    gradient = Math.max(gradient, Math.abs(g));
    hessian = Math.max(hessian, h);
  }
  if (!(gradient < Infinity && hessian < Infinity))
    fail('MW_MODEL_DIVERGED', { what: 'The target times the weight is not finite in single precision.' });
  const room = (2 ** 31 - 1) / drawn - 1;
  const gradientScale = scaleTo(gradient, Math.min(GRADIENT_LEVELS, room));
  const hessianScale = scaleTo(hessian, Math.min(HESSIAN_LEVELS, room));
  const sums = engine.quantize(drawn, gradientScale, hessianScale, source.uint32());
  return { drawn, sums, scales: { gradient: 1 / gradientScale, hessian: 1 / hessianScale } };
}

/** The largest power of two that keeps `largest` within the levels. */
function scaleTo(largest: number, levels: number): number {
  let scale = 1;
  if (!(largest > 0)) return scale;
  while (largest * scale * 2 <= levels) scale *= 2;
  while (largest * scale > levels) scale /= 2;
  return scale;
}
