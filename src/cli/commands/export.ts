import { fail } from '../../base/error.js';
import { declareOptions } from '../../base/options.js';
import { command } from '../command.js';
import { STORE_OPTION } from '../common-options.js';
import { inWorkspace } from '../in-workspace.js';
import { figure } from '../text/table.js';
import { writeOutput } from '../write-output.js';

export const exportCommand = command({
  name: 'export',
  summary: 'Write the trees of a model for other tools.',
  detail:
    'LightGBM text holds the model without the encoder before it: it takes the encoded inputs, which are printed in order, with ' +
    'categories as their codes.',
  args: [{ name: 'model', doc: "a model as 'name', 'name:3' or 'name@alias'" }],
  options: declareOptions({
    to: { kind: 'choice', default: 'lightgbm', choices: ['lightgbm'], doc: 'Format to write.' },
    out: { kind: 'text', default: '', shows: 'FILE', doc: 'File to write.' },
    force: { kind: 'boolean', default: false, doc: 'Write over a file that is there.' },
    ...STORE_OPTION,
  }),
  examples: ['millwright export customers --to lightgbm --out customers.txt'],
  async run(context) {
    const { to, out, force, store } = context.options;
    if (out === '') fail('MW_CLI_ARGUMENT_MISSING', { what: 'The file to write is not named.', fix: 'Add --out FILE.' });
    const [{ exportLightgbm }, { existsSync }] = await Promise.all([import('../../run/export-model.js'), import('node:fs')]);
    if (!force && existsSync(out))
      fail('MW_CLI_OUTPUT_EXISTS', { what: `There is a file '${out}' already.`, where: { file: out } });
    const { model, version, inputs, text } = await inWorkspace(
      context,
      store,
      (workspace) => exportLightgbm(context.args['model'] as string, workspace),
      { readOnly: true },
    );
    await writeOutput(out, text);
    context.result(
      { model, version, to, out, bytes: text.length, inputs },
      `${out}: ${model}:${version} in ${figure(text.length)} bytes, over ${inputs.join(', ')}.`,
    );
    return 0;
  },
});
