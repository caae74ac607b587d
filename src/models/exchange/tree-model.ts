import { fail } from '../../base/error.js';
import type { Model } from '../estimator.js';
import { StatisticsModel } from '../gbdt/statistics-model.js';
import type { Forest } from '../trees/forest.js';
import { ForestModel } from '../trees/forest-model.js';

/** The model as one of trees. @param format how sentences call the format @throws MW_EXCHANGE_UNSUPPORTED when it is none */
export function treeModel(model: Model, format: string): ForestModel {
  if (model instanceof ForestModel) return model;
  if (model instanceof StatisticsModel)
    fail('MW_EXCHANGE_UNSUPPORTED', {
      what: `${format} cannot hold the ordered statistics that stand for the categories of this model.`,
      fix: "Train gbdt with categories 'sorted'.",
    });
  return fail('MW_EXCHANGE_UNSUPPORTED', {
    what: `${format} holds trees; a model of '${model.estimator}' has none of Millwright's.`,
    fix: 'Export a model of gbdt, tree or forest.',
  });
}

/** Trees whose leaves are the outputs themselves where they are shares of one class, and what else sums begin with. */
export function withoutShares(
  { link, outputs, forest, start, estimator }: ForestModel,
  format: string,
): { readonly forest: Forest; readonly start: Float64Array | null } {
  if (link === 'shares' && outputs > 1)
    fail('MW_EXCHANGE_UNSUPPORTED', {
      what: `The ${outputs} class shares of '${estimator}' have no objective in ${format}.`,
      fix: 'Train gbdt on this problem, or export it to onnx.',
    });
  return link === 'shares' && forest.roots.length === 2
    ? { forest: clipped(forest, start[0]), start: null }
    : { forest, start };
}

/** A lone tree whose leaves hold its shares themselves, within 0 and 1 as the link would keep them. */
function clipped(forest: Forest, start: number): Forest {
  return { ...forest, value: forest.value.map((value) => Math.min(1, Math.max(0, start + value))) };
}
