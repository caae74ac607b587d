import { declareOptions } from '../../base/options.js';
import { command } from '../command.js';
import { STORE_OPTION } from '../common-options.js';
import { subjectPlan } from '../subject-plan.js';
import { writeOutput } from '../write-output.js';

export const plan = command({
  name: 'plan',
  summary: 'Show what a definition or a model means: as text, as data, as a drawing, or against another.',
  args: [{ name: 'subject', doc: "a definition file, or a model as 'name', 'name:3' or 'name@alias'" }],
  options: declareOptions({
    mermaid: { kind: 'boolean', default: false, doc: 'Print the graph of the system as a Mermaid flowchart.' },
    svg: { kind: 'text', default: null, shows: 'FILE', doc: 'Draw the graph of the system into this file.' },
    diff: {
      kind: 'text',
      default: null,
      shows: 'SUBJECT',
      doc: 'Show what is different in this other definition or model.',
    },
    ...STORE_OPTION,
  }),
  examples: [
    'millwright plan flights.system.ts',
    'millwright plan flights.system.ts --svg flights.svg',
    'millwright plan customers@champion --diff customers.system.ts',
    'millwright plan customers --json',
  ],
  async run(context) {
    const { mermaid, svg, diff, store } = context.options;
    const subject = context.args['subject'] as string;
    const { plan: shown } = await subjectPlan(context, subject, store);
    if (diff !== null) {
      const { describeChanges, diffPlans } = await import('../../define/diff-plans.js');
      const changes = diffPlans(shown, (await subjectPlan(context, diff, store)).plan);
      context.result({ before: subject, after: diff, changes }, describeChanges(changes));
      return 0;
    }
    const [{ describePlan }, { planHash }, { planGraph }] = await Promise.all([
      import('../../define/describe-plan.js'),
      import('../../define/plan-hash.js'),
      import('../../define/plan-graph.js'),
    ]);
    const hash = planHash(shown);
    if (svg !== null) {
      const { toSvg } = await import('../../define/to-svg.js');
      await writeOutput(svg, toSvg(planGraph(shown), shown.name));
      context.result({ hash, plan: shown, svg }, `${shown.name} is drawn in ${svg}.`);
      return 0;
    }
    if (mermaid) {
      const { toMermaid } = await import('../../define/to-mermaid.js');
      const graph = toMermaid(planGraph(shown));
      context.result({ hash, plan: shown, mermaid: graph }, graph);
      return 0;
    }
    context.result({ hash, plan: shown }, describePlan(shown));
    return 0;
  },
});
