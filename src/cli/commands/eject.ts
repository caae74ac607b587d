import { declareOptions } from '../../base/options.js';
import { command } from '../command.js';
import { STORE_OPTION } from '../common-options.js';
import { inWorkspace } from '../in-workspace.js';
import { writeOutput } from '../write-output.js';

export const eject = command({
  name: 'eject',
  summary: 'Write the definition that a model stands for as TypeScript, to go on from.',
  detail: 'Without --out it is printed. Relative paths of sources are written as seen from the folder of the file.',
  args: [{ name: 'model', doc: "a model as 'name', 'name:3' or 'name@alias'" }],
  options: declareOptions({
    out: { kind: 'text', default: null, shows: 'FILE', doc: 'File to write.' },
    force: { kind: 'boolean', default: false, doc: 'Write over a file that is there.' },
    ...STORE_OPTION,
  }),
  examples: ['millwright eject customers --out customers.system.ts', 'millwright eject customers:2'],
  async run(context) {
    const { out, force, store } = context.options;
    const model = context.args['model'] as string;
    const [{ eject: written }, { existsSync }, { fail }] = await Promise.all([
      import('../../run/eject.js'),
      import('node:fs'),
      import('../../base/error.js'),
    ]);
    if (out !== null && !force && existsSync(out))
      fail('MW_CLI_OUTPUT_EXISTS', { what: `There is a file '${out}' already.`, where: { file: out } });
    const { definition, plan, same } = await inWorkspace(context, store, (workspace) => written(model, out, workspace), {
      readOnly: true,
    });
    if (out === null) {
      context.result({ name: plan.name, out, same, definition }, definition);
      return 0;
    }
    await writeOutput(out, definition);
    context.result(
      { name: plan.name, out, same },
      `${out} defines ${plan.name}${same ? ', the very plan it was trained by' : '; only the paths of its files differ from the plan it was trained by'}.\nRun it: millwright run ${out}`,
    );
    return 0;
  },
});
