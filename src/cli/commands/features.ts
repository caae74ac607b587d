import { fail } from '../../base/error.js';
import { declareOptions } from '../../base/options.js';
import type { VerifiedFeatures } from '../../run/verify-features.js';
import { command } from '../command.js';
import { STORE_OPTION } from '../common-options.js';
import { inWorkspace } from '../in-workspace.js';
import { subjectPlan } from '../subject-plan.js';
import { clipped, figure, textTable } from '../text/table.js';

export const features = command({
  name: 'features',
  summary:
    'List the features of a definition or model, write some rows of them, or verify them against SQL and the online store.',
  detail:
    'Rows are drawn at random from the source that has the label, each as of its own moment. Exit code 3 when --verify finds a difference.',
  args: [{ name: 'subject', doc: "a definition file, or a model as 'name', 'name:3' or 'name@alias'" }],
  options: declareOptions({
    sql: { kind: 'boolean', default: false, doc: 'Print the SQL that computes them on DuckDB.' },
    out: { kind: 'text', default: null, shows: 'FILE', doc: 'Write the features of some rows: .csv, .jsonl or .parquet.' },
    rows: { kind: 'integer', default: 1000, min: 1, max: 100_000_000, doc: 'Rows to write.' },
    verify: {
      kind: 'integer',
      default: 0,
      min: 0,
      max: 1_000_000,
      doc: 'Compute so many rows by the engine, in SQL and in an online store, before and after it is opened again, and compare them.',
    },
    seed: { kind: 'integer', default: 7, min: 0, max: 4_294_967_295, doc: 'Seed of the rows drawn.' },
    ...STORE_OPTION,
  }),
  examples: [
    'millwright features flights.system.ts',
    'millwright features flights.system.ts --sql > features.sql',
    'millwright features customers --out features.parquet --rows 10000',
    'millwright features flights.system.ts --verify 200',
  ],
  async run(context) {
    const { sql, out, rows, verify, seed, store } = context.options;
    if (Number(sql) + Number(out !== null) + Number(verify > 0) > 1)
      fail('MW_OPTION_INVALID', {
        what: 'The features are written as SQL, written as rows, or verified: one at a time.',
        fix: 'Give one of --sql, --out and --verify.',
      });
    const { plan, baseDir } = await subjectPlan(context, context.args['subject'] as string, store);
    if (sql) {
      const { featureScript } = await import('../../run/describe-features.js');
      const script = featureScript(plan);
      context.result({ system: plan.name, sql: script }, script);
      return 0;
    }
    if (out !== null) {
      const { writeFeatures } = await import('../../run/verify-features.js');
      const written = await inWorkspace(context, store, (workspace) =>
        writeFeatures(plan, baseDir, { rows, seed }, out, workspace),
      );
      context.result(
        { system: plan.name, out, rows: written, features: plan.features.length },
        `${out}: ${figure(written)} rows, features in ${figure(plan.features.length)} columns.`,
      );
      return 0;
    }
    if (verify > 0) {
      const { verifyFeatures } = await import('../../run/verify-features.js');
      const report = await inWorkspace(context, store, (workspace) =>
        verifyFeatures(plan, baseDir, { rows: verify, seed }, workspace),
      );
      const parts = [
        verifiedText('SQL', 'in SQL', report),
        verifiedText('the online store', 'online', report.online),
        verifiedText('the online store opened again', 'online', report.restarted),
      ];
      const text = parts.join('\n');
      context.result(report, text);
      return report.consistent ? 0 : 3;
    }
    const { describeFeatures } = await import('../../run/describe-features.js');
    const list = describeFeatures(plan);
    const substitutes = list.some(({ whenMissing }) => whenMissing !== null);
    const lines = list.map(({ name, type, from, how, whenMissing }) => [
      clipped(name, 32),
      type,
      from,
      clipped(how, 54),
      ...(substitutes ? [whenMissing === null ? '' : String(whenMissing)] : []),
    ]);
    context.result(
      { system: plan.name, features: list },
      textTable(['feature', 'type', 'from', 'how', ...(substitutes ? ['when missing'] : [])], lines),
    );
    return 0;
  },
});

/** How a second way to compute the features agrees with the first. */
function verifiedText(other: string, where: string, { features: all, rows }: VerifiedFeatures['online']): string {
  const wrong = all.filter((one) => one.mismatches + one.missingOnline + one.missingOffline > 0);
  if (wrong.length === 0) return `✓ ${figure(all.length)} features of ${figure(rows)} rows are the same in ${other}.`;
  return `✗ ${figure(wrong.length)} of ${figure(all.length)} features differ from ${other}:\n${textTable(
    ['feature', 'different', `only ${where}`, 'only here', 'largest difference'],
    wrong.map((one) => [
      clipped(one.feature, 40),
      figure(one.mismatches),
      figure(where === 'online' ? one.missingOffline : one.missingOnline),
      figure(where === 'online' ? one.missingOnline : one.missingOffline),
      figure(one.largest),
    ]),
  )}`;
}
