import { fail } from '../../base/error.js';
import { declareOptions, type OptionSpecs } from '../../base/options.js';
import { EXPORT_FORMATS } from '../../run/export/catalogue.js';
import { command } from '../command.js';
import { STORE_OPTION } from '../common-options.js';
import { inWorkspace } from '../in-workspace.js';
import { exportText } from '../text/export-text.js';
import { writeOutput } from '../write-output.js';

/** Options of the formats, in the order of the catalogue. */
const FORMAT_OPTIONS: OptionSpecs = Object.assign({}, ...EXPORT_FORMATS.map(({ options }) => options));

export const exportCommand = command({
  name: 'export',
  summary: 'Write a model for other tools.',
  detail:
    `Formats: ${EXPORT_FORMATS.map(({ name, doc }) => `${name} (${doc})`).join('; ')}. ` +
    'What the file takes is printed in order. Its predictions are compared with those of the model, and the largest difference is printed.',
  args: [{ name: 'model', doc: "a model as 'name', 'name:3' or 'name@alias'" }],
  options: declareOptions({
    to: {
      kind: 'choice',
      default: EXPORT_FORMATS[0]?.name ?? '',
      choices: EXPORT_FORMATS.map(({ name }) => name),
      doc: 'Format to write.',
    },
    out: { kind: 'text', default: '', shows: 'FILE', doc: 'File to write.' },
    rows: {
      kind: 'text',
      default: null,
      shows: 'FILE',
      doc: 'Rows to compare the predictions on; the training and test rows that the store keeps, unless given.',
    },
    force: { kind: 'boolean', default: false, doc: 'Write over a file that is there.' },
    ...STORE_OPTION,
    ...FORMAT_OPTIONS,
  }),
  examples: EXPORT_FORMATS.map(
    ({ name, ending }) => `millwright export customers --to ${name} --out customers.${ending ?? name}`,
  ),
  async run(context) {
    const { to, out, rows, force, store, ...options } = context.options;
    if (out === '') fail('MW_CLI_ARGUMENT_MISSING', { what: 'The file to write is not named.', fix: 'Add --out FILE.' });
    const [{ exportModel }, { existsSync }] = await Promise.all([import('../../run/export-model.js'), import('node:fs')]);
    if (!force && existsSync(out))
      fail('MW_CLI_OUTPUT_EXISTS', { what: `There is a file '${out}' already.`, where: { file: out } });
    const { content, beside, ...exported } = await inWorkspace(
      context,
      store,
      (workspace) => exportModel(context.args['model'] as string, { to, rows, options }, workspace),
      // Rows of a file may need the history of the sources, which is recorded when it is read.
      { readOnly: rows === null },
    );
    const also = Object.entries(beside ?? {}).map(([ending, text]) => ({ path: besidePath(out, ending), text }));
    const taken = also.find(({ path }) => path === out || (!force && existsSync(path)));
    if (taken) fail('MW_CLI_OUTPUT_EXISTS', { what: `There is a file '${taken.path}' already.`, where: { file: taken.path } });
    await writeOutput(out, content);
    for (const { path, text } of also) await writeOutput(path, text);
    const outcome = { ...exported, to, out, also: also.map(({ path }) => path), bytes: Buffer.byteLength(content) };
    context.result(outcome, exportText(outcome));
    return 0;
  },
});

/** Name of a file beside another: its ending replaced. Types of a module `x.mjs` are looked for in `x.d.mts`. */
function besidePath(out: string, ending: string): string {
  const stem = out.replace(/\.[^./\\]*$/, '');
  return `${stem}${ending === '.d.ts' && out.endsWith('.mjs') ? '.d.mts' : ending}`;
}
