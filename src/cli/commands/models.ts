import { fail } from '../../base/error.js';
import { declareOptions } from '../../base/options.js';
import type { Workspace } from '../../run/workspace.js';
import { command } from '../command.js';
import { REPORT_OPTION, STORE_OPTION } from '../common-options.js';
import { inWorkspace } from '../in-workspace.js';
import { figure, textTable } from '../text/table.js';
import { writeReport } from '../write-report.js';

/** The metric that versions are shown by: the first of these that they have. */
const SHOWN = ['auc', 'rmse', 'logloss'];

export const models = command({
  name: 'models',
  summary: 'List models, or the versions of one; show where one comes from, write its report, move an alias.',
  args: [{ name: 'model', doc: "a model, or a version of it as 'name:3' or 'name@alias'", optional: true }],
  options: declareOptions({
    alias: { kind: 'text', default: null, shows: 'ALIAS', doc: 'Point this alias to the version named.' },
    because: { kind: 'text', default: 'by hand', shows: 'TEXT', doc: 'Reason for the audit log, with --alias.' },
    lineage: { kind: 'boolean', default: false, doc: 'Show where the version comes from: run, plan, code, data, features.' },
    prediction: {
      kind: 'text',
      default: null,
      shows: 'ID',
      doc: 'Show where one logged prediction of the model comes from, by the id it was answered with.',
    },
    ...REPORT_OPTION,
    ...STORE_OPTION,
  }),
  examples: [
    'millwright models',
    'millwright models customers',
    'millwright models customers:2 --alias champion --because "reviewed with sales"',
    'millwright models customers@champion --lineage',
    'millwright models customers --prediction 0mg3k2x1a0000w1',
    'millwright models customers --report customers.html',
  ],
  async run(context) {
    const { model } = context.args;
    const { alias, because, lineage, prediction, report, store } = context.options;
    const work = async (workspace: Workspace) => {
      const { models } = workspace;
      if (model === undefined) {
        const list = await models.list();
        const rows = list.map(({ name, versions, latest, aliases }) => [
          name,
          String(versions),
          String(latest),
          Object.entries(aliases)
            .map(([key, version]) => `${key} ${version}`)
            .join(', '),
        ]);
        context.result(
          { models: list },
          list.length === 0 ? 'No model yet.' : textTable(['model', 'versions', 'latest', 'aliases'], rows),
        );
        return;
      }
      if (lineage || prediction !== null) {
        const { lineageOf, lineageText } = await import('../../run/lineage-of.js');
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
      if (alias !== null) {
        const version = await models.resolve(model);
        await models.setAlias(version.model, alias, version.version, { actor: 'millwright models', reason: because });
      }
      const { model: name } = await models.resolve(model);
      const versions = (await models.versions(name)).toReversed();
      const known = versions[0]?.metrics['validation'] ?? {};
      const metric = SHOWN.find((name) => name in known) ?? Object.keys(known)[0] ?? '';
      const rows = versions.map((version) => [
        version.id,
        version.estimator,
        new Date(version.createdAt).toISOString().slice(0, 16),
        figure(version.metrics['validation']?.[metric]),
        figure(version.metrics['test']?.[metric]),
        version.aliases.join(', '),
        version.pipeline.slice(7, 19),
      ]);
      context.result(
        { name, versions },
        textTable(['version', 'estimator', 'made', `${metric} (validation)`, `${metric} (test)`, 'aliases', 'hash'], rows),
      );
    };
    await inWorkspace(context, store, work, { readOnly: alias === null });
    return 0;
  },
});
