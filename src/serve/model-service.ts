import type { Clock } from '../base/clock.js';
import { fail } from '../base/error.js';
import type { Scalar } from '../frame/column.js';
import type { EventLog } from '../store/ports.js';
import type { Deployment } from './deployment.js';
import { GroundTruth, type GroundTruthCounts, type LabelRow, type Outcome } from './ground-truth.js';
import { readLabels } from './label-record.js';
import { type Answer, createPredictor, type PredictionRecorder, type Predictor, type ScoredRow } from './predict.js';
import { type NextId, predictionIds } from './prediction-id.js';
import { PredictionLog, type PredictionLogCounts } from './prediction-log.js';
import { readPredictions } from './prediction-reader.js';
import { replayBatch } from './replay-log.js';

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
  readonly log?: Readonly<Record<string, unknown>>;
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

  constructor(options: ModelServiceOptions) {
    const { deployment } = options;
    this.name = deployment.name;
    this.#clock = options.clock;
    this.#timer = options.timer;
    this.#nextId = predictionIds(options.writer);
    this.#predictor = createPredictor(deployment);
    this.#log = new PredictionLog(deployment, options.events, options.log);
    this.#events = options.events;
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

  /** Null when a call may be made now; else a promise that resolves when it may. @throws MW_SERVE_LOG_UNAVAILABLE */
  room(): Promise<void> | null {
    return this.#log.room();
  }

  /**
   * One answer a row, in order, logged; with reasons when `explain`. Callers wait for `room` first.
   * @throws MW_SERVE_ROWS_TOO_MANY, MW_MODEL_NOT_EXPLAINED
   */
  predict(rows: readonly unknown[], explain = false): Answer[] {
    const { maxRows } = this.deployment.plan.serve;
    if (rows.length > maxRows)
      fail('MW_SERVE_ROWS_TOO_MANY', {
        what: `The request holds ${rows.length} rows; '${this.name}' takes at most ${maxRows}.`,
        where: { model: this.name, rows: rows.length, limit: maxRows },
      });
    const start = this.#timer();
    const answers = this.#predictor.predict(rows, this.#clock, this.#nextId, this.#recorder, explain);
    const now = this.#clock.now();
    let rejected = 0;
    for (const answer of answers) {
      if (answer.ok) continue;
      rejected++;
      this.#log.reject(answer, now);
    }
    const latency = this.#timer() - start;
    this.#log.closeCall(latency);
    for (const listener of this.#listeners) listener.onCall?.(now, rows.length, rejected, latency);
    return answers;
  }

  /**
   * Takes labels in and joins those that are available.
   * @throws MW_SERVE_LABEL_INVALID when `strict` and a label is not one of the problem; none is taken then
   */
  label(labels: readonly LabelRow[], strict: boolean): Outcome[] {
    if (strict) for (const { label } of labels) this.#truth.check(label);
    for (const label of labels) this.#log.label(label);
    this.#truth.offer(labels);
    return this.settle();
  }

  /** Joins labels that have become available by now. */
  settle(): Outcome[] {
    const outcomes = this.#truth.advance(this.#clock.now());
    if (outcomes.length > 0) for (const listener of this.#listeners) listener.onOutcomes?.(outcomes);
    return outcomes;
  }

  /**
   * Takes up what an earlier process logged: predictions within the horizon wait for their labels again, logged labels join again, and
   * listeners hear of both as if they happened now. To be called once, after the listeners are in place and before the first call.
   */
  async restore(): Promise<void> {
    const from = this.#clock.now() - this.#truth.horizon;
    for await (const batch of readPredictions(this.#events, this.name, { by: 'time', from }))
      for (const logged of replayBatch(batch, this.deployment)) {
        const { id, at, time, version, latency, values, features, scores, decided, shadowScores, shadowVersion } = logged;
        this.#truth.expect({ id, at, time, version, scores, decided, shadowScores, shadowVersion }, this.#entityOf(values));
        for (const listener of this.#listeners) {
          listener.onPrediction?.(at, time, version, features, scores, decided);
          listener.onCall?.(time, 1, 0, latency);
        }
      }
    for await (const labels of readLabels(this.#events, this.name)) this.#truth.offer(labels);
    this.settle();
  }

  get counts(): { readonly log: PredictionLogCounts; readonly truth: GroundTruthCounts } {
    return { log: this.#log.counts, truth: this.#truth.counts };
  }

  flush(): Promise<void> {
    return this.#log.flush();
  }

  close(): Promise<void> {
    return this.#log.close();
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
