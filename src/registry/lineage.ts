import { fail } from '../base/error.js';
import type { SystemPlan } from '../define/plan.js';
import type { ArtifactStore } from '../store/ports.js';
import type { Models, ModelVersion } from './models.js';
import { type PlainData, sayable } from './plain-data.js';
import type { Runs } from './runs.js';
import type { Snapshots } from './snapshots.js';

/** Where something came from: a tree of plain data, from what was asked about back to the files. */
export interface LineageNode {
  readonly kind: 'prediction' | 'modelVersion' | 'run' | 'plan' | 'code' | 'snapshot' | 'file' | 'feature';
  readonly id: string;
  readonly facts: Readonly<Record<string, PlainData>>;
  readonly from: readonly LineageNode[];
}

/** The logged facts of a prediction by its id, or undefined when the log has none: the prediction log is the serving stage's. */
export type PredictionLookup = (id: string) => Promise<Readonly<Record<string, PlainData>> | undefined>;

export interface LineageParts {
  readonly models: Models;
  readonly runs: Runs;
  readonly snapshots: Snapshots;
  readonly artifacts: ArtifactStore;
}

const PREDICTION = /^(.+):([1-9]\d*):([^:]+)$/;

/**
 * The lineage of a prediction ('name:version:offset') or of a model version ('name', 'name@alias', 'name:version').
 * @throws MW_REGISTRY_REFERENCE_INVALID, MW_REGISTRY_MODEL_UNKNOWN, MW_REGISTRY_VERSION_UNKNOWN, MW_REGISTRY_ALIAS_UNKNOWN, MW_RUN_UNKNOWN
 */
export async function lineage(parts: LineageParts, subject: string, prediction?: PredictionLookup): Promise<LineageNode> {
  const match = PREDICTION.exec(subject);
  if (!match) return versionNode(parts, await parts.models.resolve(subject));
  const version = await versionNode(parts, await parts.models.resolve(`${match[1]}:${match[2]}`));
  const facts = prediction ? await prediction(subject) : {};
  if (!facts)
    fail('MW_REGISTRY_REFERENCE_INVALID', {
      what: `The prediction log has no prediction '${subject}'.`,
      where: { prediction: subject },
      fix: 'Check the id against the answer that the prediction came in.',
    });
  return { kind: 'prediction', id: subject, facts, from: [version] };
}

async function versionNode(parts: LineageParts, version: ModelVersion): Promise<LineageNode> {
  const run = await parts.runs.get(version.runId);
  const snapshots = await Promise.all(version.snapshots.map((hash) => snapshotNode(parts.snapshots, hash)));
  const plan = await planOf(parts.artifacts, version);
  const runNode: LineageNode = {
    kind: 'run',
    id: run.id,
    facts: { system: run.system, status: run.status, startedAt: run.startedAt, finishedAt: run.finishedAt, params: run.params },
    from: [
      {
        kind: 'plan',
        id: version.planHash,
        facts: { system: plan.name, artifact: version.plan },
        from: plan.features.map((feature) => ({
          kind: 'feature',
          id: feature.name,
          facts: featureFacts(plan, feature),
          from: [],
        })),
      },
      { kind: 'code', id: version.codeHash, facts: {}, from: [] },
      ...snapshots,
    ],
  };
  return {
    kind: 'modelVersion',
    id: version.id,
    facts: {
      pipeline: version.pipeline,
      estimator: version.estimator,
      params: version.params,
      seed: version.seed,
      metrics: sayable(version.metrics) as PlainData,
      stage: version.stage,
      aliases: version.aliases,
      createdAt: version.createdAt,
    },
    from: [runNode],
  };
}

async function snapshotNode(snapshots: Snapshots, hash: ModelVersion['snapshots'][number]): Promise<LineageNode> {
  const { source, rows, from, to, files } = await snapshots.get(hash);
  return {
    kind: 'snapshot',
    id: hash,
    facts: { source, rows, from, to },
    from: files.map(({ path, ...facts }) => ({ kind: 'file', id: path, facts, from: [] })),
  };
}

async function planOf(artifacts: ArtifactStore, version: ModelVersion): Promise<SystemPlan> {
  const text = Buffer.from(await artifacts.get(version.plan)).toString();
  let plan: Partial<SystemPlan> | null;
  try {
    plan = JSON.parse(text);
  } catch {
    plan = null;
  }
  if (plan?.kind !== 'system' || !Array.isArray(plan.features))
    fail('MW_REGISTRY_INVALID', {
      what: `The plan artifact of '${version.id}' is not a plan.`,
      where: { artifact: version.plan },
      fix: 'Register the version with the artifact of its plan.',
    });
  return plan as SystemPlan;
}

function featureFacts(plan: SystemPlan, feature: SystemPlan['features'][number]): Record<string, PlainData> {
  const { from, type } = feature;
  if (from.kind === 'fromRequest') return { type, column: from.column };
  if (from.kind === 'fromExpression') return { type, expression: from.expression as unknown as PlainData };
  const view = plan.views.find(({ name }) => name === from.view);
  return { type, view: from.view, source: view?.source ?? null };
}
