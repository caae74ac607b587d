import type { Clock } from '../base/clock.js';
import { fail } from '../base/error.js';
import { type Log, silentLog } from '../base/log.js';
import type { Scalar } from '../frame/column.js';
import type { EventLog } from '../store/ports.js';
import type { Deployment } from './deployment.js';
import { GroundTruth, type GroundTruthCounts, type LabelFate, type LabelRow, type Outcome } from './ground-truth.js';
import {
  type Answer,
  type Asked,
  createPredictor,
  EACH_ROW,
  type PredictionRecorder,
  type Predictor,
  type ScoredRow,
} from './predict.js';
import { type NextId, predictionIds } from './prediction-id.js';
import { PredictionLog, type PredictionLogCounts } from './prediction-log.js';
import { restoreTruth } from './restore-truth.js';
import { lastCheckpoint, saveCheckpoint } from './truth-checkpoint.js';

/** How often what is known of the truth is written down, so that a restart reads little, ms. */
const CHECKPOINT_EVERY = 600_000;

/** Told of what a model answers and learns; called synchronously, must not throw. */
export interface ServiceListener {
  onPrediction?: (
    at: number,
    now: number,
    version: string,
    features: readonly Scalar[],
    scores: Float64Array,
    decided: number,
  ) => void;
  onCall?: (now: number, rows: number, rejected: number, latency: number) => void;
  onOutcomes?: (outcomes: readonly Outcome[]) => void;
}

export interface ModelServiceOptions {
  readonly deployment: Deployment;
  readonly clock: Clock;
  /** Monotone milliseconds with fractions, for latencies. */
  readonly timer: () => number;
  readonly events: EventLog;
  /** Tells this process apart from others that serve the same model: 0-9a-z. */
  readonly writer: string;
  /** Request columns that name a prediction for labels without an id; null when labels come by id only. */
  readonly labelKey: readonly string[] | null;
  /** Is told when the log fails and when it works again. */
  readonly report?: Log;
  /** See `predictionLogOptions`. */
  readonly log?: Readonly<Record<string, unknown>>;
  /** See `groundTruthOptions`. */
  readonly groundTruth?: Readonly<Record<string, unknown>>;
}

/** A model in service: answers rows, logs what it answered, waits for the truth, and can be swapped for another version. */
export class ModelService {
  readonly name: string;
  readonly #clock: Clock;
  readonly #timer: () => number;
  readonly #events: EventLog;
  readonly #nextId: NextId;
  readonly #log: PredictionLog;
  readonly #truth: GroundTruth;
  readonly #listeners: ServiceListener[] = [];
  readonly #recorder: PredictionRecorder;
  /** Places of the label key among the request's values. */
  readonly #keyAt: readonly number[] | null;
  #predictor: Predictor;
  /** By the timer. */
  #lastCheckpoint: number;
  #checkpointing: Promise<void> | null = null;
  #changed = false;

  constructor(options: ModelServiceOptions) {
    const { deployment } = options;
    this.name = deployment.name;
    this.#clock = options.clock;
    this.#timer = options.timer;
    this.#nextId = predictionIds(options.writer);
    this.#predictor = createPredictor(deployment);
    const { events, timer, report = silentLog } = options;
    this.#log = new PredictionLog(deployment, { events, timer, report }, options.log);
    this.#events = events;
    this.#lastCheckpoint = timer();
    this.#truth = new GroundTruth(
      { task: deployment.pipeline.task, classes: deployment.pipeline.classes },
      options.groundTruth,
    );
    this.#keyAt = options.labelKey?.map((name) => deployment.rowCheck.columns.indexOf(name)) ?? null;
    this.#recorder = { record: (scored) => this.#record(scored) };
  }

  get deployment(): Deployment {
    return this.#predictor.deployment;
  }

  /**
   * Serves another version, or the same one with another shadow, from the next call on.
   * @throws MW_SERVE_DEPLOYMENT_MISMATCH; the version before it goes on serving
   */
  swap(deployment: Deployment): void {
    if (deployment.name !== this.name)
      fail('MW_SERVE_DEPLOYMENT_MISMATCH', {
        what: `A deployment of '${deployment.name}' cannot take the place of '${this.name}'.`,
        where: { model: this.name, version: deployment.version },
      });
    const predictor = createPredictor(deployment);
    this.#log.use(deployment);
    this.#predictor = predictor;
  }

  listen(listener: ServiceListener): void {
    this.#listeners.push(listener);
  }

  /**
   * Null when a call may be made now; else a promise that resolves when it may.
   * @throws MW_STORE_FULL, MW_SERVE_LOG_UNAVAILABLE as the promise's rejection
   */
  room(): Promise<void> | null {
    return this.#log.room();
  }

  /**
   * What the answer to the last prediction has to wait for: nothing when it may be written within the declared delay, else its being handed to
   * the system.
   * @throws MW_STORE_FULL, MW_SERVE_LOG_UNAVAILABLE (as the promise's rejection) when it cannot be; it is kept and tried again
   */
  answerable(): Promise<void> | null {
    return this.#log.answerable();
  }

  /** @throws MW_STORE_FULL, MW_SERVE_LOG_UNAVAILABLE while what is predicted could not be logged */
  requireLog(): void {
    this.#log.requireWorking();
  }

  /**
   * One answer a row, in order, logged. Unless the call is `partial`, a bad row refuses all: the answers are then those of the bad rows
   * alone, and no prediction is logged. Callers wait for `room` first.
   * @throws MW_SERVE_ROWS_TOO_MANY, MW_MODEL_NOT_EXPLAINED
   */
  predict(rows: readonly unknown[], asked: Asked = EACH_ROW): Answer[] {
    const { maxRows } = this.deployment.plan.serve;
    if (rows.length > maxRows)
      fail('MW_SERVE_ROWS_TOO_MANY', {
        what: `The request holds ${rows.length} rows; '${this.name}' takes at most ${maxRows}.`,
        where: { model: this.name, rows: rows.length, limit: maxRows },
      });
    const start = this.#timer();
    if (this.#truth.due(this.#clock.now())) this.settle();
    const answers = this.#predictor.predict(rows, this.#clock, this.#nextId, this.#recorder, asked);
    const now = this.#clock.now();
    let rejected = 0;
    for (const answer of answers) {
      if (answer.ok) continue;
      rejected++;
      this.#log.reject(answer, now);
    }
    const latency = this.#timer() - start;
    this.#log.closeCall(latency);
    this.#changed = true;
    this.#checkpointWhenDue();
    for (const listener of this.#listeners) listener.onCall?.(now, answers.length, rejected, latency);
    return answers;
  }

  /**
   * Takes labels in and joins those that are available; resolves once all of them survive a kill of the process.
   * @throws MW_SERVE_LABEL_INVALID when `strict` and a label is not one of the problem; none is taken then
   * @throws MW_STORE_FULL, MW_SERVE_LOG_UNAVAILABLE when they cannot be written: before anything of them is taken when the log is known
   * to fail, else they count here and are tried again, and sending them once more does no harm
   */
  async label(labels: readonly LabelRow[], strict: boolean): Promise<Outcome[]> {
    if (strict) for (const { label } of labels) this.#truth.check(label);
    await this.#log.room();
    const now = this.#clock.now();
    for (const label of labels) this.#log.label(label, now);
    this.#truth.offer(labels, now);
    this.#changed = true;
    const outcomes = this.settle();
    await this.#log.commit();
    this.#checkpointWhenDue();
    return outcomes;
  }

  /** @throws MW_SERVE_LABEL_INVALID when it is not a label of the problem */
  checkLabel(label: Scalar): void {
    this.#truth.check(label);
  }

  /** What became of a label that was taken in, by now. */
  fateOf(label: LabelRow): LabelFate {
    return this.#truth.fateOf(label);
  }

  /** Joins labels that have become available by now. */
  settle(): Outcome[] {
    const outcomes = this.#truth.advance(this.#clock.now());
    this.#tell(outcomes);
    return outcomes;
  }

  /**
   * Takes up what an earlier process logged: predictions within the horizon wait for their labels again, labels that came since join as they
   * did, and listeners hear of both as if they happened now. What is older is not read; its counts are those of the last checkpoint. To be
   * called once, after the listeners are in place and before the first call.
   */
  async restore(): Promise<void> {
    const { horizon } = this.#truth;
    const checkpoint = await lastCheckpoint(this.#events, this.name);
    const time = Math.min(this.#clock.now(), checkpoint?.time ?? Number.POSITIVE_INFINITY);
    const range = { from: time - horizon, labelsFrom: time - 2 * horizon, checkpoint };
    await restoreTruth(this.#events, this.deployment, range, {
      onPrediction: ({ id, at, time, version, latency, values, features, scores, decided, shadowScores, shadowVersion }) => {
        this.#truth.expect({ id, at, time, version, scores, decided, shadowScores, shadowVersion }, this.#entityOf(values));
        for (const listener of this.#listeners) {
          listener.onPrediction?.(at, time, version, features, scores, decided);
          listener.onCall?.(time, 1, 0, latency);
        }
      },
      onLabel: ({ label, arrived }) => {
        this.#truth.offer([label], arrived);
        this.#tell(this.#truth.advance(arrived));
      },
      onCheckpoint: () => {
        if (checkpoint === null) return;
        this.#tell(this.#truth.advance(checkpoint.time));
        this.#truth.resume(checkpoint.counts, checkpoint.waiting);
      },
    });
    this.settle();
  }

  /** Writes down what is known of the truth; a restart reads the logs from one horizon before it. */
  async checkpoint(): Promise<void> {
    const time = this.#clock.now();
    this.settle();
    this.#changed = false;
    // Sealed and counted in one turn: nothing comes between the places in the logs and the counts.
    const marked = this.#log.mark();
    const { counts } = this.#truth;
    const waiting = this.#truth.waitingSince(time - 2 * this.#truth.horizon);
    const { predictions, labels } = await marked;
    await this.#log.commit();
    await saveCheckpoint(this.#events, this.name, { time, predictions, labels, counts, waiting });
  }

  get counts(): { readonly log: PredictionLogCounts; readonly truth: GroundTruthCounts } {
    return { log: this.#log.counts, truth: this.#truth.counts };
  }

  flush(): Promise<void> {
    return this.#log.flush();
  }

  async close(): Promise<void> {
    try {
      await this.#checkpointing;
      // What is wrong with the log is told by its own last write.
      if (this.#changed) await this.checkpoint().catch(() => {});
    } finally {
      await this.#log.close();
    }
  }

  #tell(outcomes: readonly Outcome[]): void {
    if (outcomes.length > 0) for (const listener of this.#listeners) listener.onOutcomes?.(outcomes);
  }

  /** A checkpoint that fails is made later: it saves time, nothing depends on it. */
  #checkpointWhenDue(): void {
    if (this.#checkpointing !== null || this.#timer() < this.#lastCheckpoint + CHECKPOINT_EVERY) return;
    this.#lastCheckpoint = this.#timer();
    this.#checkpointing = this.checkpoint()
      .catch(() => {})
      .finally(() => {
        this.#checkpointing = null;
      });
  }

  #record(scored: ScoredRow): void {
    const { id, at, now, values, features, scores, decided, shadowScores } = scored;
    const { version, shadow } = this.#predictor.deployment;
    this.#log.record(scored);
    const shadowVersion = shadow?.version ?? null;
    this.#truth.expect({ id, at, time: now, version, scores, decided, shadowScores, shadowVersion }, this.#entityOf(values));
    for (const listener of this.#listeners) listener.onPrediction?.(at, now, version, features, scores, decided);
  }

  #entityOf(values: readonly Scalar[]): readonly Scalar[] | null {
    return this.#keyAt === null ? null : this.#keyAt.map((index) => values[index] as Scalar);
  }
}
