import { resolve } from 'node:path';
import { fail } from '../base/error.js';
import type { SystemPlan } from '../define/plan.js';
import { evaluate, sliceMetric } from '../evaluate/evaluate.js';
import type { Evaluation } from '../evaluate/evaluation.js';
import { permutationImportance } from '../evaluate/importance.js';
import { measureLatency } from '../evaluate/latency.js';
import { columnOf, type Frame, takeRows } from '../frame/frame.js';
import { joinFrames } from '../ingest/join-frames.js';
import { loadPipeline } from '../pipeline/make-pipeline.js';
import type { ModelVersion } from '../registry/models.js';
import { labelledRows } from './labelled-rows.js';
import { readSources, type SourceData } from './read-sources.js';
import { baseDirOf, planOf } from './resolve-system.js';
import { rowsLike } from './train-file.js';
import type { StoredJudgement } from './train-system.js';
import type { Workspace } from './workspace.js';

export interface VersionEvaluation {
  readonly version: ModelVersion;
  readonly evaluation: Evaluation;
  /** Rows of the file without a label; they are not judged on. */
  readonly unlabelled: number;
  readonly quarantined: number;
  readonly warnings: readonly string[];
  /** The report as HTML; null unless asked for. */
  readonly report: string | null;
}

/**
 * Judges a registered version on labelled rows of a file: figures with their intervals, slices, curves, and money where the plan names it.
 * @throws MW_REGISTRY_*, MW_INGEST_*, MW_VALIDATE_*, MW_RUN_LABEL_UNKNOWN, MW_RUN_NO_LABELS, MW_RUN_DATA_GONE, MW_FEATURES_*
 */
export async function evaluateVersion(
  reference: string,
  path: string,
  workspace: Workspace,
  { report: wanted = false }: { readonly report?: boolean } = {},
): Promise<VersionEvaluation> {
  const { models, store } = workspace;
  const version = await models.resolve(reference);
  const plan = await planOf(version, workspace);
  const pipeline = loadPipeline(await store.artifacts.get(version.pipeline));
  const rows = await rowsLike(plan, path, resolve('.'), workspace);
  workspace.onProgress?.({ step: 'features', done: 0, total: 1, note: `${rows.frame.rows} rows` });
  const history = await historyOf(plan, version, rows, workspace);
  const { table, target, unlabelled } = labelledRows(plan, rows.frame, pipeline.classes, history);
  workspace.onProgress?.({ step: 'evaluate', done: 0, total: 1, note: version.id });
  const { task, value } = plan.problem;
  const { seed } = plan.train.search;
  const evaluation = evaluate({
    task,
    classes: pipeline.classes,
    target,
    predictions: pipeline.predict(table),
    threshold: pipeline.threshold,
    value,
    slices: plan.features.flatMap(({ name, type }) => {
      const column = type === 'category' ? table.columns[name] : undefined;
      return column?.kind === 'string' ? [{ feature: name, metric: sliceMetric(task), column }] : [];
    }),
  });
  const { quarantined, warnings } = rows;
  const done = { version, evaluation, unlabelled, quarantined, warnings };
  if (!wanted) return { ...done, report: null };
  if (version.evaluation === null)
    fail('MW_RUN_DATA_GONE', { what: `Version ${version.id} was registered without what a report tells of its training.` });

  const { versionReport } = await import('./version-report.js');
  const stored = JSON.parse(Buffer.from(await store.artifacts.get(version.evaluation)).toString('utf8')) as StoredJudgement;
  const metric = task === 'regression' ? 'rmse' : task === 'binary' ? 'auc' : 'logloss';
  const report = await versionReport({
    plan,
    judgement: {
      ...stored.judgement,
      evaluation,
      evaluatedOn: 'test',
      importances: permutationImportance({ pipeline, table, target, metric, seed }),
      latency: measureLatency(pipeline, table, () => performance.now()),
    },
    recipe: stored.recipe,
    best: { metrics: version.metrics['validation'] ?? {} },
    sources: { [plan.label.source]: rows },
    warnings,
    lineage: { pipeline: version.pipeline, plan: version.planHash, code: version.codeHash },
  });
  return { ...done, report };
}

/** The rows that windows look back on: those of the sources, and of the file what happened after them. */
async function historyOf(
  plan: SystemPlan,
  version: ModelVersion,
  rows: SourceData,
  workspace: Workspace,
): Promise<Readonly<Record<string, Frame>>> {
  const label = plan.label.source;
  if (plan.views.length === 0) return { [label]: rows.frame };
  const read = await readSources(plan, baseDirOf(version), workspace);
  const frames = Object.fromEntries(Object.entries(read).map(([name, { frame }]) => [name, frame]));
  const { time } = plan.sources[label] as SystemPlan['sources'][string];
  const last = read[label]?.time?.to;
  if (time === null || last === undefined || !plan.views.some(({ source }) => source === label)) return frames;
  const at = columnOf(rows.frame, time);
  if (at.kind !== 'timestamp') return frames;
  // Rows up to the last event of the source are in it already, and would count twice.
  const later = Int32Array.from({ length: rows.frame.rows }, (_, row) => row).filter(
    (row) => (at.values[row] as number) > last,
  );
  return later.length === 0
    ? frames
    : { ...frames, [label]: joinFrames([frames[label] as Frame, takeRows(rows.frame, later)]) };
}
