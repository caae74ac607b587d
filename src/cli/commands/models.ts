import { fail } from '../../base/error.js';
import { declareOptions } from '../../base/options.js';
import type { Workspace } from '../../run/workspace.js';
import { command } from '../command.js';
import { BY_OPTION, REPORT_OPTION, STORE_OPTION } from '../common-options.js';
import { inWorkspace } from '../in-workspace.js';
import { modelsText, versionsText } from '../text/models-text.js';
import { writeReport } from '../write-report.js';

export const models = command({
  name: 'models',
  summary: 'List models, or the versions of one; show where one comes from, write its report, move an alias, delete a version.',
  detail:
    'A deleted version is not served, scored or named again; what it was stays on record for the lineage of its predictions, and ' +
    "'millwright prune' then frees the space of its files. One that an alias points to is not deleted.",
  args: [{ name: 'model', doc: "a model, or a version of it as 'name:3' or 'name@alias'", optional: true }],
  options: declareOptions({
    alias: { kind: 'text', default: null, shows: 'ALIAS', doc: 'Point this alias to the version named.' },
    new: { kind: 'boolean', default: false, doc: 'With --alias: make an alias that no model has yet.' },
    unalias: { kind: 'text', default: null, shows: 'ALIAS', doc: 'Take this alias of the model away.' },
    delete: {
      kind: 'boolean',
      default: false,
      doc: "Delete the version, named as 'name:3'; shows what that means until --yes.",
    },
    yes: { kind: 'boolean', default: false, doc: 'With --delete: do it.' },
    because: {
      kind: 'text',
      default: 'by hand',
      shows: 'TEXT',
      doc: 'Reason for the audit log, with --alias, --unalias or --delete.',
    },
    lineage: { kind: 'boolean', default: false, doc: 'Show where the version comes from: run, plan, code, data, features.' },
    prediction: {
      kind: 'text',
      default: null,
      shows: 'ID',
      doc: 'Show where one logged prediction of the model comes from, by the id it was answered with.',
    },
    ...REPORT_OPTION,
    ...BY_OPTION,
    ...STORE_OPTION,
  }),
  examples: [
    'millwright models',
    'millwright models customers',
    'millwright models customers:2 --alias champion --because "reviewed with sales"',
    'millwright models customers --unalias challenger',
    'millwright models customers:1 --delete --yes',
    'millwright models customers@champion --lineage',
    'millwright models customers --prediction 0mg3k2x1a0000w1',
    'millwright models customers --report customers.html',
  ],
  async run(context) {
    const { alias, unalias, because, lineage, prediction, report, by, store, ...flags } = context.options;
    const model = context.args['model'];
    const acts = [
      alias === null ? '' : '--alias',
      unalias === null ? '' : '--unalias',
      flags.delete ? '--delete' : '',
      lineage ? '--lineage' : '',
      prediction === null ? '' : '--prediction',
      report === null ? '' : '--report',
    ].filter(Boolean);
    if (acts.length > 1)
      fail('MW_CLI_ARGUMENT_INVALID', {
        what: `One thing at a time, not ${acts.join(' and ')}.`,
        fix: 'Leave all but one out.',
      });
    if (acts.length > 0 && model === undefined)
      fail('MW_CLI_ARGUMENT_MISSING', { what: `${acts[0]} needs a model.`, fix: `millwright models NAME ${acts[0]} ...` });
    if (flags.yes && !flags.delete) fail('MW_CLI_ARGUMENT_INVALID', { what: '--yes is of use with --delete only.' });
    if (flags.new && alias === null) fail('MW_CLI_ARGUMENT_INVALID', { what: '--new is of use with --alias only.' });

    const work = async (workspace: Workspace) => {
      const { models } = workspace;
      if (model === undefined) {
        const list = await models.list();
        context.result({ models: list }, modelsText(list));
        return;
      }
      if (lineage || prediction !== null) {
        const [{ lineageOf }, { lineageText }] = await Promise.all([
          import('../../run/lineage-of.js'),
          import('../text/lineage-text.js'),
        ]);
        const tree = await lineageOf(model, prediction, workspace);
        context.result(tree, lineageText(tree));
        return;
      }
      if (report !== null) {
        const version = await models.resolve(model);
        if (version.report === null) fail('MW_ARTIFACT_MISSING', { what: `${version.id} was registered without a report.` });
        await writeReport(await workspace.store.artifacts.pathOf(version.report), report);
        context.result({ model: version.model, version: version.version, report }, `The report of ${version.id} is ${report}.`);
        return;
      }
      const change = await import('../../run/change-model.js');
      if (flags.delete) {
        const version = await (flags.yes ? change.deleteVersion(model, because, workspace) : change.deletable(model, models));
        context.result(
          { deleted: flags.yes, model: version.model, version: version.version },
          flags.yes
            ? `${version.id} is deleted.`
            : `${version.id} (${version.estimator}, ${version.pipeline.slice(0, 19)}) would be deleted; nothing was done. Add --yes to do it.`,
        );
        return;
      }
      if (alias !== null) await change.pointAlias(model, alias, { because, fresh: flags.new }, workspace);
      if (unalias !== null) await change.takeAlias(model, unalias, because, workspace);
      const { model: name } = await models.resolve(model);
      const versions = (await models.versions(name)).toReversed();
      context.result({ name, versions }, versionsText(versions));
    };
    await inWorkspace(context, store, work, {
      readOnly: alias === null && unalias === null && !(flags.delete && flags.yes),
      by,
    });
    return 0;
  },
});
