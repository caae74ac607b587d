import { declareOptions } from '../../base/options.js';
import { command } from '../command.js';
import { STORE_OPTION } from '../common-options.js';
import { inWorkspace } from '../in-workspace.js';

export const explain = command({
  name: 'explain',
  summary: 'Tell which features moved the predictions for the rows of a file, and by how much.',
  detail:
    'Exact Shapley values on the scale of the margin (log-odds for most classifiers): base plus contributions is the margin of the ' +
    "class that a line names. With --out every row is written with 'base', 'margin' and a 'contribution.<feature>' a feature.",
  args: [
    { name: 'model', doc: "a model as 'name', 'name:3' or 'name@alias'" },
    { name: 'file', doc: 'rows to explain: CSV, JSON, JSON lines, Parquet or Arrow, gzipped or not' },
  ],
  options: declareOptions({
    rows: { kind: 'integer', default: 5, min: 0, max: 10_000, unit: 'rows', doc: 'Rows to show, from the first on.' },
    reasons: { kind: 'integer', default: 5, min: 1, max: 1000, unit: 'reasons', doc: 'Reasons a row, the weightiest first.' },
    interactions: {
      kind: 'integer',
      default: 0,
      min: 0,
      max: 1000,
      unit: 'pairs',
      doc: 'Pairs of features a row whose acting together weighs most.',
    },
    out: { kind: 'text', default: null, shows: 'FILE', doc: 'Write every row here: .csv, .jsonl or .parquet.' },
    ...STORE_OPTION,
  }),
  examples: ['millwright explain customers new.csv --rows 3', 'millwright explain customers new.csv --out why.parquet --json'],
  async run(context) {
    const { rows, reasons, interactions, out, store } = context.options;
    const [{ explainRows }, { explainedText }] = await Promise.all([
      import('../../run/explain-rows.js'),
      import('../text/explained-text.js'),
    ]);
    const outcome = await inWorkspace(
      context,
      store,
      (workspace) =>
        explainRows(
          context.args['model'] as string,
          context.args['file'] as string,
          { rows, reasons, interactions, out },
          workspace,
        ),
      { readOnly: true },
    );
    context.result(outcome, explainedText(outcome));
    return 0;
  },
});
