import { readFile, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { fail } from '../base/error.js';
import { canonicalJson } from '../base/hash.js';
import { checkPlan } from '../define/check-plan.js';
import type { ColumnPlan, SystemPlan, Task } from '../define/plan.js';
import { planHash } from '../define/plan-hash.js';
import { column } from '../frame/expression.js';
import { frame } from '../frame/frame.js';
import { ImportedForestModel } from '../models/exchange/imported-forest.js';
import { type FileFormat, readModelFile } from '../models/exchange/read-model-file.js';
import { buildProfile } from '../monitor/reference-profile.js';
import { loadEncoder } from '../pipeline/encoder.js';
import { makePipeline } from '../pipeline/make-pipeline.js';
import { codeHash } from '../registry/code-hash.js';
import type { Workspace } from './workspace.js';

export interface ImportOutcome {
  readonly model: string;
  readonly version: number;
  readonly id: string;
  readonly hash: string;
  readonly format: FileFormat;
  readonly problem: Task;
  readonly trees: number;
  /** Names of the columns that a request has, in the order of the model's inputs. */
  readonly features: readonly string[];
}

const TARGET = 'target';
/** Sizes beyond this are no model. */
const MOST_BYTES = 500_000_000;

/**
 * Registers a model file of another library as a version that is scored and served by its raw features, all numbers; categories are the
 * codes of the training there.
 * @param problem what the outputs mean, where the file leaves that open: a share that was learnt from labels of 0 and 1 is 'binary'
 * @param features names of the inputs in order; the file's own, or f0, f1 ..., when null
 * @throws MW_EXCHANGE_*, MW_INGEST_FILE_MISSING, MW_DEFINE_*
 */
export async function importModel(
  path: string,
  {
    name,
    features,
    problem = null,
  }: { readonly name: string; readonly features: readonly string[] | null; readonly problem?: ImportedProblem | null },
  workspace: Workspace,
): Promise<ImportOutcome> {
  const bytes = await bytesOf(path);
  const { model: read, names, format } = readModelFile(bytes);
  const model = problem === null ? read : asProblem(read, problem);
  const columns = features ?? namesOf(names, model.inputs);
  if (columns.length !== model.inputs || new Set(columns).size !== columns.length)
    fail('MW_EXCHANGE_FEATURES', {
      what: `${columns.length} names were given, ${new Set(columns).size} of them different, for the ${model.inputs} inputs of the model.`,
      where: { file: path },
    });
  const { task } = model;
  const classes = Array.from({ length: task === 'regression' ? 0 : task === 'binary' ? 2 : model.outputs }, (_, k) => `${k}`);
  const plan = importedPlan(name, path, columns, task);
  const encoder = loadEncoder({
    inputs: columns.map((each) => ({ name: each, type: 'number' })),
    parts: columns.map((_, input) => ({
      input,
      encoding: 'number',
      data: { imputed: false, fill: 0, indicator: false, scale: null },
    })),
  });
  const { artifacts } = workspace.store;
  const pipeline = await artifacts.put(makePipeline({ encoder, model, classes }).serialize());
  const hash = planHash(plan);
  const code = await codeHash([]);
  const reason = `Imported from ${path}.`;
  const run = await workspace.runs.start({ system: name, planHash: hash, codeHash: code, params: { because: reason } });
  // There are no training rows here, so nothing can be said to have drifted from them.
  const reference = buildProfile(pipeline, frame({}, 0), new Float64Array(0));
  const { version } = await workspace.models.register(
    {
      model: name,
      pipeline,
      runId: run,
      planHash: hash,
      plan: await artifacts.put(Buffer.from(canonicalJson(plan))),
      snapshots: [],
      codeHash: code,
      seed: 0,
      estimator: model.estimator,
      params: { baseDir: resolve('.'), format },
      metrics: {},
      evaluation: null,
      report: null,
      reference: await artifacts.put(Buffer.from(canonicalJson(reference))),
    },
    { actor: workspace.by, reason },
  );
  await workspace.runs.finish(run, 'finished');
  return {
    model: name,
    version: version.version,
    id: version.id,
    hash: version.hash,
    format,
    problem: task,
    trees: model.summary['trees'] ?? 0,
    features: columns,
  };
}

export type ImportedProblem = 'binary' | 'regression';

/** The model as one of a problem that its outputs allow. @throws MW_EXCHANGE_UNSUPPORTED */
function asProblem(model: ImportedForestModel, problem: ImportedProblem): ImportedForestModel {
  if (model.task === problem) return model;
  if (model.outputs === 1 && model.link === 'sigmoid') return new ImportedForestModel({ ...model.parts, task: problem });
  return fail('MW_EXCHANGE_UNSUPPORTED', {
    what: `The model file is of a ${model.task} problem whose outputs are no single share, so it cannot be imported as ${problem}.`,
    fix: 'Leave --problem out.',
  });
}

async function bytesOf(path: string): Promise<Uint8Array> {
  const cannot = (what: string, cause?: unknown): never => fail('MW_EXCHANGE_FILE', { what, where: { file: path }, cause });
  const status = await stat(path).catch((cause: unknown) => cannot(`The file '${path}' cannot be read.`, cause));
  if (!status.isFile()) cannot(`'${path}' is not a plain file.`);
  if (status.size > MOST_BYTES) cannot(`The file '${path}' is larger than any model, over 500 MB.`);
  return readFile(path).catch((cause: unknown) => cannot(`The file '${path}' cannot be read.`, cause));
}

const namesOf = (names: readonly string[] | null, inputs: number): readonly string[] =>
  names && new Set(names).size === inputs && names.every((name) => /^[A-Za-z_]\w*$/.test(name) && name !== TARGET)
    ? names
    : Array.from({ length: inputs }, (_, j) => `f${j}`);

/** What the version is scored and served by; its source stands for rows that the model could be judged or trained again on. */
function importedPlan(name: string, path: string, columns: readonly string[], task: Task): SystemPlan {
  const number: ColumnPlan = { kind: 'column', type: 'number', categories: null, nullable: true };
  const target: ColumnPlan = task === 'regression' ? number : { ...number, type: 'string' };
  const request = Object.fromEntries(columns.map((each) => [each, number]));
  const metric = task === 'regression' ? 'rmse' : 'logloss';
  return checkPlan({
    kind: 'system',
    format: 1,
    name,
    problem: {
      kind: 'problem',
      task,
      objective: `Predict as the imported ${basename(path)} does.`,
      decision: '',
      risk: 'low',
      latency: null,
      value: null,
    },
    sources: {
      [name]: {
        kind: 'source',
        name,
        from: { kind: 'connector', format: 'csv', path: `${name}.csv`, options: {} },
        key: [],
        time: null,
        availableAt: null,
        contract: { kind: 'contract', columns: { ...request, [TARGET]: target }, checks: [] },
      },
    },
    views: [],
    request: { kind: 'request', time: null, columns: request },
    features: columns.map((each) => ({
      kind: 'feature',
      name: each,
      type: 'number',
      from: { kind: 'fromRequest', column: each },
    })),
    label: { kind: 'label', source: name, expression: column(TARGET), positive: task === 'binary' ? '1' : null },
    train: {
      kind: 'train',
      split: { kind: 'randomSplit', test: 0.2, validation: 0.2 },
      sample: null,
      candidates: [{ kind: 'candidate', estimator: 'gbdt', params: {} }],
      search: { kind: 'search', by: metric, trials: 1, timeBudget: null, seed: 7 },
    },
    accept: [],
    serve: { kind: 'serve', whenMissing: {}, maxRows: 1000 },
    watch: {},
    retrain: null,
  });
}
