import { resolveOptions } from '../../base/options.js';
import { checkTraining } from '../data.js';
import type { Estimator } from '../estimator.js';
import { boost } from '../gbdt/boost.js';
import { squaredObjective } from '../gbdt/objectives/squared.js';
import { gbdtOptions } from '../gbdt/options.js';
import { flatten } from '../trees/forest.js';
import { ForestModel } from '../trees/forest-model.js';
import { treeOptions } from './options.js';
import { sharesObjective } from './shares-objective.js';

const VERSION = 1;

/**
 * One round of boosting on the squared error with full steps: leaves hold means, and for classes the squared error of their shares is
 * the Gini impurity (CART, Breiman et al. 1984). Several classes get a tree each.
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
    const single = resolveOptions('tree', gbdtOptions, {
      ...resolved,
      rounds: 1,
      learningRate: 1,
      minChildWeight: 0,
      columnSample: 1,
    });
    const objective = context.task === 'multiclass' ? sharesObjective(context.classes) : squaredObjective;
    const { trees, bins, start, gain } = await boost(data, objective, single, context);
    return new ForestModel({
      estimator: 'tree',
      version: VERSION,
      task: context.task,
      link: context.task === 'regression' ? 'identity' : 'shares',
      start,
      forest: flatten(trees, bins),
      gain,
      summary: { leaves: trees.reduce((sum, { left }) => sum + (left.length + 1) / 2, 0) },
    });
  },
  load: (bytes) => ForestModel.load(bytes, 'tree', VERSION),
};
