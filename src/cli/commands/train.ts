import { fail } from '../../base/error.js';
import { declareOptions } from '../../base/options.js';
import { DEFAULT_STRATEGY, STRATEGIES, type StrategyName } from '../../define/strategies.js';
import { command } from '../command.js';
import { BY_OPTION, LEARNING_OPTION, READING_OPTIONS, REPORT_OPTION, readingOf, STORE_OPTION } from '../common-options.js';
import { inWorkspace } from '../in-workspace.js';
import { writeReport } from '../write-report.js';

const FORECAST =
  'Millwright does not forecast a series from its own past; features from windows over past rows are written in a definition';
const CLUSTERS = "Millwright does not group rows by a command; see kmeans of 'millwright/models'";
const RANKING = 'Millwright does not rank or recommend; a probability a row can be sorted by';
const CLASSES = "write 'binary' for two classes and 'multiclass' for more";

/** Kinds of problems that people ask for under these words. */
const NOT_OFFERED = {
  forecast: FORECAST,
  forecasting: FORECAST,
  timeseries: FORECAST,
  'time-series': FORECAST,
  cluster: CLUSTERS,
  clustering: CLUSTERS,
  ranking: RANKING,
  rank: RANKING,
  recommendation: RANKING,
  recommend: RANKING,
  anomaly: 'Millwright does not look for outliers without labels; with labels they are a binary problem',
  classification: CLASSES,
  classify: CLASSES,
} as const;

export const train = command({
  name: 'train',
  summary: 'Train a model on a file, without a definition.',
  detail:
    'Schema, problem kind, features, candidates and validation are inferred and printed; the model is registered in the store. ' +
    "'millwright eject' writes what was inferred as a definition to go on from.",
  args: [{ name: 'file', doc: 'CSV, JSON, JSON lines, Parquet or Arrow file, gzipped or not' }],
  options: declareOptions({
    target: { kind: 'text', default: '', shows: 'COLUMN', doc: 'The column to predict.' },
    test: {
      kind: 'text',
      default: null,
      shows: 'FILE',
      doc: 'Rows to test on; without it a fifth of the rows is kept for that.',
    },
    problem: {
      kind: 'choice',
      default: 'auto',
      choices: ['auto', 'binary', 'multiclass', 'regression'],
      instead: NOT_OFFERED,
      doc: 'Kind of problem.',
    },
    positive: {
      kind: 'text',
      default: null,
      shows: 'CLASS',
      doc: 'The class that probabilities speak of, in a binary problem.',
    },
    trials: { kind: 'integer', default: 20, min: 1, max: 10_000, doc: 'Trials of the search, over all candidates.' },
    timeBudget: { kind: 'duration', default: '40s', doc: 'Time for the search with the final fit.' },
    strategy: {
      kind: 'choice',
      default: DEFAULT_STRATEGY,
      choices: Object.keys(STRATEGIES) as StrategyName[],
      doc: 'How trials are chosen.',
    },
    workers: {
      kind: 'integer',
      default: 0,
      min: 0,
      max: 1024,
      doc: 'Most trials at a time; 0 is one a core. The model does not depend on it.',
    },
    seed: { kind: 'integer', default: 7, min: 0, max: 4_294_967_295, doc: 'Seed of everything random.' },
    name: { kind: 'text', default: null, shows: 'NAME', doc: "Name of the model; the file's name unless given." },
    time: {
      kind: 'text',
      default: null,
      shows: 'COLUMN',
      doc: "A column of moments to split the rows by, the latest to test; 'none' splits at random. One is found unless given.",
    },
    ...READING_OPTIONS,
    ...LEARNING_OPTION,
    ...REPORT_OPTION,
    ...BY_OPTION,
    ...STORE_OPTION,
  }),
  examples: [
    'millwright train customers.csv --target churned',
    'millwright train houses.parquet --target price --test later.parquet --trials 40',
    "millwright train export.csv --target churned --delimiter ';' --decimal , --missing unknown,-999",
    'millwright train customers.csv --target churned --json > outcome.json',
  ],
  async run(context) {
    const { file } = context.args;
    const { store, target, report, workers, by, ...options } = context.options;
    if (target === '')
      fail('MW_CLI_ARGUMENT_MISSING', {
        what: 'The column to predict is not named.',
        fix: "Add --target COLUMN. Without labels there is nothing to train; to group rows see kmeans of 'millwright/models'.",
      });
    const [{ trainFile }, { inferredText }, { trainText }] = await Promise.all([
      import('../../run/train-file.js'),
      import('../text/inferred-text.js'),
      import('../text/train-text.js'),
    ]);
    const outcome = await inWorkspace(
      context,
      store,
      (workspace) =>
        trainFile(
          file as string,
          { target, ...options, workers: workers === 0 ? null : workers, reading: readingOf(options) },
          workspace,
        ),
      { by },
    );
    if (report !== null) await writeReport(outcome.report, report);
    const { plan, why, ...rest } = outcome;
    context.result(rest, `${inferredText(plan, target, options.test, why)}\n\n${trainText(outcome, plan, context.width)}`);
    return 0;
  },
});
