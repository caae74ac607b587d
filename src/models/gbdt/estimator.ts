import { resolveOptions } from '../../base/options.js';
import { checkTraining } from '../data.js';
import type { Estimator, FitContext, TrainingData } from '../estimator.js';
import { flatten } from '../trees/forest.js';
import { ForestModel } from '../trees/forest-model.js';
import { boost } from './boost.js';
import { binaryObjective, type Objective, softmaxObjective, squaredObjective } from './objective.js';
import { gbdtOptions } from './options.js';

const VERSION = 1;

function objectiveOf(context: FitContext): Objective {
  if (context.task === 'binary') return binaryObjective;
  return context.task === 'multiclass' ? softmaxObjective(context.classes) : squaredObjective;
}

export const gbdt: Estimator = {
  name: 'gbdt',
  doc: 'Gradient-boosted trees on histograms: takes missing values and categories as they are.',
  tasks: ['binary', 'multiclass', 'regression'],
  params: gbdtOptions,
  needs: { imputed: false, scaled: false, categories: 'codes' },
  async fit(data: TrainingData, params, context) {
    const resolved = resolveOptions('gbdt', gbdtOptions, params);
    checkTraining(gbdt, data, context);
    const objective = objectiveOf(context);
    const { trees, bins, start, gain, summary } = await boost(data, objective, resolved, context);
    return new ForestModel({
      estimator: 'gbdt',
      version: VERSION,
      task: context.task,
      link: objective.link,
      start,
      forest: flatten(trees, bins),
      gain,
      summary,
    });
  },
  load: (bytes) => ForestModel.load(bytes, 'gbdt', VERSION),
};
