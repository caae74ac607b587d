import { type Clock, SimulatedClock } from '../../base/clock.js';
import { asMillwrightError, fail } from '../../base/error.js';
import type { SystemPlan } from '../../define/plan.js';
import { availability } from '../../features/availability.js';
import { compileRows } from '../../frame/compile-expression.js';
import { columnOf, takeRows } from '../../frame/frame.js';
import type { DayRecord } from '../../monitor/model-monitor.js';
import { loadPipeline } from '../../pipeline/make-pipeline.js';
import type { ModelVersion } from '../../registry/models.js';
import { decideRetrain } from '../../retrain/decide-retrain.js';
import { addLatency, latencyHistogram, latencyQuantile } from '../../stats/latency-histogram.js';
import { modelServer } from '../model-server.js';
import type { SourceData } from '../read-sources.js';
import { type ServedModel, serveModel } from '../serve-model.js';
import { trainSystem } from '../train-system.js';
import { atClock, type Workspace } from '../workspace.js';
import { challengerPlan, ShadowRows } from './challenger.js';
import { openReplayPlace } from './replay-place.js';
import type { TrafficPlan } from './traffic.js';
import { TrafficThread } from './traffic-thread.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export interface ReplayInput {
  readonly plan: SystemPlan;
  readonly baseDir: string;
  readonly sources: Readonly<Record<string, SourceData>>;
  /** Span to play again, epoch ms; whole days UTC. */
  readonly from: number;
  readonly to: number;
  /** Simulated time that one request gathers, ms. */
  readonly tick: number;
  readonly port: number;
  /**
   * Makes the version that the replay begins with the champion of its place; the champion of the store begins it unless given. What it may look
   * at and move is the replay's own.
   */
  readonly prepare?: (place: Workspace) => Promise<void>;
}

/** What happened in a replay: plain data. */
export interface ReplayOutcome {
  readonly predictions: number;
  readonly refused: number;
  readonly labelsJoined: number;
  readonly requests: number;
  /** Signals that fired, each once for every day it did. */
  readonly signals: number;
  readonly retrains: number;
  readonly promotions: number;
  readonly refusals: number;
  /** Of a prediction call in the server. */
  readonly meanLatencyMs: number;
  readonly p99LatencyMs: number;
  readonly days: readonly DayRecord[];
  readonly fired: readonly { readonly day: number; readonly signal: string; readonly sentence: string }[];
  readonly versions: readonly { readonly version: number; readonly from: number }[];
  readonly seconds: number;
}

/** A replay that has ended, with its server still up. */
export interface LiveReplay {
  readonly outcome: ReplayOutcome;
  readonly url: string;
  /** The place of the replay, where everything that it did is on record; open until the replay is closed. */
  readonly place: Workspace;
  close(): Promise<void>;
}

/**
 * Plays a past span again as live traffic against a running server, on a simulated clock: requests at their moment, outcomes when they
 * became known. Each day signals are judged; a trigger trains a challenger on what was known by then, which is shadowed and then
 * promoted or refused. Every decision is in the audit log with its figures. All of it happens in a place of its own below the store, which
 * begins with what the store knows: what is live stays as it is, and may be served meanwhile.
 * @throws MW_REPLAY_*, MW_STORE_HELD while another replay of the system runs, and the coded errors of training and serving
 */
export async function replay(input: ReplayInput, outer: Workspace): Promise<LiveReplay> {
  const place = await openReplayPlace(input.plan.name, 'anew', outer);
  try {
    return await replayIn(place, input, outer.stopwatch);
  } catch (thrown) {
    await place.close();
    throw thrown;
  }
}

async function replayIn(place: Workspace, input: ReplayInput, stopwatch: Clock): Promise<LiveReplay> {
  const { plan, from } = input;
  const started = stopwatch.now();
  const clock = new SimulatedClock(from);
  await input.prepare?.(place);
  const workspace = atClock(place, clock);
  const champion = await workspace.models.resolve(`${plan.name}@champion`);
  const frames = Object.fromEntries(Object.entries(input.sources).map(([name, { frame }]) => [name, frame]));
  const served = await serveModel(
    champion,
    { clock, timer: () => performance.now(), history: frames, until: from, writer: 'replay', resume: false },
    workspace,
  );
  const server = modelServer([served], clock, workspace, {
    // The traffic is the replay's own, in requests as large as the definition allows.
    bodyLimit: 64 * 2 ** 20,
    bodiesLimit: 256 * 2 ** 20,
    pushRows: Math.min(Math.max(plan.serve.maxRows, 10_000), 1_000_000),
    labels: Math.min(Math.max(plan.serve.maxRows, 10_000), 1_000_000),
  });
  const close = async () => {
    await server.close();
    await served.online.close();
  };
  let playing: { close(): void } | undefined;
  try {
    const url = await server.listen(input.port);
    const traffic = TrafficThread.start(trafficPlan(input, url));
    playing = traffic;
    const loop = new Loop(input, served, champion, workspace);
    for (let hour = from; hour < input.to; hour += HOUR) {
      workspace.signal?.throwIfAborted();
      clock.advanceTo(hour);
      served.service.settle();
      if (hour > from && (hour - from) % DAY === 0) await loop.endOfDay(hour);
      loop.count(await traffic.play(Math.min(hour + HOUR, input.to)));
      if (hour % (6 * HOUR) === 0)
        workspace.onProgress?.({ step: 'replay', done: hour - from, total: input.to - from, note: loop.note(hour) });
    }
    clock.advanceTo(input.to);
    served.service.settle();
    await loop.endOfDay(input.to);
    await served.service.flush();
    await served.online.flush();
    workspace.onProgress?.({ step: 'replay', done: 1, total: 1 });
    const outcome = loop.outcome((stopwatch.now() - started) / 1000);
    return {
      outcome,
      url,
      place,
      async close() {
        await close();
        await place.close();
      },
    };
  } catch (thrown) {
    await close();
    throw thrown;
  } finally {
    playing?.close();
  }
}

/** The rows of the label source that are asked about in the span, and those whose outcome becomes known in it. */
function trafficPlan({ plan, sources, from, to, tick }: ReplayInput, url: string): TrafficPlan {
  const { source, expression } = plan.label;
  const { frame: table } = sources[source] as SourceData;
  const known = availability(plan, source, table);
  const { time } = plan.sources[source] as SystemPlan['sources'][string];
  if (time === null || known === null || plan.request.time === null)
    fail('MW_REPLAY_NO_TIME', { what: `'${plan.name}' cannot be replayed: its label source or its request has no time.` });
  const moments = columnOf(table, time);
  const at = moments.kind === 'timestamp' ? moments.values : new Float64Array(table.rows);
  const inside = (moment: number) => moment >= from && moment < to;
  const rows = Int32Array.from({ length: table.rows }, (_, row) => row).filter(
    (row) => inside(at[row] as number) || inside(known[row] as number),
  );
  if (rows.length === 0)
    fail('MW_REPLAY_NO_ROWS', {
      what: `No row of '${source}' lies between ${new Date(from).toISOString()} and ${new Date(to).toISOString()}.`,
    });
  const label = compileRows(expression)(takeRows(table, rows));
  const coded =
    label.kind === 'string'
      ? { labels: label.dictionary, codes: label.codes }
      : label.kind === 'boolean'
        ? { labels: ['false', 'true'], codes: Int32Array.from(label.values, (value) => (value > 1 ? -1 : value)) }
        : numbered(label.values);
  return {
    url,
    model: plan.name,
    source,
    rows: takeRows(table, rows),
    at: Float64Array.from(rows, (row) => (inside(at[row] as number) ? (at[row] as number) : Number.POSITIVE_INFINITY)),
    availableAt: Float64Array.from(rows, (row) => known[row] as number),
    labels: coded.labels,
    labelCodes: coded.codes,
    requestColumns: Object.keys(plan.request.columns),
    sourceColumns: Object.keys((plan.sources[source] as SystemPlan['sources'][string]).contract.columns),
    tick,
    maxRows: plan.serve.maxRows,
  };
}

function numbered(values: Float64Array): { labels: number[]; codes: Int32Array } {
  const labels = [...new Set(values)].filter((value) => !Number.isNaN(value));
  const index = new Map(labels.map((value, code) => [value, code]));
  return { labels, codes: Int32Array.from(values, (value) => index.get(value) ?? -1) };
}

interface Shadowing {
  readonly challenger: ModelVersion;
  readonly rows: ShadowRows;
}

/** What is decided at the end of every day. */
class Loop {
  readonly #input: ReplayInput;
  readonly #served: ServedModel;
  readonly #workspace: Workspace;
  readonly #latency = latencyHistogram();
  readonly #fired: { day: number; signal: string; sentence: string }[] = [];
  readonly #versions: { version: number; from: number }[];
  #champion: ModelVersion;
  #shadowing: Shadowing | null = null;
  #lastRetrain: number | null = null;
  #counts = { predictions: 0, refused: 0, requests: 0, retrains: 0, promotions: 0, refusals: 0, calls: 0, latency: 0 };

  constructor(input: ReplayInput, served: ServedModel, champion: ModelVersion, workspace: Workspace) {
    this.#input = input;
    this.#served = served;
    this.#champion = champion;
    this.#workspace = workspace;
    this.#versions = [{ version: champion.version, from: input.from }];
    served.service.listen({
      onCall: (_now, _rows, _rejected, latency) => {
        addLatency(this.#latency, latency);
        this.#counts.calls++;
        this.#counts.latency += latency;
      },
      onOutcomes: (outcomes) => this.#shadowing?.rows.onOutcomes(outcomes),
    });
  }

  count({
    predictions,
    refused,
    requests,
  }: {
    readonly predictions: number;
    readonly refused: number;
    readonly requests: number;
  }): void {
    this.#counts.predictions += predictions;
    this.#counts.refused += refused;
    this.#counts.requests += requests;
  }

  note(now: number): string {
    const shadow = this.#shadowing ? `, ${this.#shadowing.challenger.version} in its shadow` : '';
    return `${new Date(now).toISOString().slice(0, 10)}, version ${this.#champion.version}${shadow}, ${this.#counts.predictions.toLocaleString('en-US')} predictions`;
  }

  async endOfDay(now: number): Promise<void> {
    const { plan } = this.#input;
    const { audit } = this.#workspace;
    const signals = this.#served.judge();
    const fired = signals.filter(({ state }) => state === 'fired');
    for (const { name, sentence } of fired) this.#fired.push({ day: now - DAY, signal: name, sentence });
    await this.#recordDay(now - DAY);
    const decision = this.#shadowing
      ? {
          retrain: false,
          because: `${fired.map(({ name, sentence }) => `${name}: ${sentence}`).join(' ')} But version ${this.#shadowing.challenger.version} is being shadowed.`,
        }
      : decideRetrain(plan.retrain, signals, this.#lastRetrain, now);
    if (fired.length > 0)
      await audit.record({
        actor: 'millwright monitor',
        action: decision.retrain ? 'trigger.fire' : 'trigger.hold',
        subject: this.#champion.id,
        figures: Object.fromEntries(signals.map(({ name, figure }) => [name, figure])),
        reason: decision.because,
      });
    if (this.#shadowing) await this.#endShadow(now, this.#shadowing);
    if (decision.retrain) await this.#challenge(now, decision.because);
  }

  /** A training that fails is told in the audit log; the champion goes on. */
  async #challenge(now: number, because: string): Promise<void> {
    try {
      await this.#retrain(now, because);
    } catch (thrown) {
      this.#workspace.signal?.throwIfAborted();
      const error = asMillwrightError(thrown);
      await this.#workspace.audit.record({
        actor: 'millwright retrain',
        action: 'retrain.fail',
        subject: this.#champion.id,
        figures: { code: error.code },
        reason: `${because} The training failed: ${error.message}`,
      });
    }
  }

  async #retrain(now: number, because: string): Promise<void> {
    const { plan, baseDir, sources } = this.#input;
    const { models, store, audit } = this.#workspace;
    this.#lastRetrain = now;
    this.#counts.retrains++;
    const outcome = await trainSystem(
      { plan: challengerPlan(plan, this.#champion, now), baseDir, definition: [], asOf: now, sources, alias: null, because },
      { ...this.#workspace, by: 'millwright retrain', onProgress: undefined },
    );
    const challenger = await models.get(plan.name, outcome.model.version);
    if (challenger.version === this.#champion.version) return;
    // The absolute gates speak of the past the definition was written for; what decides here is the champion, on the same new rows.
    const act = { actor: 'millwright retrain', reason: `Shadowed beside version ${this.#champion.version}: ${because}` };
    await models.setAlias(plan.name, 'challenger', challenger.version, act);
    const pipeline = loadPipeline(await store.artifacts.get(challenger.pipeline));
    this.#shadowing = { challenger, rows: new ShadowRows(this.#champion, challenger, pipeline, now) };
    await this.#served.deploy(this.#champion, challenger);
    await audit.record({
      actor: 'millwright retrain',
      action: 'shadow.start',
      subject: challenger.id,
      figures: { champion: this.#champion.version, gates: outcome.gates.map(({ passed, sentence }) => ({ passed, sentence })) },
      reason: because,
    });
  }

  async #endShadow(now: number, { challenger, rows }: Shadowing): Promise<void> {
    const { plan } = this.#input;
    const { models, audit } = this.#workspace;
    const { verdict, because, figures } = rows.judge(plan, now);
    if (verdict === 'keep shadowing') return;
    const promoted = verdict === 'promote';
    const act = { actor: 'millwright retrain', reason: because, figures };
    await audit.record({ ...act, action: promoted ? 'challenger.promote' : 'challenger.refuse', subject: challenger.id });
    await models.moveAliases(
      plan.name,
      promoted ? { champion: challenger.version, challenger: null } : { challenger: null },
      act,
    );
    if (promoted) {
      this.#champion = challenger;
      this.#versions.push({ version: challenger.version, from: now });
      this.#counts.promotions++;
    } else this.#counts.refusals++;
    this.#shadowing = null;
    await this.#served.deploy(this.#champion, null);
  }

  async #recordDay(day: number): Promise<void> {
    const record = this.#served.monitor.daily().find((each) => each.day === day);
    if (!record) return;
    const point = (name: string, value: number, count: number) => ({
      model: this.#input.plan.name,
      version: this.#champion.version,
      name,
      bucket: day,
      value,
      count,
    });
    await this.#workspace.series.record([
      ...Object.entries(record.metrics).map(([name, value]) => point(name, value, record.labelled)),
      ...Object.entries(record.psi).map(([name, value]) => point(`psi.${name}`, value, record.predictions)),
      ...(record.value === null ? [] : [point('value', record.value, record.labelled)]),
      point('predictions', record.predictions, record.predictions),
    ]);
  }

  outcome(seconds: number): ReplayOutcome {
    const { calls, latency, ...counts } = this.#counts;
    return {
      ...counts,
      labelsJoined: this.#served.service.counts.truth.joined,
      signals: this.#fired.length,
      meanLatencyMs: calls === 0 ? 0 : latency / calls,
      p99LatencyMs: latencyQuantile(this.#latency, 0.99) ?? 0,
      days: this.#served.monitor.daily(),
      fired: this.#fired,
      versions: this.#versions,
      seconds,
    };
  }
}
