import { fail } from '../../base/error.js';
import { declareOptions } from '../../base/options.js';
import { command } from '../command.js';
import { BY_OPTION, STORE_OPTION } from '../common-options.js';
import { inWorkspace } from '../in-workspace.js';
import { figure } from '../text/table.js';

export const importCommand = command({
  name: 'import',
  summary: 'Register a model that LightGBM or XGBoost trained.',
  detail:
    'Reads LightGBM text, XGBoost JSON and XGBoost UBJSON. The version is scored and served by its raw features, all of them numbers; a category is ' +
    'its code in the training there.',
  args: [{ name: 'file', doc: 'a LightGBM text model, or an XGBoost model as .json or .ubj' }],
  options: declareOptions({
    name: { kind: 'text', default: '', shows: 'NAME', doc: 'Name of the model.' },
    features: {
      kind: 'text',
      default: null,
      shows: 'A,B,C',
      doc: "Names of the inputs, in order; the file's own unless given, or f0, f1 and so on.",
    },
    problem: {
      kind: 'choice',
      default: 'file',
      choices: ['file', 'binary', 'regression'],
      doc: "What one share means: as the file says (cross entropy: a regression), or 'binary', the probability of class 1, or 'regression'.",
    },
    ...BY_OPTION,
    ...STORE_OPTION,
  }),
  examples: [
    'millwright import model.txt --name fares',
    'millwright import model.json --name risk --features age,income,region --json',
    'millwright import cross-entropy.txt --name clicks --problem binary',
  ],
  async run(context) {
    const { name, features, problem, by, store } = context.options;
    if (name === '') fail('MW_CLI_ARGUMENT_MISSING', { what: 'The model is not named.', fix: 'Add --name NAME.' });
    const { importModel } = await import('../../run/import-model.js');
    const names = features === null ? null : features.split(',').map((each) => each.trim());
    const outcome = await inWorkspace(
      context,
      store,
      (workspace) =>
        importModel(
          context.args['file'] as string,
          { name, features: names, problem: problem === 'file' ? null : problem },
          workspace,
        ),
      { by },
    );
    context.result(
      outcome,
      `${outcome.id}: ${figure(outcome.trees)} trees over ${figure(outcome.features.length)} features, ${outcome.problem}, from ${outcome.format}.`,
    );
    return 0;
  },
});
