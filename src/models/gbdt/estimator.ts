import { fail } from '../../base/error.js';
import { resolveOptions } from '../../base/options.js';
import { random } from '../../base/random.js';
import { ByteReader } from '../bytes.js';
import { checkTraining } from '../data.js';
import type { Estimator, FitContext, TrainingData } from '../estimator.js';
import { flatten } from '../trees/forest.js';
import { ForestModel } from '../trees/forest-model.js';
import { boost } from './boost.js';
import { orderedStatistics, replaceCategories } from './category-statistics.js';
import { balancedFactors, reweighted } from './class-weights.js';
import { continuedModel, joinForests } from './continued.js';
import { objectiveFor } from './objectives/catalogue.js';
import { type GbdtParams, gbdtOptions } from './options.js';
import { StatisticsModel } from './statistics-model.js';

const VERSION = 1;
/** The format of statistics of categories and a model over them, in a format of its own. */
const WITH_STATISTICS = 16;

export const gbdt: Estimator = {
  name: 'gbdt',
  doc: 'Gradient-boosted trees on histograms: takes missing values and categories as they are.',
  tasks: ['binary', 'multiclass', 'regression'],
  params: gbdtOptions,
  needs: { imputed: false, scaled: false, categories: 'codes' },
  needsFor({ categories }) {
    const takesAll = categories === 'ordered' || categories === 'both';
    return [takesAll ? { ...gbdt.needs, categories: 'everyCode' } : gbdt.needs];
  },
  async fit(data: TrainingData, params, context) {
    const resolved = resolveOptions('gbdt', gbdtOptions, params);
    checkTraining(gbdt, data, context);
    checkTogether(resolved, context);
    const { categories } = resolved;
    if (categories !== 'sorted') {
      const classes = context.task === 'multiclass' ? context.classes : 0;
      const replaced = orderedStatistics(
        data,
        classes,
        { ...resolved, categories },
        random(context.seed).fork('category order'),
      );
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
  const { name, objective } = objectiveFor(params, context);
  if (objective.leafQuantile !== undefined && params.monotone !== null)
    refuse('monotone', `the objective '${name}' sets leaves to quantiles of their rows, which no direction can bind.`);
  objective.check?.(data);
  if (context.validation) objective.check?.(context.validation);
  const from = context.from && continuedModel(context.from, data.matrix, context, name);
  const [rows, validation] = weighted(data, params, context);
  const { trees, bins, start, gain, summary, history } = await boost(
    rows,
    objective,
    params,
    validation ? { ...context, validation } : context,
    undefined,
    from,
  );
  const forest = flatten(trees, bins);
  return new ForestModel({
    estimator: 'gbdt',
    version: VERSION,
    task: context.task,
    link: objective.link,
    objective: name,
    start,
    forest: from ? joinForests(from.forest, forest) : forest,
    gain,
    summary,
    ...(history ? { history } : {}),
  });
}

function refuse(option: string, what: string): never {
  return fail('MW_OPTION_INVALID', { what: `gbdt: ${what}`, where: { option } });
}

/** @throws MW_OPTION_INVALID for parameters that each are fine and contradict one another */
function checkTogether(
  { sampling, rowSample, topRate, otherRate, boosting, classWeight, categories }: GbdtParams,
  context: FitContext,
): void {
  if (sampling === 'goss' && rowSample < 1) refuse('rowSample', "sampling 'goss' draws the rows itself; leave rowSample at 1.");
  if (sampling === 'goss' && topRate + otherRate > 1)
    refuse('otherRate', `topRate ${topRate} and otherRate ${otherRate} are more than all rows together.`);
  if (boosting === 'dart' && context.from)
    refuse('boosting', "'dart' would have to drop trees of the model it goes on from; train from the start or with 'plain'.");
  if (categories !== 'sorted' && context.from)
    refuse('categories', `'${categories}' would make the statistics of categories anew, which earlier trees do not know.`);
  if (classWeight === 'balanced' && context.task === 'regression')
    refuse('classWeight', 'a regression has no classes to balance.');
}

/** The rows with their classes balanced when asked for; validation rows get the factors of the training rows. */
function weighted(
  data: TrainingData,
  { classWeight }: GbdtParams,
  { validation, classes }: FitContext,
): readonly [TrainingData, TrainingData | undefined] {
  if (classWeight === 'none') return [data, validation];
  const factors = balancedFactors(data, classes);
  return [reweighted(data, factors), validation && reweighted(validation, factors)];
}
