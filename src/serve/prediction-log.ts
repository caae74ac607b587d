import { fail } from '../base/error.js';
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

export const predictionLogOptions = declareOptions({
  batchRows: {
    kind: 'integer',
    default: 2048,
    min: 1,
    max: 1_000_000,
    doc: 'Rows gathered before a batch is written to the log.',
  },
  flushEvery: { kind: 'duration', default: '1s', doc: 'Longest time that a prediction waits in memory before it is written.' },
  capacity: {
    kind: 'integer',
    default: 100_000,
    min: 1,
    doc: 'Rows held in memory while the log is slow; beyond it predictions wait, and are refused when the log fails.',
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

interface Sealed {
  readonly topic: string;
  readonly rows: number;
  readonly bytes: Uint8Array;
}

const INPUT_SHOWN = 2000;

/**
 * Writes every prediction and every rejected row to the event log, in columnar batches. Memory is bounded: `room` makes callers
 * wait when the log is slow and refuses them when it fails; what was recorded is kept and tried again, never dropped.
 */
export class PredictionLog implements PredictionRecorder {
  readonly #model: string;
  readonly #log: EventLog;
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
  readonly #sealed: Sealed[] = [];
  #sealedRows = 0;
  #draining: Promise<void> | null = null;
  #failure: unknown = null;
  readonly #timer: NodeJS.Timeout;
  #predictions = 0;
  #rejections = 0;
  #warned = 0;
  #unknown = 0;
  #written = 0;
  #failures = 0;

  constructor(deployment: Deployment, log: EventLog, options: Readonly<Record<string, unknown>> = {}) {
    this.#model = deployment.name;
    this.#log = log;
    this.#options = resolveOptions('the prediction log', predictionLogOptions, options);
    this.#batch = new PredictionBatch(deployment);
    this.#version = deployment.version;
    this.#timer = setInterval(() => void this.#sealAndDrain(), this.#options.flushEvery);
    this.#timer.unref();
  }

  /** Records from now on belong to this deployment. */
  use(deployment: Deployment): void {
    this.#seal();
    this.#batch = new PredictionBatch(deployment);
    this.#version = deployment.version;
  }

  /**
   * Null when there is room for more rows, else a promise of it.
   * @throws MW_SERVE_LOG_UNAVAILABLE (also as the promise's rejection) when the log cannot be written and memory is full
   */
  room(): Promise<void> | null {
    return this.#waiting < this.#options.capacity ? null : this.#waitForRoom();
  }

  record(scored: ScoredRow): void {
    this.#predictions++;
    if (scored.warnings.length > 0) this.#warned++;
    if (!scored.known) this.#unknown++;
    this.#batch.add(scored);
  }

  reject(rejection: Rejection, now: number): void {
    this.#rejections++;
    this.#rejectedRows++;
    const columns = this.#rejectionColumns;
    columns.id.push(rejection.id);
    columns.time.push(now);
    columns.version.push(this.#version);
    columns.code.push(rejection.problems[0]?.code ?? null);
    columns.problems.push(JSON.stringify(rejection.problems).slice(0, INPUT_SHOWN));
    columns.input.push((JSON.stringify(rejection.input) ?? 'undefined').slice(0, INPUT_SHOWN));
  }

  /** Logs a label, so that a restart knows it. */
  label(label: LabelRow): void {
    this.#labels.add(label);
    if (this.#labels.rows >= this.#options.batchRows) void this.#sealAndDrain();
  }

  /** Ends one call: the rows recorded since the last one took `latency` ms together. Starts a write when a batch is full. */
  closeCall(latency: number): void {
    this.#batch.closeCall(latency);
    if (this.#batch.rows >= this.#options.batchRows || this.#rejectedRows >= this.#options.batchRows) void this.#sealAndDrain();
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
   * @throws MW_SERVE_LOG_UNAVAILABLE when the log cannot be written; the rows are kept
   */
  async flush(): Promise<void> {
    do await this.#sealAndDrain();
    while (this.#waiting > 0 && this.#failure === null);
    if (this.#failure !== null) this.#unavailable();
    await this.#log.flush();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  get #waiting(): number {
    return this.#sealedRows + this.#batch.rows + this.#rejectedRows + this.#labels.rows;
  }

  async #waitForRoom(): Promise<void> {
    while (this.#waiting >= this.#options.capacity) {
      await this.#sealAndDrain();
      if (this.#failure !== null && this.#waiting >= this.#options.capacity) this.#unavailable();
    }
  }

  #unavailable(): never {
    fail('MW_SERVE_LOG_UNAVAILABLE', {
      what: `The prediction log of '${this.#model}' cannot be written and ${this.#waiting} rows wait: ${
        this.#failure instanceof Error ? this.#failure.message : String(this.#failure)
      }`,
      where: { model: this.#model, waiting: this.#waiting },
      cause: this.#failure,
    });
  }

  #seal(): void {
    if (this.#batch.rows > 0) {
      const rows = this.#batch.rows;
      this.#batch.closeCall(Number.NaN);
      this.#push({ topic: predictionTopic(this.#model), rows, bytes: encodeFrame(this.#batch.take()) });
    }
    if (this.#labels.rows > 0) {
      const rows = this.#labels.rows;
      this.#push({ topic: labelTopic(this.#model), rows, bytes: encodeFrame(this.#labels.take()) });
    }
    if (this.#rejectedRows > 0) {
      const rows = this.#rejectedRows;
      this.#rejectedRows = 0;
      const columns = Object.fromEntries(
        Object.entries(this.#rejectionColumns).map(([name, builder]) => [name, builder.take()]),
      );
      this.#push({ topic: rejectionTopic(this.#model), rows, bytes: encodeFrame(frame(columns, rows)) });
    }
  }

  #push(sealed: Sealed): void {
    this.#sealed.push(sealed);
    this.#sealedRows += sealed.rows;
  }

  #sealAndDrain(): Promise<void> {
    this.#seal();
    this.#draining ??= this.#drain().finally(() => {
      this.#draining = null;
    });
    return this.#draining;
  }

  async #drain(): Promise<void> {
    for (let next = this.#sealed[0]; next; next = this.#sealed[0]) {
      try {
        await this.#log.append(next.topic, [next.bytes]);
      } catch (thrown) {
        this.#failure = thrown;
        this.#failures++;
        return;
      }
      this.#failure = null;
      this.#sealed.shift();
      this.#sealedRows -= next.rows;
      this.#written += next.rows;
    }
  }
}
