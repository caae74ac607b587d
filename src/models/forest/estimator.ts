import { type OptionSpecs, resolveOptions } from '../../base/options.js';
import { checkTraining } from '../data.js';
import type { Estimator } from '../estimator.js';
import { flatten } from '../trees/forest.js';
import { ForestModel } from '../trees/forest-model.js';
import { growForest } from './grow-forest.js';
import { extraTreesOptions, forestOptions } from './options.js';

const VERSION = 1;

function averaged(
  name: string,
  doc: string,
  params: typeof forestOptions | typeof extraTreesOptions,
  thresholds: 'best' | 'random',
): Estimator {
  const estimator: Estimator = {
    name,
    doc,
    tasks: ['binary', 'multiclass', 'regression'],
    params: params satisfies OptionSpecs,
    needs: { imputed: false, scaled: false, categories: 'codes' },
    async fit(data, given, context) {
      const resolved = resolveOptions(name, params, given);
      checkTraining(estimator, data, context);
      const { trees, bins, start, gain, summary } = await growForest(data, resolved, thresholds, context);
      return new ForestModel({
        estimator: name,
        version: VERSION,
        task: context.task,
        link: context.task === 'regression' ? 'identity' : 'shares',
        start,
        forest: flatten(trees, bins),
        gain,
        summary,
      });
    },
    load: (bytes) => ForestModel.load(bytes, name, VERSION),
  };
  return estimator;
}

/** Random forest (Breiman 2001) on histograms. */
export const forest: Estimator = averaged(
  'forest',
  'Random forest: the average of trees on resampled rows, each split by the best of a few features.',
  forestOptions,
  'best',
);

/** Extremely randomised trees (Geurts, Ernst and Wehenkel 2006) on histograms: thresholds are drawn among bins. */
export const extraTrees: Estimator = averaged(
  'extraTrees',
  'Extremely randomised trees: the average of trees with random thresholds, each split by the best of a few.',
  extraTreesOptions,
  'random',
);
