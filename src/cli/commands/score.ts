import { fail } from '../../base/error.js';
import { declareOptions } from '../../base/options.js';
import { command } from '../command.js';
import { READING_OPTIONS, readingOf, STORE_OPTION } from '../common-options.js';
import { inWorkspace } from '../in-workspace.js';
import { figure } from '../text/table.js';

export const score = command({
  name: 'score',
  summary: 'Score the rows of a file with a registered model.',
  detail:
    "The rows come out in order, with 'prediction' and, for classification, 'probability' (binary: of the positive class) or " +
    "'probability_<class>' beside them. Each row is held to what a request is held to: one that would be refused has no prediction but " +
    "the codes and columns in 'rejected'; what is odd about a row that was scored, such as an unseen category, stands in 'warnings'. " +
    'Either column is there when some row has such.',
  args: [
    { name: 'model', doc: "a model as 'name', 'name:3' or 'name@alias'" },
    { name: 'file', doc: 'rows to score: CSV, JSON, JSON lines, Parquet or Arrow, gzipped or not' },
  ],
  options: declareOptions({
    out: { kind: 'text', default: '', shows: 'FILE', doc: 'File to write: .csv, .jsonl or .parquet.' },
    ...READING_OPTIONS,
    ...STORE_OPTION,
  }),
  examples: [
    'millwright score customers new.csv --out scored.csv',
    'millwright score customers@challenger new.parquet --out scored.parquet --json',
  ],
  async run(context) {
    const { out, store } = context.options;
    if (out === '') fail('MW_CLI_ARGUMENT_MISSING', { what: 'The file to write is not named.', fix: 'Add --out FILE.' });
    const { scoreFile } = await import('../../run/score-file.js');
    const outcome = await inWorkspace(
      context,
      store,
      (workspace) =>
        scoreFile(context.args['model'] as string, context.args['file'] as string, out, workspace, readingOf(context.options)),
      { readOnly: true },
    );
    const { model, version, rows, rejected, refused, warned, seconds, notes } = outcome;
    context.result(
      outcome,
      [
        `${figure(rows - refused)} rows scored by ${model}:${version} in ${figure(seconds)} s: ${out}`,
        ...(refused > 0
          ? [`! ${figure(refused)} rows are refused as a request would be; 'rejected' says why, and they have no prediction.`]
          : []),
        ...(warned > 0 ? [`! ${figure(warned)} rows are scored with warnings; 'warnings' says which.`] : []),
        ...(rejected > 0 ? [`! ${figure(rejected)} lines are no rows and are not in it.`] : []),
        ...notes.map((note) => `! ${note}`),
      ].join('\n'),
    );
    return 0;
  },
});
