import { fail } from '../base/error.js';
import { declareOptions, type OptionValues, resolveOptions } from '../base/options.js';
import type { Task } from '../define/plan.js';
import type { Scalar } from '../frame/column.js';
import { MomentHeap } from './moment-heap.js';
import { Queue } from './queue.js';

export const groundTruthOptions = declareOptions({
  horizon: {
    kind: 'duration',
    default: '30d',
    doc: 'How long a prediction is kept for its label; one without a label by then counts as expired.',
  },
  capacity: {
    kind: 'integer',
    default: 2_000_000,
    min: 1,
    doc: 'Predictions kept for their labels; beyond it the oldest count as expired, and as evicted.',
  },
  waiting: {
    kind: 'integer',
    default: 1_000_000,
    min: 1,
    doc: 'Labels kept until they become available; one that comes when there are so many counts as dropped.',
  },
});
export type GroundTruthOptions = OptionValues<typeof groundTruthOptions>;

/** A truth that arrived: for one prediction by `id`, or for all predictions of an entity at a moment by `key` and `at`. */
export type LabelRow = {
  /** Class as text, or the number of a regression. */
  readonly label: Scalar;
  /** When the truth became known; it is not used before. */
  readonly availableAt: number;
} & ({ readonly id: string } | { readonly key: readonly Scalar[]; readonly at: number });

/** A prediction and what came true. Classes are indices (binary: 1 is the positive class); a regression's `label` is its number. */
export interface Outcome {
  readonly id: string;
  readonly at: number;
  readonly time: number;
  readonly availableAt: number;
  readonly version: string;
  readonly label: number;
  readonly scores: Float64Array;
  /** Decided class index, -1 for a regression. */
  readonly decided: number;
  readonly shadowScores: Float64Array | null;
  /** Version of the shadow that `shadowScores` are of. */
  readonly shadowVersion: string | null;
}

/** Predictions are in exactly one of joined, pending, expired; labels in one of waiting, used, unmatched, repeated, conflicting, invalid, dropped. */
export interface GroundTruthCounts {
  readonly predictions: number;
  readonly joined: number;
  readonly pending: number;
  readonly expired: number;
  /** Those of the expired for which there was no room, rather than no label in time. */
  readonly evicted: number;
  readonly labels: number;
  /** Labels not yet available. */
  readonly waiting: number;
  readonly used: number;
  /** Labels of no prediction that had been made when they counted and was still kept. */
  readonly unmatched: number;
  /** Labels that said again what was known. */
  readonly repeated: number;
  /** Labels that contradict an earlier one of the same prediction; the first one stays. */
  readonly conflicting: number;
  /** Labels that are no class of the model or no number. */
  readonly invalid: number;
  /** Labels that were not yet available when too many others waited. */
  readonly dropped: number;
}

/** A label that waits to become available, and when it came. */
export interface WaitingLabel {
  readonly label: LabelRow;
  readonly arrived: number;
}

/**
 * What became of a label: it joined, waits until it is available, said again what was known, contradicts it, is of no prediction
 * that is kept, or there was no room for it to wait.
 */
export type LabelFate = 'joined' | 'waiting' | 'repeated' | 'conflicting' | 'unmatched' | 'dropped';

interface Entry {
  readonly id: string;
  /** The entity of labels that come by key; null when they come by id only. */
  readonly key: readonly Scalar[] | null;
  readonly at: number;
  readonly time: number;
  readonly version: string;
  /** A single score is kept as a number: a million small arrays cost more than all else. Null once the label has come. */
  scores: Float64Array | number | null;
  readonly decided: number;
  shadowScores: Float64Array | number | null;
  readonly shadowVersion: string | null;
  label: number | null;
  /** The next entry of the same hash, in order of arrival; of the first one also the last. */
  next: Entry | null;
  last: Entry | null;
}

const kept = (scores: Float64Array): Float64Array | number => (scores.length === 1 ? scores[0] : scores.slice());
const given = (scores: Float64Array | number): Float64Array => (typeof scores === 'number' ? Float64Array.of(scores) : scores);

/**
 * Joins labels to the predictions they are the truth of, each label as of when it became available: what is asked for a moment
 * never holds a truth that was not known then. A label counts at the moment it becomes available, or when it comes if that is later,
 * and is the truth of the predictions made before: the outcome depends on what came in which order, not on when it was asked for.
 * Late, repeated and contradicting labels are told apart and counted.
 */
export class GroundTruth {
  readonly #task: Task;
  readonly #classes: ReadonlyMap<string, number>;
  readonly #options: GroundTruthOptions;
  readonly #byId = new Map<string, Entry>();
  /** First of each hash of key and moment: entries of one hash need not be of one key. */
  readonly #byKey = new Map<number, Entry>();
  /** Entries in order of arrival; the oldest one is the first to go. */
  readonly #entries = new Queue<Entry>();
  readonly #waiting = new MomentHeap<WaitingLabel>();
  #outcomes: Outcome[] = [];
  readonly #fates = new WeakMap<LabelRow, LabelFate>();
  #predictions = 0;
  #joined = 0;
  #expiredPending = 0;
  #evicted = 0;
  #labels = 0;
  #used = 0;
  #unmatched = 0;
  #repeated = 0;
  #conflicting = 0;
  #invalid = 0;
  #dropped = 0;

  constructor(
    problem: { readonly task: Task; readonly classes: readonly string[] },
    options: Readonly<Record<string, unknown>> = {},
  ) {
    this.#task = problem.task;
    this.#classes = new Map(problem.classes.map((name, index) => [name, index]));
    this.#options = resolveOptions('ground truth', groundTruthOptions, options);
  }

  /** Remembers a prediction until its label comes; `entity` is its key, null when labels name it by id only. Scores are copied. */
  expect(prediction: Omit<Outcome, 'availableAt' | 'label'>, entity: readonly Scalar[] | null): void {
    const { id, at, time, version, scores, decided, shadowScores, shadowVersion } = prediction;
    this.#reach(time);
    this.#predictions++;
    const entry: Entry = {
      id,
      key: entity,
      at,
      time,
      version,
      scores: kept(scores),
      decided,
      shadowScores: shadowScores === null ? null : kept(shadowScores),
      shadowVersion,
      label: null,
      next: null,
      last: null,
    };
    this.#byId.set(id, entry);
    this.#entries.add(entry);
    if (entity !== null) {
      const hash = hashOf(entity, at);
      const first = this.#byKey.get(hash);
      if (first === undefined) this.#byKey.set(hash, entry);
      else {
        (first.last ?? first).next = entry;
        first.last = entry;
      }
    }
    if (this.#entries.size > this.#options.capacity) {
      const oldest = this.#entries.take() as Entry;
      if (oldest.label === null) this.#evicted++;
      this.#forget(oldest);
    }
  }

  /**
   * The label as a class index or number.
   * @throws MW_SERVE_LABEL_INVALID
   */
  check(label: Scalar): number {
    const value = this.#valueOf(label);
    if (value === null)
      fail('MW_SERVE_LABEL_INVALID', {
        what: `${JSON.stringify(label)} is not a label of this ${this.#task} problem.`,
        fix: this.#task === 'regression' ? 'Send a finite number.' : `Send one of ${[...this.#classes.keys()].join(', ')}.`,
      });
    return value;
  }

  /** Takes in labels that came at a moment; each is joined once it is available. */
  offer(labels: readonly LabelRow[], arrived: number): void {
    this.#reach(arrived);
    for (const label of labels) {
      this.#labels++;
      if (this.#valueOf(label.label) === null || !Number.isFinite(label.availableAt)) this.#invalid++;
      else if (label.availableAt <= arrived) this.#join(label);
      else if (this.#waiting.size >= this.#options.waiting) {
        this.#dropped++;
        this.#fates.set(label, 'dropped');
      } else this.#waiting.push(label.availableAt, { label, arrived });
    }
  }

  /** What became of a label that was offered, by now. */
  fateOf(label: LabelRow): LabelFate {
    return this.#fates.get(label) ?? 'waiting';
  }

  /** What has been joined since the last call, once everything available by `now` is; forgets predictions older than the horizon. */
  advance(now: number): Outcome[] {
    this.#reach(now);
    const outcomes = this.#outcomes;
    if (outcomes.length > 0) this.#outcomes = [];
    return outcomes;
  }

  /** True when `advance` would give something. */
  due(now: number): boolean {
    return this.#outcomes.length > 0 || this.#waiting.earliest <= now;
  }

  /** Labels that wait and came before a moment. */
  waitingSince(moment: number): WaitingLabel[] {
    return this.#waiting.items().filter(({ arrived }) => arrived < moment);
  }

  /** Goes on from counts that were kept: what is here has been counted in them, but for labels that came too long ago to be here. */
  resume(counts: GroundTruthCounts, waiting: readonly WaitingLabel[]): void {
    for (const each of waiting) this.#waiting.push(each.label.availableAt, each);
    this.#predictions = counts.predictions;
    this.#joined = counts.joined;
    this.#expiredPending = counts.expired;
    this.#evicted = counts.evicted;
    this.#labels = counts.labels;
    this.#used = counts.used;
    this.#unmatched = counts.unmatched;
    this.#repeated = counts.repeated;
    this.#conflicting = counts.conflicting;
    this.#invalid = counts.invalid;
    this.#dropped = counts.dropped;
  }

  /** How long predictions are kept, ms. */
  get horizon(): number {
    return this.#options.horizon;
  }

  get counts(): GroundTruthCounts {
    return {
      predictions: this.#predictions,
      joined: this.#joined,
      pending: this.#predictions - this.#joined - this.#expiredPending,
      expired: this.#expiredPending,
      evicted: this.#evicted,
      labels: this.#labels,
      waiting: this.#waiting.size,
      used: this.#used,
      unmatched: this.#unmatched,
      repeated: this.#repeated,
      conflicting: this.#conflicting,
      invalid: this.#invalid,
      dropped: this.#dropped,
    };
  }

  /** Joins what became available up to a moment, each label as of its own: what had expired by then is not joined. */
  #reach(now: number): void {
    while (this.#waiting.earliest <= now) {
      const moment = this.#waiting.earliest;
      this.#expire(moment);
      this.#join((this.#waiting.popUntil(moment) as WaitingLabel).label);
    }
    this.#expire(now);
  }

  #expire(now: number): void {
    const limit = now - this.#options.horizon;
    for (let oldest = this.#entries.first; oldest !== undefined && oldest.time < limit; oldest = this.#entries.first)
      this.#forget(this.#entries.take() as Entry);
  }

  #join(label: LabelRow): void {
    const value = this.#valueOf(label.label) as number;
    let found = false;
    let fresh = false;
    let contradicts = false;
    for (let entry = this.#firstOf(label); entry !== null; entry = 'id' in label ? null : entry.next) {
      if ('key' in label && !(entry.at === label.at && sameKey(entry.key, label.key))) continue;
      found = true;
      if (entry.label !== null) {
        contradicts ||= entry.label !== value;
        continue;
      }
      fresh = true;
      entry.label = value;
      this.#joined++;
      this.#outcomes.push({
        id: entry.id,
        at: entry.at,
        time: entry.time,
        availableAt: label.availableAt,
        version: entry.version,
        label: value,
        scores: given(entry.scores as Float64Array | number),
        decided: entry.decided,
        shadowScores: entry.shadowScores === null ? null : given(entry.shadowScores),
        shadowVersion: entry.shadowVersion,
      });
      entry.scores = null;
      entry.shadowScores = null;
    }
    if (!found) this.#unmatched++;
    else if (fresh) this.#used++;
    else if (contradicts) this.#conflicting++;
    else this.#repeated++;
    this.#fates.set(label, !found ? 'unmatched' : fresh ? 'joined' : contradicts ? 'conflicting' : 'repeated');
  }

  #firstOf(label: LabelRow): Entry | null {
    return ('id' in label ? this.#byId.get(label.id) : this.#byKey.get(hashOf(label.key, label.at))) ?? null;
  }

  #valueOf(label: Scalar): number | null {
    if (this.#task === 'regression') return typeof label === 'number' && Number.isFinite(label) ? label : null;
    return label === null ? null : (this.#classes.get(String(label)) ?? null);
  }

  /** Takes the oldest entry out of the indexes; being the oldest it is also the first of its hash. */
  #forget(entry: Entry): void {
    this.#byId.delete(entry.id);
    if (entry.key !== null) {
      const hash = hashOf(entry.key, entry.at);
      const { next, last } = entry;
      if (next === null) this.#byKey.delete(hash);
      else {
        next.last = next === last ? null : last;
        this.#byKey.set(hash, next);
      }
    }
    if (entry.label === null) this.#expiredPending++;
  }
}

/** A 32-bit hash (FNV-1a) of an entity at a moment: quicker to look up by than the text of both. */
function hashOf(key: readonly Scalar[], at: number): number {
  let hash = Math.imul((at | 0) ^ 0x811c9dc5, 0x01000193);
  for (const value of key) {
    const text = typeof value === 'string' ? value : String(value);
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    hash = Math.imul(hash ^ 0xffff, 0x01000193);
  }
  return hash ^ (hash >>> 15);
}

/** Whether two keys are of one entity; 1 and '1' are two. */
function sameKey(a: readonly Scalar[] | null, b: readonly Scalar[]): boolean {
  return a !== null && a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
}
