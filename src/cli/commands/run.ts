import { declareOptions } from '../../base/options.js';
import type { Workspace } from '../../run/workspace.js';
import { command } from '../command.js';
import { BY_OPTION, LEARNING_OPTION, REPORT_OPTION, STORE_OPTION } from '../common-options.js';
import { inWorkspace } from '../in-workspace.js';
import { writeReport } from '../write-report.js';

export const run = command({
  name: 'run',
  summary: 'Run a definition from its sources to a registered, judged version.',
  detail: 'Steps whose inputs have not changed are not done again. Exit code 3 when a gate refuses the version.',
  args: [{ name: 'definition', doc: 'a TypeScript or JavaScript file whose default export is a system' }],
  options: declareOptions({ ...LEARNING_OPTION, ...REPORT_OPTION, ...BY_OPTION, ...STORE_OPTION }),
  examples: [
    'millwright run examples/flights/flights.system.ts',
    'millwright run churn.system.ts --store /var/lib/millwright --json',
  ],
  async run(context) {
    const [{ loadDefinition }, { trainSystem }, { trainText }] = await Promise.all([
      import('../../run/load-definition.js'),
      import('../../run/train-system.js'),
      import('../text/train-text.js'),
    ]);
    const { system, baseDir, path } = await loadDefinition(context.args['definition'] as string);
    const { by, store } = context.options;
    const work = (workspace: Workspace) =>
      trainSystem(
        {
          plan: system.plan,
          baseDir,
          definition: [path],
          alias: 'champion',
          because: 'millwright run',
          learningCurve: context.options.learningCurve,
        },
        workspace,
      );
    const outcome = await inWorkspace(context, store, work, { by });
    if (context.options.report !== null) await writeReport(outcome.report, context.options.report);
    context.result(outcome, trainText(outcome, system.plan, context.width));
    return outcome.accepted ? 0 : 3;
  },
});
