import { isDuration, milliseconds } from '../../base/duration.js';
import { fail } from '../../base/error.js';
import { didYouMean } from '../../base/nearest.js';
import { declareOptions } from '../../base/options.js';
import type { Prunable } from '../../run/prune.js';
import { command } from '../command.js';
import { BY_OPTION, STORE_OPTION } from '../common-options.js';
import { inWorkspace } from '../in-workspace.js';
import { size, textTable } from '../text/table.js';

const KINDS: readonly Prunable[] = ['predictions', 'rejections', 'artifacts'];

export const prune = command({
  name: 'prune',
  summary: 'Show what the store takes, and let go of what is older than it is to be kept.',
  detail:
    "'predictions' are logged predictions with their labels, 'rejections' refused requests, 'artifacts' models, reports and copies of data " +
    'that no registered version, and no step that may be repeated, needs any more. Nothing else is ever removed: neither runs nor the audit log nor what ' +
    'a version is served, judged or made again from, nor predictions whose labels may still come. Nothing is done without --yes, and not while a server runs. The log ' +
    'goes in segments, so some of what is older stays for now.',
  args: [],
  options: declareOptions({
    keep: {
      kind: 'texts',
      default: [],
      shows: 'WHAT=TIME',
      doc: "How long to keep what: 'predictions=90d', 'rejections=30d', 'artifacts=30d'. Give it once for each; what is not named is kept.",
    },
    yes: { kind: 'boolean', default: false, doc: 'Do it; without this it is only shown.' },
    ...BY_OPTION,
    ...STORE_OPTION,
  }),
  examples: [
    'millwright prune',
    'millwright prune --keep predictions=90d --keep rejections=30d',
    'millwright prune --keep predictions=90d --keep artifacts=30d --yes --by ann',
  ],
  async run(context) {
    const { yes, by, store } = context.options;
    const keep = retentions(context.options.keep);
    if (yes && Object.keys(keep).length === 0)
      fail('MW_CLI_ARGUMENT_MISSING', {
        what: 'How long to keep what is not said.',
        fix: 'Add --keep predictions=90d, for example.',
      });
    const { prune: pruneStore } = await import('../../run/prune.js');
    await inWorkspace(
      context,
      store,
      async (workspace) => {
        const outcome = await pruneStore(keep, yes, workspace);
        const rows = outcome.parts.map(({ what, name, bytes, old }) => [
          name,
          size(bytes),
          what in keep ? size(old) : '',
          what in keep ? '' : 'kept',
        ]);
        const end = yes
          ? `${size(outcome.freed)} freed.`
          : Object.keys(keep).length === 0
            ? 'Everything is kept. Say how long with --keep predictions=90d, for example.'
            : `${size(outcome.freed)} would be freed; nothing was done. Add --yes to do it.`;
        context.result(outcome, `${textTable(['what', 'size', 'older', ''], rows)}\n\n${end}`);
      },
      { readOnly: !yes, by },
    );
    return 0;
  },
});

/** Spans by what they are of, ms. @throws MW_OPTION_INVALID */
function retentions(given: readonly string[]): Partial<Record<Prunable, number>> {
  const keep: Partial<Record<Prunable, number>> = {};
  for (const text of given) {
    const [what = '', span = ''] = text.split('=');
    const kind = KINDS.find((name) => name === what);
    if (kind === undefined || !isDuration(span))
      fail('MW_OPTION_INVALID', {
        what:
          kind === undefined
            ? `'--keep ${text}': '${what}' has no retention.${didYouMean(what, KINDS)}`
            : `'--keep ${text}': '${span}' is no span of time.`,
        where: { option: '--keep' },
        fix: `Write it like predictions=90d; what can be named: ${KINDS.join(', ')}.`,
      });
    if (kind in keep) fail('MW_OPTION_INVALID', { what: `--keep names ${kind} twice.`, where: { option: '--keep' } });
    keep[kind] = milliseconds(span);
  }
  return keep;
}
