import { declareOptions } from '../../base/options.js';
import { command } from '../command.js';
import { STORE_OPTION } from '../common-options.js';
import { inWorkspace } from '../in-workspace.js';
import { writeOutput } from '../write-output.js';

export const evaluate = command({
  name: 'evaluate',
  summary: 'Judge a registered model on labelled rows that it has not seen.',
  detail: 'Rows without a label are left out; rows that do not hold the contract go to the quarantine.',
  args: [
    { name: 'model', doc: "a model as 'name', 'name:3' or 'name@alias'" },
    { name: 'file', doc: 'rows with the label column, like those the model was trained on' },
  ],
  options: declareOptions({
    report: { kind: 'text', default: null, shows: 'FILE', doc: 'Write the report with its charts here, as one HTML file.' },
    ...STORE_OPTION,
  }),
  examples: [
    'millwright evaluate customers later.csv',
    'millwright evaluate customers@challenger later.csv --report later.html --json',
  ],
  async run(context) {
    const { report, store } = context.options;
    const [{ evaluateVersion }, { evaluationText }] = await Promise.all([
      import('../../run/evaluate-version.js'),
      import('../text/evaluation-text.js'),
    ]);
    const outcome = await inWorkspace(context, store, (workspace) =>
      evaluateVersion(context.args['model'] as string, context.args['file'] as string, workspace, { report: report !== null }),
    );
    if (report !== null && outcome.report !== null) await writeOutput(report, outcome.report);
    const { version, evaluation, unlabelled, quarantined, warnings } = outcome;
    context.result(
      {
        model: version.model,
        version: version.version,
        ...evaluation,
        unlabelled,
        quarantined,
        warnings,
        ...(report === null ? {} : { report }),
      },
      `${evaluationText(outcome)}${report === null ? '' : `\n\nreport: ${report}`}`,
    );
    return 0;
  },
});
