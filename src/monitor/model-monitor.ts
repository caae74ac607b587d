import { fail } from '../base/error.js';
import { didYouMean } from '../base/nearest.js';
import type { ProblemPlan, SignalPlan } from '../define/plan.js';
import type { Scalar } from '../frame/column.js';
import { metricsFor } from '../stats/metrics/catalogue.js';
import { DayLog, type DayRecord } from './day-log.js';
import { judgeDrifts, WINDOWS } from './judge-drift.js';
import { judgeQuality } from './judge-quality.js';
import { judgeErrors, judgeLatency } from './judge-service.js';
import { concatenate, type ObservedOutcome } from './outcome-columns.js';
import { type OutcomeMetric, outcomeMetric } from './outcome-metrics.js';
import { OutcomeShelf } from './outcome-shelf.js';
import type { ReferenceProfile } from './reference-profile.js';
import type { Judgement, SignalResult } from './signal-result.js';
import { type CompiledProfile, compileProfile, TrafficWindow } from './traffic-window.js';

export type { DayRecord } from './day-log.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export interface MonitorSetup {
  readonly problem: ProblemPlan;
  readonly watch: Readonly<Record<string, SignalPlan>>;
  /** Names of the features served, in plan order. */
  readonly features: readonly string[];
  /** Outputs a row of the model. */
  readonly outputs: number;
  readonly profile: ReferenceProfile;
}

/**
 * Watches one model in service: counts its traffic hour by hour and day by day against the reference profile, gathers outcomes, and
 * judges the signals of the plan at a moment, those of drift together. Signals of quality look at the labels that became available within their window,
 * so delayed labels are judged when they come; daily records file an outcome under the day of its prediction.
 */
export class ModelMonitor {
  readonly #setup: MonitorSetup;
  readonly #metrics: Readonly<Record<string, OutcomeMetric>>;
  readonly #keep: number;
  readonly #drifting: readonly string[];
  #profile: CompiledProfile;
  readonly #hours = new Map<number, TrafficWindow>();
  readonly #known: OutcomeShelf;
  readonly #days: DayLog;
  #open: { readonly start: number; readonly window: TrafficWindow } | null = null;
  #newest = Number.NEGATIVE_INFINITY;

  /** @throws MW_MONITOR_SIGNAL_INVALID for a signal over what the model does not have, MW_MONITOR_PROFILES_DIFFER */
  constructor(setup: MonitorSetup) {
    this.#setup = setup;
    const { task, value } = setup.problem;
    const { outputs } = setup;
    const signals = Object.values(setup.watch);
    this.#metrics = Object.fromEntries(metricsFor(task).map(({ name }) => [name, outcomeMetric(name, task)]));
    for (const [name, signal] of Object.entries(setup.watch)) this.#check(name, signal);
    this.#drifting = [...new Set(signals.flatMap((signal) => (signal.signal === 'drift' ? [signal.of] : [])))];
    this.#profile = compileProfile(setup.profile, setup.features, this.#drifting);
    const spans = signals.map(({ signal, window }) => (signal === 'drift' ? WINDOWS * wholeHours(window) : window));
    this.#keep = Math.max(2 * DAY, ...spans) + HOUR;
    this.#known = new OutcomeShelf(outputs, HOUR);
    this.#days = new DayLog({ task, value, outputs, metrics: this.#metrics, drifting: this.#drifting });
  }

  /** Judges against another version's profile from now on; what was counted before no longer speaks of drift. */
  useProfile(profile: ReferenceProfile): void {
    this.#profile = compileProfile(profile, this.#setup.features, this.#drifting);
    for (const [hour, window] of this.#hours) this.#days.file(hour, window);
    this.#hours.clear();
    this.#open = null;
  }

  onPrediction = (
    _at: number,
    now: number,
    _version: string,
    features: readonly Scalar[],
    scores: Float64Array,
    decided: number,
  ): void => {
    this.#hour(now).count(features, scores.length === 1 ? scores[0] : scores[decided]);
  };

  onCall = (now: number, _rows: number, rejected: number, latency: number): void => {
    this.#hour(now).countCall(rejected, latency);
  };

  onOutcomes = (outcomes: readonly ObservedOutcome[]): void => {
    for (const outcome of outcomes) {
      this.#reach(outcome.availableAt);
      this.#known.add(outcome.availableAt, outcome);
      this.#days.addOutcome(outcome);
    }
  };

  /** Every signal of the plan as of `now`, over its window in whole hours. */
  judge(now: number): SignalResult[] {
    this.#reach(now);
    const watched = Object.entries(this.#setup.watch);
    const drifts = judgeDrifts(
      watched.flatMap(([name, signal]) => (signal.signal === 'drift' ? [this.#distribution(name, signal, now)] : [])),
    );
    return watched.map(([name, signal]) => ({
      ...(signal.signal === 'drift'
        ? (drifts.find((drift) => drift.name === name) as Judgement)
        : this.#judge(name, signal, now)),
      kind: signal.signal,
      of: watchedBy(signal),
    }));
  }

  /** A record a day with traffic or outcomes, oldest first. */
  daily(): DayRecord[] {
    return this.#days.records(this.#hours);
  }

  #judge(name: string, signal: Exclude<SignalPlan, { signal: 'drift' }>, now: number): Judgement {
    const inside = (hour: number) => hour + HOUR > now - signal.window && hour <= now;
    if (signal.signal === 'quality') {
      const rows = concatenate([...this.#known.select(inside)], this.#setup.outputs);
      return judgeQuality({ ...signal, name }, this.#metrics[signal.metric], rows, this.#setup.problem.task);
    }
    const traffic = this.#traffic(inside);
    return signal.signal === 'latency' ? judgeLatency(name, signal.p99, traffic) : judgeErrors(name, signal.above, traffic);
  }

  /** The newest whole hours that make up the signal's window, and the windows of that length before. */
  #distribution(name: string, { of, above, window }: Extract<SignalPlan, { signal: 'drift' }>, now: number) {
    const span = wholeHours(window);
    const windows = Array.from({ length: WINDOWS }, (_, w) => {
      const end = wholeHours(now) - w * span;
      const inside = (hour: number) => hour >= end - span && hour < end;
      const days = new Set([...this.#hours].filter(([hour, { predictions }]) => inside(hour) && predictions > 0).map(dayOf));
      return { counts: this.#traffic(inside).countsOf(of) ?? [], days: days.size };
    });
    return { name, of, floor: above, reference: this.#profile.profile.features[of], windows };
  }

  #traffic(inside: (hour: number) => boolean): TrafficWindow {
    const sum = new TrafficWindow(this.#profile);
    for (const [hour, window] of this.#hours) if (inside(hour)) sum.add(window);
    return sum;
  }

  #check(name: string, signal: SignalPlan): void {
    const bad = (what: string): never => fail('MW_MONITOR_SIGNAL_INVALID', { what, where: { signal: name } });
    const names = Object.keys(this.#setup.profile.features);
    if (signal.signal === 'drift' && !names.includes(signal.of))
      bad(`Signal '${name}' watches '${signal.of}', of which the profile knows nothing.${didYouMean(signal.of, names)}`);
    if (signal.signal === 'quality' && !Object.hasOwn(this.#metrics, signal.metric))
      bad(
        `Signal '${name}' watches '${signal.metric}', which is no live metric of a ${this.#setup.problem.task} problem (${Object.keys(this.#metrics).join(', ')}).`,
      );
    if (signal.signal === 'quality' && signal.below === null && signal.above === null) bad(`Signal '${name}' has no bound.`);
  }

  #hour(now: number): TrafficWindow {
    if (this.#open && now >= this.#open.start && now < this.#open.start + HOUR) return this.#open.window;
    this.#reach(now);
    const start = Math.floor(now / HOUR) * HOUR;
    const window = this.#hours.get(start) ?? new TrafficWindow(this.#profile);
    this.#hours.set(start, window);
    this.#open = { start, window };
    return window;
  }

  /** Once an hour, what no signal will look at any more is filed under its day or let go. */
  #reach(now: number): void {
    if (now < this.#newest + HOUR) return;
    this.#newest = now;
    const oldest = now - this.#keep;
    for (const [hour, window] of this.#hours)
      if (hour < oldest) {
        this.#days.file(hour, window);
        this.#hours.delete(hour);
        if (this.#open?.start === hour) this.#open = null;
      }
    for (const hour of this.#known.startsBefore(oldest)) this.#known.drop(hour);
    this.#days.close(now);
  }
}

const dayOf = ([hour]: readonly [number, TrafficWindow]): number => Math.floor(hour / DAY);
const wholeHours = (ms: number): number => Math.ceil(ms / HOUR) * HOUR;

function watchedBy(signal: SignalPlan): string {
  if (signal.signal === 'drift') return signal.of;
  return signal.signal === 'quality' ? signal.metric : signal.signal;
}
