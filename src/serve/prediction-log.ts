import { MillwrightError } from '../base/error.js';
import type { Log } from '../base/log.js';
import { declareOptions, type OptionValues, resolveOptions } from '../base/options.js';
import { encodeFrame } from '../frame/codec.js';
import { frame } from '../frame/frame.js';
import type { EventLog } from '../store/ports.js';
import { columnBuilder } from './column-builder.js';
import type { Deployment } from './deployment.js';
import type { LabelRow } from './ground-truth.js';
import { LabelBatch, labelTopic } from './label-record.js';
import type { PredictionRecorder, Rejection, ScoredRow } from './predict.js';
import { PredictionBatch } from './prediction-batch.js';
import { Queue } from './queue.js';
import { rejectionRecord } from './rejection-record.js';

export const predictionLogOptions = declareOptions({
  batchRows: {
    kind: 'integer',
    default: 2048,
    min: 1,
    max: 1_000_000,
    doc: 'Rows gathered before a batch is written to the log.',
  },
  delay: {
    kind: 'duration',
    default: '10ms',
    doc: 'Longest time between the answer to a prediction and its being handed to the system; with 0ms, and on a machine that did not manage it of late, it is answered after that. While the log is later, new requests wait.',
  },
  patience: {
    kind: 'duration',
    default: '2s',
    doc: 'How long a request waits for a log that is late before it is refused.',
  },
  rejectedValues: {
    kind: 'boolean',
    default: false,
    doc: 'Whether the values of refused rows are kept, which may be personal data; their names and types always are.',
  },
  capacity: {
    kind: 'integer',
    default: 100_000,
    min: 1,
    doc: 'Rows held in memory at most; beyond it requests wait as for a log that is late.',
  },
});
export type PredictionLogOptions = OptionValues<typeof predictionLogOptions>;

/** What the log has done so far, in rows; `written` (labels included) survive a kill of the process, `waiting` are still in memory. */
export interface PredictionLogCounts {
  readonly predictions: number;
  readonly rejections: number;
  /** Predictions whose row had warnings: an unseen category, an unknown column. */
  readonly warned: number;
  /** Predictions of an entity that the online store does not know. */
  readonly unknown: number;
  readonly written: number;
  readonly waiting: number;
  /** Appends that failed and were, or will be, tried again. */
  readonly failures: number;
}

export const predictionTopic = (model: string): string => `predictions.${model}`;
export const rejectionTopic = (model: string): string => `rejections.${model}`;

/** Rows on their way to the log. */
interface Sealed {
  readonly topic: string;
  readonly rows: number;
  /** When the first of them was recorded, by the timer. */
  readonly since: number;
  /** The rows as a record, given the offset of the first prediction record of this process. */
  readonly encode: (first: number) => Uint8Array;
}

/** Someone who waits until what was recorded is written. */
interface Commit {
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** What a prediction log works with besides its model. */
export interface PredictionLogParts {
  readonly events: EventLog;
  /** Monotone milliseconds. */
  readonly timer: () => number;
  /** Is told once when the log fails, and once when it works again. */
  readonly report: Log;
}

/** Part of the delay in which predictions gather for one write. */
const GATHERED = 0.2;
/** A log that is answered after its writes is late when one takes longer than this, ms. */
const LATE = 10;
/** How long every write must have been in time before predictions are answered ahead of theirs, ms. */
const CALM = 5000;
/** How long a log that failed is left alone before it is tried again though nobody asks, ms. */
const RETRY = 1000;

/**
 * Writes every prediction, rejected row and label to the event log, in columnar batches. What is recorded is on its way after a small part of
 * the declared delay, all that came meanwhile in one write; the rest of the delay is for the write and for a machine that has other things
 * to do. Labels are committed before they are acknowledged, behind the predictions made before them. `room` makes callers wait while the log is late and refuses them when it fails; what was recorded is
 * kept and tried again, never dropped.
 */
export class PredictionLog implements PredictionRecorder {
  readonly #model: string;
  readonly #parts: PredictionLogParts;
  readonly #options: PredictionLogOptions;
  #batch: PredictionBatch;
  readonly #rejectionColumns = {
    id: columnBuilder('string'),
    time: columnBuilder('timestamp'),
    version: columnBuilder('string'),
    code: columnBuilder('string'),
    problems: columnBuilder('string'),
    input: columnBuilder('string'),
  };
  #version: string;
  #rejectedRows = 0;
  readonly #labels = new LabelBatch();
  readonly #sealed = new Queue<Sealed>();
  #sealedRows = 0;
  /** Records sealed and written so far, and prediction records sealed. */
  #sealedRecords = 0;
  #writtenRecords = 0;
  #predictionRecords = 0;
  #labelRecords = 0;
  /** Offsets that the first records of this process had or will have; known before anything is written. */
  #first: { readonly predictions: number; readonly labels: number } | null = null;
  /** When the oldest row that is not sealed was recorded; null when there is none. */
  #since: number | null = null;
  #draining: Promise<void> | null = null;
  /** Who waits for what is not sealed yet, and for what is: up to so many records. */
  #asking: Commit[] = [];
  readonly #commits = new Queue<{ readonly upTo: number; readonly waiters: readonly Commit[] }>();
  /** Whether what is recorded is to be sealed and written as soon as the write under way is done. */
  #wanted = false;
  #failure: unknown = null;
  #alarm: NodeJS.Timeout | null = null;
  /** Until then answers wait for their writes: whether the machine keeps the delay is not known, or it did not. */
  #calmFrom: number;
  #predictions = 0;
  #rejections = 0;
  #warned = 0;
  #unknown = 0;
  #written = 0;
  #failures = 0;

  constructor(deployment: Deployment, parts: PredictionLogParts, options: Readonly<Record<string, unknown>> = {}) {
    this.#model = deployment.name;
    this.#parts = parts;
    this.#calmFrom = parts.timer() + CALM;
    this.#options = resolveOptions('the prediction log', predictionLogOptions, options);
    this.#batch = new PredictionBatch(deployment);
    this.#version = deployment.version;
  }

  /** Records from now on belong to this deployment. */
  use(deployment: Deployment): void {
    this.#seal();
    this.#batch = new PredictionBatch(deployment);
    this.#version = deployment.version;
  }

  /**
   * Null when more rows may be recorded now, else a promise of it.
   * @throws MW_STORE_FULL, MW_SERVE_LOG_UNAVAILABLE (as the promise's rejection) when the log cannot be written or does not keep up
   */
  room(): Promise<void> | null {
    return this.#hasRoom() ? null : this.#waitForRoom();
  }

  /** @throws MW_STORE_FULL, MW_SERVE_LOG_UNAVAILABLE when the last write failed, until one succeeds */
  requireWorking(): void {
    if (this.#failure !== null) this.#unavailable();
  }

  record(scored: ScoredRow): void {
    this.#predictions++;
    if (scored.warnings.length > 0) this.#warned++;
    if (!scored.known) this.#unknown++;
    this.#batch.add(scored);
    this.#recorded();
  }

  reject(rejection: Rejection, now: number): void {
    this.#rejections++;
    this.#rejectedRows++;
    const columns = this.#rejectionColumns;
    columns.id.push(rejection.id);
    columns.time.push(now);
    columns.version.push(this.#version);
    columns.code.push(rejection.problems[0]?.code ?? null);
    const { problems, input } = rejectionRecord(rejection, this.#options.rejectedValues);
    columns.problems.push(problems);
    columns.input.push(input);
    this.#recorded();
  }

  /** Records a label that came at a moment, behind the predictions so far; `commit` writes it. */
  label(label: LabelRow, arrived: number): void {
    this.#labels.add(label, arrived, { record: this.#predictionRecords, row: this.#batch.rows });
    this.#recorded();
  }

  /**
   * What the answer to a prediction just recorded has to wait for: nothing when it will be written within the delay, as all were of late.
   * @throws as `commit`
   */
  answerable(): Promise<void> | null {
    return this.#options.delay === 0 || this.#parts.timer() < this.#calmFrom ? this.commit() : null;
  }

  /**
   * Resolves when everything recorded so far survives a kill of the process.
   * @throws MW_STORE_FULL, MW_SERVE_LOG_UNAVAILABLE; it is kept and tried again
   */
  commit(): Promise<void> {
    if (this.#waiting === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#asking.push({ resolve, reject });
      void this.#drainNow();
    });
  }

  /** Seals what was recorded and tells where the logs will end with it: what comes from now on lies at or after these offsets. */
  async mark(): Promise<{ readonly predictions: number; readonly labels: number }> {
    this.#seal();
    const [predictions, labels] = [this.#predictionRecords, this.#labelRecords];
    const first = await this.#firstOffsets();
    return { predictions: first.predictions + predictions, labels: first.labels + labels };
  }

  /** Ends one call: the rows recorded since the last one took `latency` ms together. Starts a write when a batch is full. */
  closeCall(latency: number): void {
    this.#batch.closeCall(latency);
    if (this.#batch.rows >= this.#options.batchRows || this.#rejectedRows >= this.#options.batchRows) this.#seal();
  }

  get counts(): PredictionLogCounts {
    return {
      predictions: this.#predictions,
      rejections: this.#rejections,
      warned: this.#warned,
      unknown: this.#unknown,
      written: this.#written,
      waiting: this.#waiting,
      failures: this.#failures,
    };
  }

  /**
   * Writes everything recorded so far and makes it survive a power cut.
   * @throws MW_STORE_FULL, MW_SERVE_LOG_UNAVAILABLE when the log cannot be written; the rows are kept
   */
  async flush(): Promise<void> {
    await this.commit();
    await this.#parts.events.flush();
  }

  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      if (this.#alarm) clearTimeout(this.#alarm);
    }
  }

  get #waiting(): number {
    return this.#sealedRows + this.#batch.rows + this.#rejectedRows + this.#labels.rows;
  }

  #hasRoom(): boolean {
    if (this.#failure !== null || this.#waiting >= this.#options.capacity) return false;
    const oldest = this.#sealed.first?.since ?? this.#since;
    return oldest === null || this.#parts.timer() - oldest <= (this.#options.delay || LATE);
  }

  async #waitForRoom(): Promise<void> {
    const { timer } = this.#parts;
    const until = timer() + this.#options.patience;
    while (!this.#hasRoom()) {
      let limit: NodeJS.Timeout | undefined;
      const outOfPatience = new Promise<void>((resolve) => {
        limit = setTimeout(resolve, Math.max(0, until - timer()));
      });
      await Promise.race([this.#drainNow(), outOfPatience]);
      clearTimeout(limit);
      if (this.#failure !== null || (!this.#hasRoom() && timer() >= until)) this.#unavailable();
    }
  }

  #unavailable(): never {
    throw this.#refusal();
  }

  /** Why nothing is taken now: what the store said of a full disk, or that the log cannot be written or does not keep up. */
  #refusal(): MillwrightError {
    const model = this.#model;
    const where = { model, waiting: this.#waiting };
    const cause = this.#failure;
    if (cause === null)
      return new MillwrightError('MW_SERVE_LOG_UNAVAILABLE', {
        what: `The prediction log of '${model}' does not keep up: ${this.#waiting} rows wait to be written.`,
        where,
        fix: 'Send fewer requests at a time, or give the store a faster disk; serving goes on by itself.',
      });
    const why = cause instanceof Error ? cause.message : String(cause);
    const what = `The prediction log of '${model}' cannot be written and ${this.#waiting} rows wait: ${why}`;
    if (!(cause instanceof MillwrightError)) return new MillwrightError('MW_SERVE_LOG_UNAVAILABLE', { what, where, cause });
    if (cause.code === 'MW_STORE_FULL')
      return new MillwrightError('MW_STORE_FULL', { what, where, fix: 'Make room; serving goes on by itself.', cause });
    return new MillwrightError('MW_SERVE_LOG_UNAVAILABLE', {
      what,
      where: { ...where, ...cause.where },
      fix: cause.fix,
      cause,
    });
  }

  /** Something was recorded, and is to be on its way soon; a log that failed is tried again in its own time. */
  #recorded(): void {
    this.#since ??= this.#parts.timer();
    if (this.#failure !== null) return;
    if (this.#options.delay === 0) void this.#drainNow();
    else if (this.#alarm === null) this.#wakeIn(this.#options.delay * GATHERED);
  }

  #wakeIn(ms: number): void {
    this.#alarm = setTimeout(() => {
      this.#alarm = null;
      if (this.#waiting > 0) void this.#drainNow();
    }, ms);
    this.#alarm.unref();
  }

  #seal(): void {
    const since = this.#since ?? this.#parts.timer();
    this.#since = null;
    if (this.#batch.rows > 0) {
      const rows = this.#batch.rows;
      this.#batch.closeCall(Number.NaN);
      const bytes = encodeFrame(this.#batch.take());
      this.#predictionRecords++;
      this.#push({ topic: predictionTopic(this.#model), rows, since, encode: () => bytes });
    }
    if (this.#rejectedRows > 0) {
      const rows = this.#rejectedRows;
      this.#rejectedRows = 0;
      const columns = Object.fromEntries(
        Object.entries(this.#rejectionColumns).map(([name, builder]) => [name, builder.take()]),
      );
      const bytes = encodeFrame(frame(columns, rows));
      this.#push({ topic: rejectionTopic(this.#model), rows, since, encode: () => bytes });
    }
    if (this.#labels.rows > 0) {
      const rows = this.#labels.rows;
      const labels = this.#labels.take();
      this.#labelRecords++;
      this.#push({ topic: labelTopic(this.#model), rows, since, encode: (first) => encodeFrame(labels(first)) });
    }
    if (this.#asking.length > 0) {
      this.#commits.add({ upTo: this.#sealedRecords, waiters: this.#asking });
      this.#asking = [];
    }
  }

  #push(sealed: Sealed): void {
    this.#sealed.add(sealed);
    this.#sealedRows += sealed.rows;
    this.#sealedRecords++;
  }

  #drainNow(): Promise<void> {
    this.#wanted = true;
    this.#draining ??= this.#drain();
    return this.#draining;
  }

  /** Writes what is recorded, and what was asked for meanwhile: all that came during one write goes out in the next. */
  async #drain(): Promise<void> {
    try {
      // What comes in the same turn of the event loop shares the write.
      await new Promise((resolve) => setImmediate(resolve));
      const { predictions } = await this.#firstOffsets();
      while (this.#wanted || this.#sealed.size > 0) {
        if (this.#sealed.size === 0) {
          this.#wanted = false;
          this.#seal();
        }
        for (let next = this.#sealed.first; next; next = this.#sealed.first) {
          await this.#parts.events.append(next.topic, [next.encode(predictions)]);
          this.#sealed.take();
          const now = this.#parts.timer();
          if (now - next.since > this.#options.delay / 2) this.#calmFrom = now + CALM;
          this.#sealedRows -= next.rows;
          this.#written += next.rows;
          this.#writtenRecords++;
          if (this.#failure !== null) this.#parts.report.info(`The prediction log of '${this.#model}' is written again.`);
          this.#failure = null;
          this.#acknowledge();
        }
        this.#acknowledge();
      }
    } catch (thrown) {
      this.#failed(thrown);
    }
    // In the same turn as the last look at what is wanted: whoever wants more starts anew.
    this.#draining = null;
  }

  #acknowledge(): void {
    for (let next = this.#commits.first; next && next.upTo <= this.#writtenRecords; next = this.#commits.first) {
      this.#commits.take();
      for (const { resolve } of next.waiters) resolve();
    }
  }

  #failed(thrown: unknown): void {
    const first = this.#failure === null;
    this.#failure = thrown;
    this.#failures++;
    this.#wanted = false;
    this.#seal();
    const refusal = this.#refusal();
    if (first) this.#parts.report.error(refusal.toText());
    for (let next = this.#commits.take(); next; next = this.#commits.take())
      for (const { reject } of next.waiters) reject(refusal);
    if (this.#alarm) clearTimeout(this.#alarm);
    this.#wakeIn(RETRY);
  }

  async #firstOffsets(): Promise<{ readonly predictions: number; readonly labels: number }> {
    if (this.#first === null) {
      const { events } = this.#parts;
      const [predictions, labels] = await Promise.all([
        events.length(predictionTopic(this.#model)),
        events.length(labelTopic(this.#model)),
      ]);
      this.#first ??= { predictions, labels };
    }
    return this.#first;
  }
}
