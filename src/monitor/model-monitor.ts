import { fail } from '../base/error.js';
import { didYouMean } from '../base/nearest.js';
import type { ProblemPlan, SignalPlan } from '../define/plan.js';
import type { Scalar } from '../frame/column.js';
import { psi as populationStability } from '../stats/distances/psi.js';
import { metricsFor } from '../stats/metrics/catalogue.js';
import { judgeDrift } from './judge-drift.js';
import { judgeQuality } from './judge-quality.js';
import { judgeErrors, judgeLatency } from './judge-service.js';
import { concatenate, type ObservedOutcome, OutcomeColumns } from './outcome-columns.js';
import { type OutcomeMetric, outcomeMetric } from './outcome-metrics.js';
import { realisedValue } from './realised-value.js';
import type { ReferenceProfile } from './reference-profile.js';
import type { Judgement, SignalResult } from './signal-result.js';
import { type CompiledProfile, compileProfile, TrafficWindow } from './traffic-window.js';

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

/** One day of a model, by the wall clock of its predictions; metrics are of those whose label is known by now. */
export interface DayRecord {
  readonly day: number;
  readonly predictions: number;
  readonly labelled: number;
  /** Labelled rows of the positive class; null unless binary. */
  readonly positives: number | null;
  readonly meanScore: number | null;
  readonly metrics: Readonly<Record<string, number>>;
  readonly psi: Readonly<Record<string, number>>;
  readonly value: number | null;
}

interface Day {
  readonly traffic: TrafficWindow;
  readonly outcomes: OutcomeColumns;
  record: DayRecord | null;
}

/**
 * Watches one model in service: counts its traffic hour by hour and day by day against the reference profile, gathers outcomes, and
 * judges the signals of the plan at a moment. Signals of quality look at the labels that became available within their window,
 * so delayed labels are judged when they come; daily records file an outcome under the day of its prediction.
 */
export class ModelMonitor {
  readonly #setup: MonitorSetup;
  readonly #metrics: Readonly<Record<string, OutcomeMetric>>;
  readonly #keep: number;
  #profile: CompiledProfile;
  readonly #hours = new Map<number, TrafficWindow>();
  readonly #known = new Map<number, OutcomeColumns>();
  readonly #days = new Map<number, Day>();

  /** @throws MW_MONITOR_SIGNAL_INVALID for a signal over what the model does not have */
  constructor(setup: MonitorSetup) {
    this.#setup = setup;
    const { task } = setup.problem;
    this.#metrics = Object.fromEntries(metricsFor(task).map(({ name }) => [name, outcomeMetric(name, task)]));
    this.#profile = compileProfile(setup.profile, setup.features);
    this.#keep = Math.max(2 * DAY, ...Object.values(setup.watch).map(({ window }) => window)) + HOUR;
    for (const [name, signal] of Object.entries(setup.watch)) this.#check(name, signal);
  }

  /** Judges against another version's profile from now on; what was counted before no longer speaks of drift. */
  useProfile(profile: ReferenceProfile): void {
    this.#profile = compileProfile(profile, this.#setup.features);
    this.#hours.clear();
  }

  onPrediction = (
    _at: number,
    now: number,
    _version: string,
    features: readonly Scalar[],
    scores: Float64Array,
    decided: number,
  ): void => {
    const score = scores.length === 1 ? (scores[0] as number) : (scores[decided] as number);
    this.#hour(now).count(features, score);
    this.#day(now).traffic.count(features, score);
  };

  onCall = (now: number, _rows: number, rejected: number, latency: number): void => {
    this.#hour(now).countCall(rejected, latency);
    this.#day(now).traffic.countCall(rejected, latency);
  };

  onOutcomes = (outcomes: readonly ObservedOutcome[]): void => {
    for (const outcome of outcomes) {
      const hour = startOf(outcome.availableAt, HOUR);
      let known = this.#known.get(hour);
      if (!known) {
        known = new OutcomeColumns(this.#setup.outputs);
        this.#known.set(hour, known);
      }
      known.add(outcome);
      const day = this.#day(outcome.time);
      day.outcomes.add(outcome);
      day.record = null;
    }
  };

  /** Every signal of the plan as of `now`, over its window in whole hours. */
  judge(now: number): SignalResult[] {
    this.#forget(now);
    return Object.entries(this.#setup.watch).map(([name, signal]) => ({
      ...this.#judge(name, signal, now),
      kind: signal.signal,
      of: watchedBy(signal),
    }));
  }

  /** A record a day with traffic or outcomes, oldest first. */
  daily(): DayRecord[] {
    return [...this.#days.entries()].sort(([a], [b]) => a - b).map(([start, day]) => this.#record(start, day));
  }

  #judge(name: string, signal: SignalPlan, now: number): Judgement {
    if (signal.signal === 'quality') {
      const outputs = this.#setup.outputs;
      const parts = [...this.#known.entries()]
        .filter(([hour]) => within(hour, now, signal.window))
        .map(([, rows]) => rows.read());
      const binary = this.#setup.problem.task === 'binary';
      const metric = this.#metrics[signal.metric] as OutcomeMetric;
      return judgeQuality(name, signal.metric, metric, signal.below, signal.above, concatenate(parts, outputs), binary);
    }
    const traffic = new TrafficWindow(this.#profile);
    for (const [hour, window] of this.#hours) if (within(hour, now, signal.window)) traffic.add(window);
    if (signal.signal === 'latency') return judgeLatency(name, signal.p99, traffic);
    if (signal.signal === 'errors') return judgeErrors(name, signal.above, traffic);
    const reference = this.#profile.profile.features[signal.of]?.counts ?? [];
    return judgeDrift(name, signal.of, signal.above, reference, traffic.countsOf(signal.of) ?? []);
  }

  #check(name: string, signal: SignalPlan): void {
    const bad = (what: string): never => fail('MW_MONITOR_SIGNAL_INVALID', { what, where: { signal: name } });
    if (signal.signal === 'drift' && !this.#profile.names.includes(signal.of))
      bad(
        `Signal '${name}' watches '${signal.of}', of which the profile knows nothing.${didYouMean(signal.of, this.#profile.names)}`,
      );
    if (signal.signal === 'quality' && !Object.hasOwn(this.#metrics, signal.metric))
      bad(
        `Signal '${name}' watches '${signal.metric}', which is no live metric of a ${this.#setup.problem.task} problem (${Object.keys(this.#metrics).join(', ')}).`,
      );
    if (signal.signal === 'quality' && signal.below === null && signal.above === null) bad(`Signal '${name}' has no bound.`);
  }

  #record(start: number, day: Day): DayRecord {
    if (day.record && day.record.predictions === day.traffic.predictions) return day.record;
    const { problem, watch } = this.#setup;
    const { traffic } = day;
    const labelled = day.outcomes.read();
    const metrics: Record<string, number> = {};
    for (const [name, metric] of Object.entries(this.#metrics)) {
      const figure = metric(labelled);
      if (figure && Number.isFinite(figure.value)) metrics[name] = figure.value;
    }
    const psi: Record<string, number> = {};
    for (const signal of Object.values(watch)) {
      if (signal.signal !== 'drift' || traffic.predictions === 0) continue;
      const reference = traffic.compiled.profile.features[signal.of]?.counts;
      const live = traffic.countsOf(signal.of);
      if (reference && live) psi[signal.of] = populationStability(reference, live);
    }
    const binary = problem.task === 'binary';
    day.record = {
      day: start,
      predictions: traffic.predictions,
      labelled: labelled.rows,
      positives: binary ? labelled.labels.reduce((total, label) => total + label, 0) : null,
      meanScore: traffic.predictions > 0 ? traffic.scoreSum / traffic.predictions : null,
      metrics,
      psi,
      value: binary && problem.value && labelled.rows > 0 ? realisedValue(problem.value, labelled) : null,
    };
    return day.record;
  }

  #hour(now: number): TrafficWindow {
    const start = startOf(now, HOUR);
    let hour = this.#hours.get(start);
    if (!hour) {
      hour = new TrafficWindow(this.#profile);
      this.#hours.set(start, hour);
    }
    return hour;
  }

  #day(now: number): Day {
    const start = startOf(now, DAY);
    let day = this.#days.get(start);
    if (!day) {
      day = { traffic: new TrafficWindow(this.#profile), outcomes: new OutcomeColumns(this.#setup.outputs), record: null };
      this.#days.set(start, day);
    }
    return day;
  }

  #forget(now: number): void {
    for (const hours of [this.#hours, this.#known])
      for (const start of hours.keys()) if (start < now - this.#keep) hours.delete(start);
  }
}

const startOf = (moment: number, span: number): number => Math.floor(moment / span) * span;

/** Whether the hour that starts at `hour` overlaps (now - window, now]. */
const within = (hour: number, now: number, window: number): boolean => hour + HOUR > now - window && hour <= now;

function watchedBy(signal: SignalPlan): string {
  if (signal.signal === 'drift') return signal.of;
  return signal.signal === 'quality' ? signal.metric : signal.signal;
}
