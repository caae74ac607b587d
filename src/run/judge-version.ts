import { canonicalJson } from '../base/hash.js';
import type { SystemPlan } from '../define/plan.js';
import { evaluate, sliceMetric } from '../evaluate/evaluate.js';
import type { Evaluation } from '../evaluate/evaluation.js';
import { applyGates, type GateResult } from '../evaluate/gates.js';
import { type Importance, permutationImportance } from '../evaluate/importance.js';
import { type Latency, measureLatency } from '../evaluate/latency.js';
import type { SliceRequest } from '../evaluate/slices.js';
import { takeColumn } from '../frame/column.js';
import { type Frame, takeRows } from '../frame/frame.js';
import { loadPipeline } from '../pipeline/make-pipeline.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { ModelVersion } from '../registry/models.js';
import type { PlainData } from '../registry/plain-data.js';
import { computeMetrics } from '../stats/metrics/catalogue.js';
import type { MetricInput } from '../stats/metrics/metric.js';
import { meanPayOff } from '../stats/pay-off.js';
import { type Recipe, refit } from '../train/refit.js';
import { isBetter } from '../train/score.js';
import type { Trial } from '../train/trial.js';
import type { TrainingTable } from './training-table.js';
import type { Workspace } from './workspace.js';

/** Rows that nothing was learnt from: their features where there are any left to compute with, and what the model says of them. */
export interface UnseenRows {
  /** Where they come from: 'test', a test file, or 'validation' when there are no others. */
  readonly name: 'test' | 'validation';
  readonly table: Frame;
  readonly target: Float64Array;
  readonly predictions: Float64Array;
}

export interface JudgeInput {
  readonly plan: SystemPlan;
  readonly pipeline: Pipeline;
  readonly recipe: Recipe;
  readonly trials: readonly Trial[];
  readonly training: () => TrainingTable;
  readonly unseen: UnseenRows;
  /** Another version to beat; null when there is none. */
  readonly champion: ModelVersion | null;
}

/** A trial as it is reported; `test` is of the best trial of each estimator, refitted. */
export interface CandidateFigures {
  readonly name: string;
  readonly params: Readonly<Record<string, PlainData>>;
  readonly validation: Readonly<Record<string, number>>;
  readonly test: Readonly<Record<string, number>> | null;
  /** Share of the rounds or rows that it was given, where that is not all. */
  readonly share?: number;
  /** Why it has no figures. */
  readonly failure?: string;
}

/** Everything found out about a version before it may serve: plain data. */
export interface Judgement {
  readonly evaluation: Evaluation;
  readonly evaluatedOn: 'test' | 'validation';
  readonly test: Readonly<Record<string, number>> | null;
  readonly candidates: readonly CandidateFigures[];
  readonly gates: readonly GateResult[];
  readonly importances: readonly Importance[];
  readonly latency: Latency;
  readonly warnings: readonly string[];
}

/** Judges a trained version on rows it has not seen: figures, slices, importances, latency, rivals, and the gates. */
export async function judgeVersion(input: JudgeInput, workspace: Workspace): Promise<Judgement> {
  const { plan, pipeline, unseen } = input;
  const { task, value } = plan.problem;
  const { seed } = plan.train.search;
  const scored: MetricInput = {
    task,
    outputs: pipeline.model.outputs,
    predictions: unseen.predictions,
    target: unseen.target,
    threshold: pipeline.threshold,
  };
  const evaluation = evaluate({
    task,
    classes: pipeline.classes,
    target: unseen.target,
    predictions: unseen.predictions,
    threshold: pipeline.threshold,
    value,
    slices: slicesOf(input),
  });
  const warnings: string[] = [];
  const latency = measureLatency(pipeline, unseen.table, () => performance.now());
  const gates = applyGates(plan.accept, {
    evaluation,
    scored,
    champion: await championOn(input, workspace, warnings),
    value,
    latency,
    seed,
  });
  const test = unseen.name === 'test' ? figures(evaluation) : null;
  return {
    evaluation,
    evaluatedOn: unseen.name,
    test,
    candidates: await candidateFigures(input, test, workspace),
    gates,
    importances: permutationImportance({
      pipeline,
      table: unseen.table,
      target: unseen.target,
      metric: importanceMetric(plan),
      seed,
    }),
    latency,
    warnings,
  };
}

/** The metric that importances are told in. */
const importanceMetric = (plan: SystemPlan) =>
  ({ binary: 'auc', multiclass: 'logloss', regression: 'rmse' })[plan.problem.task];

const figures = (evaluation: Evaluation): Record<string, number> =>
  Object.fromEntries(
    Object.entries({ ...evaluation.metrics, ...(evaluation.value ? { value: evaluation.value.perRow } : {}) }).flatMap(
      ([name, { value }]) => (value === null ? [] : [[name, value]]),
    ),
  );

function slicesOf({ plan, unseen, training }: JudgeInput): SliceRequest[] {
  const asked = plan.accept.flatMap((gate) => (gate.gate === 'slice' ? [{ feature: gate.feature, metric: gate.metric }] : []));
  const categories = plan.features
    .filter(({ type }) => type === 'category')
    .map(({ name }) => ({ feature: name, metric: sliceMetric(plan.problem.task) }));
  const wanted = new Map([...asked, ...categories].map((slice) => [`${slice.feature} ${slice.metric}`, slice]));
  return [...wanted.values()].flatMap((slice) => {
    const column = unseen.table.columns[slice.feature] ?? requestColumn(slice.feature, unseen, training);
    return column?.kind === 'string' ? [{ ...slice, column }] : [];
  });
}

/** A request column that is no feature (an entity key): kept beside the training table. */
function requestColumn(name: string, unseen: UnseenRows, training: () => TrainingTable) {
  if (unseen.name !== 'test') return undefined;
  const { spine, split } = training();
  const column = spine.columns[name];
  return column && split.test.length === unseen.target.length ? takeColumn(column, split.test) : undefined;
}

async function championOn({ champion, unseen }: JudgeInput, workspace: Workspace, warnings: string[]) {
  if (champion === null) return null;
  const pipeline = loadPipeline(await workspace.store.artifacts.get(champion.pipeline));
  const lacking = pipeline.features.filter(({ name }) => !Object.hasOwn(unseen.table.columns, name));
  if (lacking.length > 0) {
    warnings.push(
      `The champion (version ${champion.version}) needs ${lacking.map(({ name }) => `'${name}'`).join(', ')}, which this definition no longer has: not compared with it.`,
    );
    return null;
  }
  const predictions = pipeline.predict(unseen.table);
  const scored: MetricInput = {
    task: pipeline.task,
    outputs: pipeline.model.outputs,
    predictions,
    target: unseen.target,
    threshold: pipeline.threshold,
  };
  return { version: champion.version, scored };
}

/** Every trial; the best of each estimator also on the test rows, so that a simple rival is beaten in the open. */
async function candidateFigures(
  input: JudgeInput,
  test: Readonly<Record<string, number>> | null,
  workspace: Workspace,
): Promise<CandidateFigures[]> {
  const { trials, recipe, plan } = input;
  const rivals = new Map<number, Readonly<Record<string, number>>>();
  if (test !== null) {
    const { table, target, split } = input.training();
    for (const trial of bestOfEach(trials, recipe, plan.train.search.by)) {
      workspace.onProgress?.({ step: 'evaluate', done: 0, total: 1, note: `rival ${trial.estimator}` });
      const pipeline = await refit({ ...recipe, trial }, table, target, split.fit, { signal: workspace.signal });
      const { table: rows, target: truth } = input.unseen;
      const predictions = pipeline.predict(rows);
      const { task, value } = plan.problem;
      const { threshold } = recipe;
      rivals.set(trial.number, {
        ...computeMetrics({ task, outputs: pipeline.model.outputs, predictions, target: truth, threshold }),
        ...(value === null ? {} : { value: meanPayOff(value, truth, predictions, threshold) }),
      });
    }
  }
  return trials.map((trial) => ({
    name: trial.estimator,
    params: { ...trial.params, ...trial.settled, ...(trial.rounds === null ? {} : { rounds: trial.rounds }) },
    validation: trial.metrics,
    ...(trial.share < 1 ? { share: trial.share } : {}),
    ...(trial.failure === undefined ? {} : { failure: trial.failure }),
    test: isChosen(trial, recipe) ? test : (rivals.get(trial.number) ?? null),
  }));
}

const isChosen = (trial: Trial, { trial: chosen }: Recipe) =>
  trial.share === 1 && trial.estimator === chosen.estimator && canonicalJson(trial.params) === canonicalJson(chosen.params);

/** The best trial of every estimator but the chosen one. */
function bestOfEach(trials: readonly Trial[], recipe: Recipe, by: string): Trial[] {
  const best = new Map<string, Trial>();
  for (const trial of trials) {
    if (trial.estimator === recipe.trial.estimator || trial.score === null) continue;
    const held = best.get(trial.estimator);
    if (!held || isBetter(by, trial.score ?? Number.NaN, held.score ?? Number.NaN)) best.set(trial.estimator, trial);
  }
  return [...best.values()];
}

/** The test part of a training table, with what a pipeline says of it. */
export function testPart(pipeline: Pipeline, training: TrainingTable): UnseenRows {
  const { table, target, split } = training;
  const rows = takeRows(table, split.test);
  return {
    name: 'test',
    table: rows,
    target: Float64Array.from(split.test, (row) => target.values[row] as number),
    predictions: pipeline.predict(rows),
  };
}
