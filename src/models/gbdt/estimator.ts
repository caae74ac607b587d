import { resolveOptions } from '../../base/options.js';
import { random } from '../../base/random.js';
import { ByteReader } from '../bytes.js';
import { checkTraining } from '../data.js';
import type { Estimator, FitContext, TrainingData } from '../estimator.js';
import { flatten } from '../trees/forest.js';
import { ForestModel } from '../trees/forest-model.js';
import { boost, type GbdtParams } from './boost.js';
import { orderedStatistics, replaceCategories } from './category-statistics.js';
import { binaryObjective, type Objective, softmaxObjective, squaredObjective } from './objective.js';
import { gbdtOptions } from './options.js';
import { StatisticsModel } from './statistics-model.js';

const VERSION = 1;
/** The format of statistics of categories and a model over them, in a format of its own. */
const WITH_STATISTICS = 16;

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
    if (resolved.categories === 'ordered') {
      const classes = context.task === 'multiclass' ? context.classes : 0;
      const replaced = orderedStatistics(data, classes, resolved, random(context.seed).fork('category order'));
      if (replaced) {
        const { tables } = replaced;
        const { validation } = context;
        const seen = validation && { ...validation, matrix: replaceCategories(validation.matrix, tables) };
        const model = await fitForest(replaced.data, resolved, seen ? { ...context, validation: seen } : context);
        return new StatisticsModel(model, tables, WITH_STATISTICS);
      }
    }
    return fitForest(data, resolved, context);
  },
  load(bytes) {
    const reader = new ByteReader(bytes);
    const header = reader.header();
    return header.estimator === 'gbdt' && header.version === WITH_STATISTICS
      ? StatisticsModel.read(reader, header, loadForest)
      : loadForest(bytes);
  },
};

const loadForest = (bytes: Uint8Array): ForestModel => ForestModel.load(bytes, 'gbdt', VERSION);

async function fitForest(data: TrainingData, params: GbdtParams, context: FitContext): Promise<ForestModel> {
  const objective = objectiveOf(context);
  const { trees, bins, start, gain, summary } = await boost(data, objective, params, context);
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
}
