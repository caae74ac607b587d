import { fail } from '../../base/error.js';
import { declareOptions } from '../../base/options.js';
import type { Row } from '../../run/review-quarantine.js';
import { command } from '../command.js';
import { BY_OPTION, STORE_OPTION } from '../common-options.js';
import { inWorkspace } from '../in-workspace.js';

const ACTIONS = ['list', 'show', 'fix', 'drop', 'export'] as const;
type Action = (typeof ACTIONS)[number];

export const quarantine = command({
  name: 'quarantine',
  summary: 'Look at the rows that were put away, fix or drop them, or write them to a file.',
  detail:
    'A fixed row comes back into the data at the next run. An id may be shortened as long as it names one entry; ' +
    'dropped rows stay on record.',
  args: [
    { name: 'action', doc: ACTIONS.join(', ') },
    { name: 'id', doc: 'the entry to show, fix or drop', optional: true },
  ],
  options: declareOptions({
    source: { kind: 'text', default: null, shows: 'NAME', doc: 'Only rows of this source.' },
    all: { kind: 'boolean', default: false, doc: 'Resolved rows too.' },
    values: { kind: 'text', default: null, shows: 'JSON', doc: 'The right values of a row to fix, by column.' },
    out: { kind: 'text', default: null, shows: 'FILE', doc: 'File to export to: .csv, .jsonl or .parquet.' },
    ...BY_OPTION,
    ...STORE_OPTION,
  }),
  examples: [
    'millwright quarantine list',
    'millwright quarantine show 3f9a',
    `millwright quarantine fix 3f9a --values '{"age": 41}' --by ann`,
    'millwright quarantine drop 3f9a',
    'millwright quarantine export --out bad.csv',
  ],
  async run(context) {
    const { source, all, values, by, out, store } = context.options;
    const action = actionOf(context.args['action'] as string);
    const [{ dropRow, exportQuarantine, fixRow, openQuarantine, quarantineEntry }, { entriesText, entryText }] =
      await Promise.all([import('../../run/review-quarantine.js'), import('../text/quarantine-text.js')]);
    const id = () =>
      context.args['id'] ??
      fail('MW_CLI_ARGUMENT_MISSING', {
        what: `'millwright quarantine ${action}' needs the id of an entry.`,
        fix: "See them with 'millwright quarantine list'.",
      });
    const readOnly = action !== 'fix' && action !== 'drop';
    await inWorkspace(
      context,
      store,
      async (workspace) => {
        if (action === 'show') {
          const state = await quarantineEntry(id(), workspace);
          context.result(state, entryText(state));
          return;
        }
        if (action === 'fix') {
          const state = await fixRow(id(), rowOf(values), workspace.by, workspace);
          context.result(state, `${state.entry.id} is fixed and comes back at the next run.`);
          return;
        }
        if (action === 'drop') {
          const state = await dropRow(id(), workspace.by, workspace);
          context.result(state, `${state.entry.id} is dropped.`);
          return;
        }
        const entries = await openQuarantine(workspace).list({ ...(source === null ? {} : { source }), unresolved: !all });
        if (action === 'export') {
          if (out === null)
            fail('MW_CLI_ARGUMENT_MISSING', { what: 'The file to write is not named.', fix: 'Add --out FILE.' });
          await exportQuarantine(entries, out);
          context.result({ out, entries: entries.length }, `${entries.length} rows are in ${out}.`);
          return;
        }
        context.result({ entries }, entriesText(entries));
      },
      { readOnly, by },
    );
    return 0;
  },
});

function actionOf(text: string): Action {
  const action = ACTIONS.find((name) => name === text);
  return (
    action ??
    fail('MW_CLI_ARGUMENT_INVALID', {
      what: `'${text}' is nothing that can be done with the quarantine.`,
      fix: `One of ${ACTIONS.join(', ')}.`,
    })
  );
}

const plain = (value: unknown) => value === null || ['string', 'number', 'boolean'].includes(typeof value);

function rowOf(text: string | null): Row {
  const example = 'Write them like --values \'{"age": 41, "plan": "basic"}\'.';
  if (text === null) fail('MW_CLI_ARGUMENT_MISSING', { what: 'The right values are not given.', fix: example });
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    fail('MW_CLI_ARGUMENT_INVALID', { what: 'The values are not JSON.', where: { values: text }, fix: example, cause });
  }
  if (data === null || typeof data !== 'object' || Array.isArray(data) || !Object.values(data).every(plain))
    fail('MW_CLI_ARGUMENT_INVALID', { what: 'The values are not an object of plain values by column.', fix: example });
  return data as Row;
}
