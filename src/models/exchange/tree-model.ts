import { fail } from '../../base/error.js';
import type { Model } from '../estimator.js';
import { StatisticsModel } from '../gbdt/statistics-model.js';
import type { Forest } from '../trees/forest.js';
import { ForestModel, type Link } from '../trees/forest-model.js';
import { asForest } from './as-forest.js';
import { IMPORTED_FOREST, ImportedForestModel } from './imported-forest.js';

/** The model as one of trees. @param format how sentences call the format @throws MW_EXCHANGE_UNSUPPORTED when it is none */
export function treeModel(model: Model, format: string): ForestModel {
  if (model instanceof ForestModel) return model;
  if (model instanceof ImportedForestModel) return importedModel(model, format);
  if (model instanceof StatisticsModel)
    fail('MW_EXCHANGE_UNSUPPORTED', {
      what: `${format} cannot hold the ordered statistics that stand for the categories of this model.`,
      fix: "Train gbdt with categories 'sorted'.",
    });
  return fail('MW_EXCHANGE_UNSUPPORTED', {
    what: `${format} holds trees; a model of '${model.estimator}' has none of Millwright's.`,
    fix: 'Export a model of gbdt, tree or forest, or an imported one.',
  });
}

const LINKS: readonly string[] = ['identity', 'sigmoid', 'softmax', 'exp'] satisfies readonly Link[];

/** Imported trees as trees of our own, with the same leaves for every row. */
function importedModel({ parts, outputs }: ImportedForestModel, format: string): ForestModel {
  const { task, inputs, link, steepness, divisor, start, forest: imported } = parts;
  const lacks = (what: string): never =>
    fail('MW_EXCHANGE_UNSUPPORTED', {
      what: `${format} is written from trees of Millwright's own rules; the imported ones have ${what}.`,
      fix: 'Export the model with the library that made it.',
    });
  if (!LINKS.includes(link)) lacks(`the link '${link}'`);
  if (!imported.output.every((output, t) => output === t % outputs)) lacks('several trees a class and round');
  const forest = asForest(imported, inputs) ?? lacks('rules that these are not, such as zero that counts as missing');
  const factor = (link === 'sigmoid' ? steepness : 1) / divisor;
  return new ForestModel({
    estimator: IMPORTED_FOREST,
    version: 1,
    task,
    link: link as Link,
    start: start.map((value) => value * factor),
    forest: factor === 1 ? forest : { ...forest, value: forest.value.map((value) => value * factor) },
    gain: new Float64Array(inputs),
    summary: {},
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
