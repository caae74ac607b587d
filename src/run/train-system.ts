import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type ContentHash, canonicalJson } from '../base/hash.js';
import type { SystemPlan } from '../define/plan.js';
import { planHash } from '../define/plan-hash.js';
import type { GateResult } from '../evaluate/gates.js';
import { encodeFrame } from '../frame/codec.js';
import { takeRows } from '../frame/frame.js';
import { buildProfile } from '../monitor/reference-profile.js';
import { loadPipeline } from '../pipeline/make-pipeline.js';
import { codeHash } from '../registry/code-hash.js';
import type { ModelVersion } from '../registry/models.js';
import type { PlainData } from '../registry/plain-data.js';
import type { Store } from '../store/open-store.js';
import type { LearningPoint } from '../train/learning-curve.js';
import type { Recipe } from '../train/refit.js';
import { trainModel } from '../train/train-model.js';
import type { Trial } from '../train/trial.js';
import { featureInputs } from './feature-inputs.js';
import { type CandidateFigures, type Judgement, judgeVersion } from './judge-version.js';
import { finishedTrials, rememberTrial } from './kept-trials.js';
import { readSources, type SourceData } from './read-sources.js';
import { StepRunner } from './step-runner.js';
import { type TrainingTable, trainingTable } from './training-table.js';
import { trialWarnings } from './trial-warnings.js';
import { unseenRows, validationFrame } from './unseen-rows.js';
import type { Workspace } from './workspace.js';

export interface TrainSystemInput {
  readonly plan: SystemPlan;
  /** Where the plan's relative paths start. */
  readonly baseDir: string;
  /** Files of the definition, for the lineage; none for a system that was inferred. */
  readonly definition: readonly string[];
  /** Labels that were not known by then are not learnt from; everything is unless given. */
  readonly asOf?: number;
  /** Sources that were read before. */
  readonly sources?: Readonly<Record<string, SourceData>>;
  /** The alias an accepted version takes. A first version becomes champion in any case, for there is no other to serve. */
  readonly alias: 'champion' | 'challenger' | null;
  readonly because: string;
  /** Whether the gates compare with the champion in force; true unless given. */
  readonly challenge?: boolean;
  /** Rows of the label source to test on instead of the split's own test part. */
  readonly test?: SourceData;
  /** Whether to measure how the score grows with the training rows. */
  readonly learningCurve?: boolean;
  /** Warnings found before, which come first. */
  readonly warnings?: readonly string[];
}

/** What a training ended in. */
export interface TrainOutcome {
  readonly problem: SystemPlan['problem']['task'];
  readonly system: string;
  readonly rows: number;
  readonly columns: number;
  readonly features: number;
  readonly model: { readonly name: string; readonly version: number; readonly hash: ContentHash };
  readonly candidates: readonly CandidateFigures[];
  readonly validation: Readonly<Record<string, number>>;
  readonly test: Readonly<Record<string, number>> | null;
  readonly gates: readonly GateResult[];
  readonly accepted: boolean;
  /** Aliases that the version has now. */
  readonly aliases: readonly string[];
  readonly threshold: number;
  /** Score on the validation rows by training rows; null where it was not asked for. */
  readonly learningCurve: readonly LearningPoint[] | null;
  /** The report as an HTML file. */
  readonly report: string;
  readonly run: string;
  readonly seconds: number;
  readonly steps: readonly { readonly name: string; readonly reused: boolean; readonly seconds: number }[];
  readonly warnings: readonly string[];
}

/** What the store keeps of a version's training and judgement. */
export interface StoredJudgement {
  readonly recipe: Recipe;
  readonly judgement: Judgement;
  /** The snapshot that each source was read from: two sources over the same bytes share one. Versions of old do not say. */
  readonly snapshots?: Readonly<Record<string, ContentHash>>;
}

interface TrainStepData {
  readonly recipe: Recipe;
  readonly trials: readonly Trial[];
  readonly best: Trial;
  readonly rows: number;
  readonly searchedOn: number | null;
}

/**
 * Takes a system from its sources to a registered version: ingest, validate, features, train, evaluate, gates, register. Steps whose
 * inputs were seen before are not done again.
 * @throws the coded errors of every stage
 */
export async function trainSystem(input: TrainSystemInput, workspace: Workspace): Promise<TrainOutcome> {
  const { plan } = input;
  const { runs, store } = workspace;
  const started = workspace.stopwatch.now();
  const hash = planHash(plan);
  const code = await codeHash(input.definition);
  const run = await runs.start({ system: plan.name, planHash: hash, codeHash: code, params: { because: input.because } });
  try {
    const outcome = await trainWithin(input, workspace, run, hash, code, started);
    await runs.logMetrics(
      run,
      finite({ ...prefixed('validation', outcome.validation), ...prefixed('test', outcome.test ?? {}) }),
    );
    await runs.logArtifact(run, 'pipeline', outcome.model.hash);
    await runs.finish(run, 'finished');
    return outcome;
  } catch (thrown) {
    await runs
      .finish(
        run,
        workspace.signal?.aborted ? 'cancelled' : 'failed',
        thrown instanceof Error ? thrown.message : String(thrown),
      )
      .catch(() => {});
    throw thrown;
  } finally {
    await store.events.flush();
  }
}

async function trainWithin(
  input: TrainSystemInput,
  workspace: Workspace,
  run: string,
  hash: ContentHash,
  code: ContentHash,
  started: number,
): Promise<TrainOutcome> {
  const { plan } = input;
  const { store, models, audit, stopwatch } = workspace;
  const steps = new StepRunner(workspace, run);
  const sources = input.sources ?? (await readSources(plan, input.baseDir, workspace));
  const frames = Object.fromEntries(Object.entries(sources).map(([name, { frame }]) => [name, frame]));
  const snapshots = Object.values(sources).map(({ snapshot }) => snapshot);
  const asOf = input.asOf ?? Number.POSITIVE_INFINITY;

  let held: TrainingTable | null = null;
  const table = () => {
    held ??= trainingTable(plan, frames, asOf);
    return held;
  };
  const { sources: planSources, views, request, features, label, problem, train, accept } = plan;
  const seen = {
    sources: planSources,
    views,
    request,
    features,
    label,
    problem,
    whenMissing: plan.serve.whenMissing,
    snapshots,
    asOf: Number.isFinite(asOf) ? asOf : null,
  };

  // How many trials run at a time changes nothing about them.
  const { workers: _workers, ...search } = train.search;
  const trained = await steps.run('train', { ...seen, train: { ...train, search } }, async (key) => {
    workspace.onProgress?.({ step: 'features', done: 0, total: 1, note: `${plan.features.length} features` });
    const { table: rows, target, split, moments } = table();
    workspace.onProgress?.({ step: 'features', done: 1, total: 1, note: `${rows.rows} rows` });
    const result = await trainModel({
      plan: { ...train, sample: null },
      value: problem.value,
      table: rows,
      features: featureInputs(plan),
      target,
      split,
      clock: stopwatch,
      workers: train.search.workers ?? 'cores',
      finished: await finishedTrials(workspace, key),
      onTrial: (trial) => rememberTrial(workspace, key, run, trial),
      signal: workspace.signal,
      onProgress: workspace.onProgress,
    });
    const profile = buildProfile(
      hash,
      takeRows(rows, result.fitRows),
      decidedScores(result.validation.predictions, result.pipeline.model.outputs),
      { table: momentsOf(moments, result.fitRows), scores: momentsOf(moments, result.validation.rows) },
    );
    const data: TrainStepData = {
      recipe: result.recipe,
      trials: result.trials,
      best: result.best,
      rows: result.fitRows.length,
      searchedOn: result.searchedOn,
    };
    return {
      data: data as unknown as PlainData,
      artifacts: {
        pipeline: await store.artifacts.put(result.pipeline.serialize()),
        reference: await store.artifacts.put(Buffer.from(canonicalJson(profile))),
        validation: await store.artifacts.put(encodeFrame(validationFrame(result.validation))),
      },
    };
  });
  const data = trained.outputs.data as unknown as TrainStepData;
  const pipeline = loadPipeline(await store.artifacts.get(trained.outputs.artifacts.pipeline));

  const pipelineHash = trained.outputs.artifacts.pipeline;
  const inForce = await currentChampion(workspace, plan.name);
  const champion = (input.challenge ?? true) && inForce?.pipeline !== pipelineHash ? inForce : null;
  const judged = await steps.run(
    'evaluate',
    { trained: trained.key, accept, champion: champion?.pipeline ?? null, test: input.test?.snapshot ?? null },
    async () => {
      workspace.onProgress?.({ step: 'evaluate', done: 0, total: 1 });
      const judgement = await judgeVersion(
        {
          plan,
          pipeline,
          recipe: data.recipe,
          trials: data.trials,
          training: table,
          unseen: await unseenRows(
            plan,
            input.test?.frame ?? null,
            store.artifacts,
            pipeline,
            frames,
            table,
            trained.outputs.artifacts.validation,
          ),
          champion,
        },
        workspace,
      );
      workspace.onProgress?.({ step: 'evaluate', done: 1, total: 1 });
      return { data: judgement as unknown as PlainData, artifacts: {} };
    },
  );
  const judgement = judged.outputs.data as unknown as Judgement;

  const learning = input.learningCurve
    ? await steps.run('learning', { trained: trained.key }, async () => {
        const { table: rows, target, split } = table();
        const { learningCurve } = await import('../train/learning-curve.js');
        const given = {
          plan: { ...train, sample: null },
          value: problem.value,
          table: rows,
          features: featureInputs(plan),
          target,
          split,
          clock: stopwatch,
          signal: workspace.signal,
          onProgress: workspace.onProgress,
        };
        return { data: (await learningCurve(given, data.best)) as unknown as PlainData, artifacts: {} };
      })
    : null;
  const curve = learning && (learning.outputs.data as unknown as readonly LearningPoint[]);

  const warnings = [
    ...(input.warnings ?? []),
    ...Object.values(sources).flatMap((source) => source.warnings),
    ...trialWarnings(train, data.trials),
    ...judgement.warnings,
  ];
  const planArtifact = await store.artifacts.put(Buffer.from(canonicalJson(plan)));
  const evaluation = await store.artifacts.put(
    Buffer.from(
      JSON.stringify({
        recipe: data.recipe,
        judgement,
        snapshots: Object.fromEntries(Object.entries(sources).map(([name, { snapshot }]) => [name, snapshot])),
      } satisfies StoredJudgement),
    ),
  );
  const reported = await steps.run(
    'report',
    { judged: judged.key, warnings, plan: hash, code, learning: learning?.key ?? null },
    async () => {
      workspace.onProgress?.({ step: 'report', done: 0, total: 1 });
      const { versionReport } = await import('./version-report.js');
      const lineage = { pipeline: pipelineHash, plan: hash, code };
      const html = await versionReport({
        plan,
        judgement,
        recipe: data.recipe,
        best: data.best,
        sources,
        warnings,
        lineage,
        ...(curve ? { learning: curve } : {}),
      });
      return { data: null, artifacts: { report: await store.artifacts.put(Buffer.from(html)) } };
    },
  );
  const report = reported.outputs.artifacts.report;
  const { version } = await models.register(
    {
      model: plan.name,
      pipeline: pipelineHash,
      runId: run,
      planHash: hash,
      plan: planArtifact,
      snapshots,
      codeHash: code,
      seed: train.search.seed,
      estimator: data.best.estimator,
      params: {
        ...data.best.params,
        ...(data.best.rounds === null ? {} : { rounds: data.best.rounds }),
        asOf: Number.isFinite(asOf) ? asOf : null,
        baseDir: input.baseDir,
      },
      metrics: { validation: data.best.metrics, ...(judgement.test ? { test: judgement.test } : {}) },
      evaluation,
      report,
      reference: trained.outputs.artifacts.reference,
    },
    { actor: workspace.by, reason: input.because },
  );
  const accepted = judgement.gates.every(({ passed }) => passed);
  await audit.record({
    actor: 'millwright train',
    action: accepted ? 'gate.accept' : 'gate.refuse',
    subject: version.id,
    figures: Object.fromEntries(judgement.gates.map((gate, i) => [`${i + 1} ${gate.gate.gate}`, gate.figure])),
    reason:
      judgement.gates.map(({ passed, sentence }) => `${passed ? 'passed' : 'failed'}: ${sentence}`).join(' ') ||
      'No gates are defined.',
  });
  await giveAlias(input, workspace, version, accepted, inForce);
  const now = await models.get(plan.name, version.version);
  const labelSource = sources[plan.label.source] as SourceData;
  return {
    problem: problem.task,
    system: plan.name,
    rows: labelSource.frame.rows,
    columns: Object.keys(labelSource.frame.columns).length,
    features: plan.features.length,
    model: { name: plan.name, version: version.version, hash: version.pipeline },
    candidates: judgement.candidates,
    validation: data.best.metrics,
    test: judgement.test,
    gates: judgement.gates,
    accepted,
    aliases: now.aliases,
    threshold: pipeline.threshold,
    learningCurve: curve,
    report: await reportFile(store, version, report),
    run,
    seconds: (stopwatch.now() - started) / 1000,
    steps: steps.done,
    warnings,
  };
}

/** A copy of the report under a name that a browser opens: reports/<model>-<version>.html in the store. */
async function reportFile(store: Store, version: ModelVersion, report: ContentHash): Promise<string> {
  const folder = join(store.dir, 'reports');
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${version.model}-${version.version}.html`);
  await copyFile(await store.artifacts.pathOf(report), path);
  return path;
}

/** The champion in force, with what it needs to be compared. */
async function currentChampion(workspace: Workspace, model: string): Promise<ModelVersion | null> {
  const known = (await workspace.models.list()).find(({ name }) => name === model);
  const version = known?.aliases['champion'];
  return version === undefined ? null : workspace.models.get(model, version);
}

async function giveAlias(
  input: TrainSystemInput,
  { models, by }: Workspace,
  version: ModelVersion,
  accepted: boolean,
  champion: ModelVersion | null,
): Promise<void> {
  const act = { actor: by, reason: `${input.because}${accepted ? '' : ' (the gates refused it)'}` };
  if (champion?.version === version.version) return;
  if (champion === null && input.alias !== null) {
    // The gates keep a worse model from replacing a better one; before there is any, the first one serves and says what it failed.
    await models.setAlias(version.model, 'champion', version.version, act);
    return;
  }
  if (accepted && input.alias !== null) await models.setAlias(version.model, input.alias, version.version, act);
}

function decidedScores(predictions: Float64Array, outputs: number): Float64Array {
  if (outputs === 1) return predictions;
  const scores = new Float64Array(predictions.length / outputs);
  for (let row = 0; row < scores.length; row++)
    scores[row] = Math.max(...predictions.subarray(row * outputs, (row + 1) * outputs));
  return scores;
}

const momentsOf = (moments: Float64Array | null, rows: Int32Array): Float64Array | null =>
  moments && Float64Array.from(rows, (row) => moments[row]);

const prefixed = (prefix: string, metrics: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(metrics).map(([name, value]) => [`${prefix}.${name}`, value]));
const finite = (metrics: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value)));
