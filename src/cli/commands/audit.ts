import { declareOptions } from '../../base/options.js';
import { command } from '../command.js';
import { STORE_OPTION } from '../common-options.js';
import { inWorkspace } from '../in-workspace.js';
import { figure, moment, textTable } from '../text/table.js';

const version = (value: unknown) => (value === null ? 'none' : String(value));

/** From where to where an alias went, in figures that say so. */
function moved({ from, to }: Readonly<Record<string, unknown>>): string {
  return from === undefined || to === undefined ? '' : ` ${version(from)} → ${version(to)}`;
}

export const audit = command({
  name: 'audit',
  summary: 'List what was done and decided, by whom and why; verify that nothing of it was changed.',
  detail: 'Exit code 3 when --verify finds the log changed.',
  args: [],
  options: declareOptions({
    verify: { kind: 'boolean', default: false, doc: "Follow the chain of the entries' hashes from the beginning." },
    action: { kind: 'text', default: null, shows: 'ACTION', doc: "Only this kind of act, such as 'alias.move'." },
    subject: { kind: 'text', default: null, shows: 'SUBJECT', doc: "Only what was done to this, such as 'customers:2'." },
    model: { kind: 'text', default: null, shows: 'MODEL', doc: 'Only what was done to this model, its versions and aliases.' },
    actor: { kind: 'text', default: null, shows: 'ACTOR', doc: 'Only what this person or part of Millwright did.' },
    limit: { kind: 'integer', default: 30, min: 1, max: 1_000_000, doc: 'The newest so many.' },
    ...STORE_OPTION,
  }),
  examples: [
    'millwright audit',
    'millwright audit --model customers',
    'millwright audit --subject customers:2 --json',
    'millwright audit --verify',
  ],
  async run(context) {
    const { verify, action, subject, model, actor, limit, store } = context.options;
    await inWorkspace(
      context,
      store,
      async (workspace) => {
        if (verify) {
          const verdict = await workspace.audit.assertWhole();
          context.result(verdict, `✓ ${figure(verdict.entries)} entries, each following from the one before: ${verdict.head}`);
          return;
        }
        const entries = await workspace.audit.list({
          ...(action === null ? {} : { action }),
          ...(subject === null ? {} : { subject }),
          ...(model === null ? {} : { model }),
          ...(actor === null ? {} : { actor }),
          limit,
        });
        const rows = entries.map(({ seq, at, actor: who, action: what, subject: whom, figures, reason }) => [
          String(seq),
          moment(at),
          who,
          what,
          `${whom}${moved(figures)}`,
          reason.replace(/\s+/g, ' '),
        ]);
        context.result(
          { entries },
          rows.length === 0
            ? 'Nothing is on record.'
            : textTable(['#', 'when', 'who', 'act', 'what', 'why'], rows, context.width),
        );
      },
      { readOnly: true },
    );
    return 0;
  },
});
