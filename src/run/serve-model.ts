import { join } from 'node:path';
import type { Clock } from '../base/clock.js';
import { requestCheck } from '../contract/request-check.js';
import type { SystemPlan } from '../define/plan.js';
import { compileFeatureRow } from '../features/feature-row.js';
import type { Frame } from '../frame/frame.js';
import { ModelMonitor } from '../monitor/model-monitor.js';
import { readProfile } from '../monitor/reference-profile.js';
import type { SignalResult } from '../monitor/signal-result.js';
import { loadPipeline } from '../pipeline/make-pipeline.js';
import type { ModelVersion } from '../registry/models.js';
import type { Deployment } from '../serve/deployment.js';
import { ModelService } from '../serve/model-service.js';
import { type DurableOnlineStore, openOnlineStore } from '../store/online/durable.js';
import { feedHistory, type SourceHistory } from './feed-history.js';
import { readSources } from './read-sources.js';
import { baseDirOf, planOf } from './resolve-system.js';
import type { Workspace } from './workspace.js';

/** A model in service with everything that belongs to it. */
export interface ServedModel {
  readonly plan: SystemPlan;
  readonly service: ModelService;
  readonly monitor: ModelMonitor;
  readonly online: DurableOnlineStore;
  /** What of each source's files counts in the windows, and what does not. */
  readonly history: readonly SourceHistory[];
  /** Signals as last judged. */
  readonly signals: () => readonly SignalResult[];
  /** Judges the signals of the plan now. */
  judge(): readonly SignalResult[];
  /** Serves a version from the next call on, with another in its shadow or none. */
  deploy(champion: ModelVersion, shadow: ModelVersion | null): Promise<void>;
  close(): Promise<void>;
}

export interface ServeModelOptions {
  readonly clock: Clock;
  readonly timer: () => number;
  /** Rows of the sources when they are at hand; read from the plan's files when the online store is empty. */
  readonly history?: Readonly<Record<string, Frame>>;
  /** Only what happened and was known by this moment is fed of the history; what was known by now unless given. */
  readonly until?: number;
  /** Sources whose files are read again for what became known since they were fed. */
  readonly catchUp?: 'all' | readonly string[];
  /** Tells this process apart in prediction ids. */
  readonly writer: string;
  /** How the prediction log works: see `predictionLogOptions`. */
  readonly log?: Readonly<Record<string, unknown>>;
  /** Whether predictions logged before are waited on for their labels again; true unless given. */
  readonly resume?: boolean;
}

/** Puts a version in service. @throws MW_ARTIFACT_*, MW_SERVE_*, MW_ONLINE_*, MW_MONITOR_* */
export async function serveModel(
  version: ModelVersion,
  options: ServeModelOptions,
  workspace: Workspace,
): Promise<ServedModel> {
  const { clock, timer } = options;
  const { store } = workspace;
  await store.claim();
  const plan = await planOf(version, workspace);
  const online = await openOnlineStore(plan, {
    clock,
    directory: join(store.dir, 'online', plan.name),
    durability: store.durability,
    log: workspace.log,
  });
  const read = async () =>
    options.history ??
    Object.fromEntries(
      Object.entries(await readSources(plan, baseDirOf(version), workspace)).map(([name, { frame }]) => [name, frame]),
    );
  const { until, catchUp } = options;
  workspace.onProgress?.({ step: 'online', done: 0, total: 1, note: 'feeding history' });
  const history = await feedHistory(plan, online, read, { now: clock.now(), until, catchUp }, workspace);
  workspace.onProgress?.({
    step: 'online',
    done: 1,
    total: 1,
    note: history.map(({ source, fed }) => `${source}: ${fed} rows`).join(', '),
  });
  const rowCheck = requestCheck(plan);
  const featureRow = compileFeatureRow(plan, online);
  const load = async (of: ModelVersion) => loadPipeline(await store.artifacts.get(of.pipeline));
  const deployment = async (champion: ModelVersion, shadow: ModelVersion | null): Promise<Deployment> => ({
    name: plan.name,
    version: String(champion.version),
    plan,
    pipeline: await load(champion),
    rowCheck,
    featureRow,
    ...(shadow ? { shadow: { version: String(shadow.version), pipeline: await load(shadow) } } : {}),
  });
  const profileOf = async (of: ModelVersion) =>
    readProfile(
      of.reference === null ? null : JSON.parse(Buffer.from(await store.artifacts.get(of.reference)).toString('utf8')),
    );
  const first = await deployment(version, null);
  const service = new ModelService({
    deployment: first,
    clock,
    timer,
    events: store.events,
    writer: options.writer,
    labelKey: labelKey(plan),
    report: workspace.log,
    log: options.log ?? {},
  });
  const monitor = new ModelMonitor({
    problem: plan.problem,
    watch: plan.watch,
    features: plan.features.map(({ name }) => name),
    outputs: first.pipeline.model.outputs,
    profile: await profileOf(version),
  });
  service.listen(monitor);
  if (options.resume ?? true) await service.restore();
  let champion = version.version;
  let last: readonly SignalResult[] = [];
  return {
    plan,
    service,
    monitor,
    online,
    history,
    signals: () => last,
    judge() {
      last = monitor.judge(clock.now());
      return last;
    },
    async deploy(next, shadow) {
      service.swap(await deployment(next, shadow));
      if (next.version !== champion) monitor.useProfile(await profileOf(next));
      champion = next.version;
    },
    async close() {
      await service.close();
      await online.close();
    },
  };
}

/** Request columns that, with the moment asked about, name a prediction for labels that come as source rows: the source's own key. */
function labelKey(plan: SystemPlan): readonly string[] | null {
  const { key } = plan.sources[plan.label.source] as SystemPlan['sources'][string];
  if (plan.request.time === null || key.length === 0) return null;
  return key.every((name) => Object.hasOwn(plan.request.columns, name)) ? key : null;
}
