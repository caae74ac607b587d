import type { Task, ValuePlan } from '../define/plan.js';
import { psiTest } from '../stats/distances/psi-test.js';
import { payOff } from '../stats/pay-off.js';
import { partsOf } from './bin-parts.js';
import type { ObservedOutcome } from './outcome-columns.js';
import type { OutcomeMetric } from './outcome-metrics.js';
import { OutcomeShelf } from './outcome-shelf.js';
import { TrafficWindow } from './traffic-window.js';

const DAY = 86_400_000;
/** How long a day's outcomes are kept for labels still to come; later labels only count. A little beyond the ground truth's horizon. */
const KEPT = 35 * DAY;

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
  predictions: number;
  scoreSum: number;
  /** Counts of the hours that were filed here, against the profile of the latest; null once the day is closed. */
  counted: TrafficWindow | null;
  psi: Readonly<Record<string, number>>;
  labelled: number;
  positives: number;
  value: number;
  metrics: Readonly<Record<string, number>> | null;
  closed: boolean;
}

export interface DayLogSetup {
  readonly task: Task;
  readonly value: ValuePlan | null;
  readonly outputs: number;
  readonly metrics: Readonly<Record<string, OutcomeMetric>>;
  /** Features of which the records tell PSI. */
  readonly drifting: readonly string[];
}

/** The days of a model: traffic is filed hour by hour, outcomes under the day of their prediction; old days shrink to their record. */
export class DayLog {
  readonly #setup: DayLogSetup;
  readonly #days = new Map<number, Day>();
  readonly #outcomes: OutcomeShelf;

  constructor(setup: DayLogSetup) {
    this.#setup = setup;
    this.#outcomes = new OutcomeShelf(setup.outputs, DAY);
  }

  /** Files an hour that will not be counted on. */
  file(hour: number, window: TrafficWindow): void {
    const day = this.#day(hour);
    day.predictions += window.predictions;
    day.scoreSum += window.scoreSum;
    if (day.closed || window.predictions === 0) return;
    if (day.counted?.compiled !== window.compiled) day.counted = new TrafficWindow(window.compiled);
    day.counted.add(window);
  }

  addOutcome(outcome: ObservedOutcome): void {
    const day = this.#day(outcome.time);
    day.labelled++;
    if (this.#setup.task === 'binary') {
      day.positives += outcome.label;
      if (this.#setup.value) day.value += payOff(this.#setup.value, outcome.label, outcome.decided === 1);
    }
    if (day.closed) return;
    day.metrics = null;
    this.#outcomes.add(outcome.time, outcome);
  }

  /** Shrinks days to their records from which no labels are awaited any more. */
  close(now: number): void {
    for (const [start, day] of this.#days) {
      if (day.closed || start >= now - KEPT) continue;
      day.metrics = this.#metrics(start, day);
      day.psi = this.#psi(day.counted);
      day.counted = null;
      day.closed = true;
      this.#outcomes.drop(start);
    }
  }

  /** A record a day, oldest first; `open` are the hours that are not filed yet. */
  records(open: ReadonlyMap<number, TrafficWindow>): DayRecord[] {
    const hours = [...open].map(([hour, window]) => ({ day: startOf(hour), window }));
    const starts = new Set([...this.#days.keys(), ...hours.map(({ day }) => day)]);
    return [...starts]
      .sort((a, b) => a - b)
      .map((start) =>
        this.#record(
          start,
          hours.filter(({ day }) => day === start).map(({ window }) => window),
        ),
      );
  }

  #record(start: number, open: readonly TrafficWindow[]): DayRecord {
    const day = this.#days.get(start) ?? newDay();
    let { predictions, scoreSum, counted } = day;
    for (const window of open) {
      predictions += window.predictions;
      scoreSum += window.scoreSum;
      if (day.closed || window.predictions === 0) continue;
      const sum = new TrafficWindow(window.compiled);
      if (counted?.compiled === window.compiled) sum.add(counted);
      sum.add(window);
      counted = sum;
    }
    day.metrics ??= this.#metrics(start, day);
    const binary = this.#setup.task === 'binary';
    return {
      day: start,
      predictions,
      labelled: day.labelled,
      positives: binary ? day.positives : null,
      meanScore: predictions > 0 ? scoreSum / predictions : null,
      metrics: day.metrics,
      psi: day.closed ? day.psi : this.#psi(counted),
      value: binary && this.#setup.value && day.labelled > 0 ? day.value : null,
    };
  }

  #metrics(start: number, day: Day): Readonly<Record<string, number>> {
    if (day.metrics) return day.metrics;
    const labelled = this.#outcomes.read(start);
    const metrics: Record<string, number> = {};
    if (labelled)
      for (const [name, metric] of Object.entries(this.#setup.metrics)) {
        const value = metric.value(labelled);
        if (Number.isFinite(value)) metrics[name] = value;
      }
    return metrics;
  }

  #psi(counted: TrafficWindow | null): Readonly<Record<string, number>> {
    const psi: Record<string, number> = {};
    if (counted)
      for (const name of this.#setup.drifting) {
        const bins = counted.compiled.profile.features[name];
        const live = counted.countsOf(name);
        const test = live && psiTest(partsOf(bins, bins.counts).values, partsOf(bins, live).values);
        if (test) psi[name] = test.psi;
      }
    return psi;
  }

  #day(moment: number): Day {
    const start = startOf(moment);
    let day = this.#days.get(start);
    if (!day) {
      day = newDay();
      this.#days.set(start, day);
    }
    return day;
  }
}

const startOf = (moment: number): number => Math.floor(moment / DAY) * DAY;

const newDay = (): Day => ({
  predictions: 0,
  scoreSum: 0,
  counted: null,
  psi: {},
  labelled: 0,
  positives: 0,
  value: 0,
  metrics: null,
  closed: false,
});
