import { fail } from '../base/error.js';
import { declareOptions, type OptionValues, resolveOptions } from '../base/options.js';
import type { Task } from '../define/plan.js';
import type { Scalar } from '../frame/column.js';
import { MomentHeap } from './moment-heap.js';

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
    doc: 'Predictions kept for their labels; beyond it the oldest count as expired.',
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

/** Predictions are in exactly one of joined, pending, expired; labels in one of waiting, used, unmatched, repeated, conflicting, invalid. */
export interface GroundTruthCounts {
  readonly predictions: number;
  readonly joined: number;
  readonly pending: number;
  readonly expired: number;
  readonly labels: number;
  /** Labels not yet available. */
  readonly waiting: number;
  readonly used: number;
  /** Labels of no prediction that is still kept. */
  readonly unmatched: number;
  /** Labels that said again what was known. */
  readonly repeated: number;
  /** Labels that contradict an earlier one of the same prediction; the first one stays. */
  readonly conflicting: number;
  /** Labels that are no class of the model or no number. */
  readonly invalid: number;
}

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
}

const kept = (scores: Float64Array): Float64Array | number => (scores.length === 1 ? scores[0] : scores.slice());
const given = (scores: Float64Array | number): Float64Array => (typeof scores === 'number' ? Float64Array.of(scores) : scores);

/**
 * Joins labels to the predictions they are the truth of, each label as of when it became available: what is asked for a moment
 * never holds a truth that was not known then. Late, repeated and contradicting labels are told apart and counted.
 */
export class GroundTruth {
  readonly #task: Task;
  readonly #classes: ReadonlyMap<string, number>;
  readonly #options: GroundTruthOptions;
  readonly #byId = new Map<string, Entry>();
  /** By a hash of key and moment: entries of one hash need not be of one key. */
  readonly #byKey = new Map<number, Entry | Entry[]>();
  readonly #waiting = new MomentHeap<LabelRow>();
  #predictions = 0;
  #joined = 0;
  #expiredPending = 0;
  #labels = 0;
  #used = 0;
  #unmatched = 0;
  #repeated = 0;
  #conflicting = 0;
  #invalid = 0;

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
    this.#predictions++;
    const { id, at, time, version, scores, decided, shadowScores, shadowVersion } = prediction;
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
    };
    this.#byId.set(id, entry);
    if (entity !== null) {
      const hash = hashOf(entity, at);
      const same = this.#byKey.get(hash);
      if (same === undefined) this.#byKey.set(hash, entry);
      else if (Array.isArray(same)) same.push(entry);
      else this.#byKey.set(hash, [same, entry]);
    }
    if (this.#byId.size > this.#options.capacity) this.#forgetOldest();
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

  /** Takes labels in; each is joined by `advance` once it is available. */
  offer(labels: readonly LabelRow[]): void {
    for (const label of labels) {
      this.#labels++;
      if (this.#valueOf(label.label) === null || !Number.isFinite(label.availableAt)) this.#invalid++;
      else this.#waiting.push(label.availableAt, label);
    }
  }

  /** Joins every label available by `now`, in order of availability, and forgets predictions older than the horizon. */
  advance(now: number): Outcome[] {
    const outcomes: Outcome[] = [];
    for (let label = this.#waiting.popUntil(now); label; label = this.#waiting.popUntil(now)) this.#join(label, outcomes);
    for (const entry of this.#byId.values()) {
      if (entry.time >= now - this.#options.horizon) break;
      this.#forget(entry);
    }
    return outcomes;
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
      labels: this.#labels,
      waiting: this.#waiting.size,
      used: this.#used,
      unmatched: this.#unmatched,
      repeated: this.#repeated,
      conflicting: this.#conflicting,
      invalid: this.#invalid,
    };
  }

  #join(label: LabelRow, outcomes: Outcome[]): void {
    const value = this.#valueOf(label.label) as number;
    const entries = this.#entriesOf(label);
    if (entries.length === 0) {
      this.#unmatched++;
      return;
    }
    let fresh = false;
    let contradicts = false;
    for (const entry of entries) {
      if (entry.label !== null) {
        contradicts ||= entry.label !== value;
        continue;
      }
      fresh = true;
      entry.label = value;
      this.#joined++;
      outcomes.push({
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
    if (fresh) this.#used++;
    else if (contradicts) this.#conflicting++;
    else this.#repeated++;
  }

  #entriesOf(label: LabelRow): readonly Entry[] {
    if ('id' in label) {
      const entry = this.#byId.get(label.id);
      return entry ? [entry] : [];
    }
    const same = this.#byKey.get(hashOf(label.key, label.at));
    if (same === undefined) return [];
    return (Array.isArray(same) ? same : [same]).filter(({ key, at }) => at === label.at && sameKey(key, label.key));
  }

  #valueOf(label: Scalar): number | null {
    if (this.#task === 'regression') return typeof label === 'number' && Number.isFinite(label) ? label : null;
    return label === null ? null : (this.#classes.get(String(label)) ?? null);
  }

  #forgetOldest(): void {
    for (const entry of this.#byId.values()) {
      this.#forget(entry);
      return;
    }
  }

  #forget(entry: Entry): void {
    this.#byId.delete(entry.id);
    if (entry.key !== null) {
      const hash = hashOf(entry.key, entry.at);
      const same = this.#byKey.get(hash);
      const rest = Array.isArray(same) ? same.filter((other) => other !== entry) : [];
      if (rest.length > 0) this.#byKey.set(hash, rest);
      else if (same === entry || Array.isArray(same)) this.#byKey.delete(hash);
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
