import { resolveOptions } from '../../base/options.js';
import { checkTraining } from '../data.js';
import type { Estimator } from '../estimator.js';
import { boost } from '../gbdt/boost.js';
import { squaredObjective } from '../gbdt/objectives/squared.js';
import { gbdtOptions } from '../gbdt/options.js';
import { flatten } from '../trees/forest.js';
import { ForestModel } from '../trees/forest-model.js';
import { growExact } from './grow-exact.js';
import { treeOptions } from './options.js';
import { sharesObjective } from './shares-objective.js';

const VERSION = 1;
/** Values up to which each feature's rows are kept sorted, 4 bytes a value. */
const MOST_SORTED = 60_000_000;
const BINS = 255;

/**
 * One tree by the least squared error: leaves hold means, and for classes the squared error of their shares is the Gini impurity (CART,
 * Breiman et al. 1984). Over bins it is one round of boosting with full steps, where several classes get a tree each.
 */
export const tree: Estimator = {
  name: 'tree',
  doc: 'A single decision tree: least squared error, or Gini impurity for classes.',
  tasks: ['binary', 'multiclass', 'regression'],
  params: treeOptions,
  needs: { imputed: false, scaled: false, categories: 'codes' },
  async fit(data, params, context) {
    const resolved = resolveOptions('tree', treeOptions, params);
    checkTraining(tree, data, context);
    const objective = context.task === 'multiclass' ? sharesObjective(context.classes) : squaredObjective;
    const exact = resolved.bins === 0 && data.matrix.rows * data.matrix.columns.length <= MOST_SORTED;
    const { start, forest, gain, leaves } = exact
      ? await growExact(data, objective, resolved, context)
      : await overBins({ ...resolved, bins: resolved.bins || BINS });
    return new ForestModel({
      estimator: 'tree',
      version: VERSION,
      task: context.task,
      link: context.task === 'regression' ? 'identity' : 'shares',
      start,
      forest,
      gain,
      summary: { leaves },
    });

    async function overBins(binned: typeof resolved) {
      const single = { ...binned, rounds: 1, learningRate: 1, minChildWeight: 0, columnSample: 1 };
      const grown = await boost(data, objective, resolveOptions('tree', gbdtOptions, single), context);
      const found = grown.trees.reduce((sum, { left }) => sum + (left.length + 1) / 2, 0);
      return { ...grown, forest: flatten(grown.trees, grown.bins), leaves: found };
    }
  },
  load: (bytes) => ForestModel.load(bytes, 'tree', VERSION),
};
