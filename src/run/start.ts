import { createServer } from 'node:net';
import { fail } from '../base/error.js';
import type { SystemPlan } from '../define/plan.js';
import { columnsRead } from '../frame/expression.js';
import { codeHash } from '../registry/code-hash.js';
import type { PlainData } from '../registry/plain-data.js';
import { loadDefinition } from './load-definition.js';
import { readSources } from './read-sources.js';
import type { ReplayOutcome } from './replay/replay.js';
import { markOf, markReplay } from './replay/replay-place.js';
import { StepRunner } from './step-runner.js';
import { type TrainOutcome, trainSystem } from './train-system.js';
import type { Workspace } from './workspace.js';

export interface StartInput {
  readonly definition: string;
  /** Where the definition's relative paths start; where it lies unless given. */
  readonly baseDir?: string;
  /** Span to replay, epoch ms. */
  readonly from: number;
  readonly to: number;
  readonly tick: number;
  readonly port: number;
}

/** The main job's result. */
export interface StartOutcome {
  readonly trained: TrainOutcome;
  /** AUC on the test rows of the same estimator with request features alone, and of the logistic rival. */
  readonly aucWithoutWindows: number | null;
  readonly aucLogistic: number | null;
  readonly replay: ReplayOutcome;
  readonly replayed: boolean;
  readonly reused: readonly string[];
  readonly seconds: number;
  /** The server that the replay ran against, still up; null when the replay was not done again. */
  readonly live: LiveServer | null;
}

interface LiveServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Runs a system's whole life: train, judge, register, then serve a past span as live traffic with everything that follows from it. */
export async function start(input: StartInput, workspace: Workspace): Promise<StartOutcome> {
  const started = workspace.stopwatch.now();
  await requireFreePort(input.port);
  const { system, path, ...loaded } = await loadDefinition(input.definition);
  const baseDir = input.baseDir ?? loaded.baseDir;
  const { plan } = system;
  const sources = await readSources(plan, baseDir, workspace);
  const common = { baseDir, definition: [path], sources };
  const trained = await trainSystem(
    { plan, ...common, alias: 'champion', challenge: false, because: 'The main job.' },
    workspace,
  );
  const bare = withoutWindows(plan, trained);
  const without =
    bare === null
      ? null
      : await trainSystem(
          { plan: bare, ...common, alias: null, because: 'To show what the window features are worth.' },
          workspace,
        );

  const run = await workspace.runs.start({
    system: plan.name,
    planHash: system.hash,
    codeHash: await codeHash([path]),
    params: { replay: true },
  });
  const steps = new StepRunner(workspace, run);
  let live: LiveServer | null = null;
  const replayed = await steps
    .run(
      'replay',
      {
        model: trained.model.hash,
        plan: system.hash,
        snapshots: Object.values(sources).map(({ snapshot }) => snapshot),
        from: input.from,
        to: input.to,
        tick: input.tick,
      },
      async (key) => {
        const { replay } = await import('./replay/replay.js');
        const prepare = (place: Workspace) =>
          place.models.setAlias(plan.name, 'champion', trained.model.version, {
            actor: place.by,
            reason: 'The replay begins with the version trained before it.',
          });
        const { from, to, tick, port } = input;
        const done = await replay({ plan, baseDir, sources, from, to, tick, port, prepare }, workspace);
        live = done;
        await markReplay(done.place, key);
        return { data: done.outcome as unknown as PlainData, artifacts: {} };
      },
      async (key) => (await markOf(plan.name, workspace)) === key,
    )
    .catch(async (thrown: unknown) => {
      await workspace.runs.finish(
        run,
        workspace.signal?.aborted ? 'cancelled' : 'failed',
        thrown instanceof Error ? thrown.message : String(thrown),
      );
      throw thrown;
    });
  await workspace.runs.finish(run, 'finished');
  return {
    trained,
    aucWithoutWindows: without?.test?.['auc'] ?? null,
    aucLogistic: trained.candidates.find(({ name, test }) => name === 'logistic' && test)?.test?.['auc'] ?? null,
    replay: replayed.outputs.data as unknown as ReplayOutcome,
    replayed: !replayed.reused,
    reused: [...trained.steps, ...steps.done].filter(({ reused }) => reused).map(({ name }) => name),
    seconds: (workspace.stopwatch.now() - started) / 1000,
    live,
  };
}

/** Found out before the long work and not after it. @throws MW_SERVE_PORT_IN_USE */
async function requireFreePort(port: number): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(port, '127.0.0.1', resolve);
  }).catch((thrown: unknown) =>
    fail('MW_SERVE_PORT_IN_USE', {
      what: `Port ${port} of 127.0.0.1 is taken.`,
      where: { port },
      fix: 'Choose another with --port, or 0 for a free one.',
      cause: thrown,
    }),
  );
  await new Promise((resolve) => probe.close(resolve));
}

/** The same system without its windows: what could be had without a feature store. Null when it has none. */
function withoutWindows(plan: SystemPlan, trained: TrainOutcome): SystemPlan | null {
  const windows = new Set(
    plan.views.flatMap((view) => view.aggregates.flatMap((one) => one.windows.map(({ feature }) => feature))),
  );
  if (windows.size === 0) return null;
  const features = plan.features.filter(({ name, from }) => {
    if (windows.has(name)) return false;
    return from.kind !== 'fromExpression' || [...columnsRead(from.expression)].every((column) => !windows.has(column));
  });
  const winner =
    trained.candidates.find(({ test }) => test !== null && test['auc'] === trained.test?.['auc']) ?? trained.candidates[0];
  const declared = plan.train.candidates.find(({ estimator }) => estimator === winner?.name);
  const rounds = declared?.params['rounds'];
  const params = { ...(winner?.params as Record<string, number>), ...(rounds === undefined ? {} : { rounds }) };
  return {
    ...plan,
    name: `${plan.name}-without-windows`,
    views: [],
    features,
    train: {
      ...plan.train,
      candidates: [{ kind: 'candidate', estimator: winner?.name ?? 'gbdt', params }],
      search: { ...plan.train.search, trials: 1 },
    },
    accept: [],
    watch: {},
    retrain: null,
  };
}
